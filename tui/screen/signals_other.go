//go:build !unix

package screen

// canStop reports whether Ctrl-Z stops a program here.
const canStop = false

// signals are none: what there is ends the caller's context.
type signals struct{ came chan reason }

func catch() *signals        { return &signals{} }
func (*signals) release()    {}
func (*signals) pass(reason) {}

// Resumed has again called whenever the process goes on after a stop; there is
// none here.
func Resumed(func()) (stop func()) { return func() {} }
