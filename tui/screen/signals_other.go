//go:build !unix

package screen

// canStop says whether Ctrl-Z stops a program here.
const canStop = false

// signals are none: what there is ends the caller's context.
type signals struct{ came chan reason }

func catch() *signals        { return &signals{} }
func (*signals) release()    {}
func (*signals) pass(reason) {}
