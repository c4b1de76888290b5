//go:build !unix

package screen

// canStop reports whether Ctrl-Z stops a program here.
const canStop = false

// signals is empty: signals end the caller's context.
type signals struct{ came chan reason }

func catch() *signals        { return &signals{} }
func (*signals) release()    {}
func (*signals) pass(reason) {}

// Resumed calls again whenever the process continues after a stop, which does
// not happen here.
func Resumed(func()) (stop func()) { return func() {} }
