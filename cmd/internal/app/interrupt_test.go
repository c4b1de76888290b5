package app

import (
	"context"
	"os"
	"runtime"
	"testing"
	"time"

	"github.com/offauth/offauth/authn"
)

// press sends this process the signal of Ctrl-C.
func press(t *testing.T) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("a process of Windows cannot send itself Ctrl-C")
	}
	self, err := os.FindProcess(os.Getpid())
	if err == nil {
		err = self.Signal(os.Interrupt)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// The first Ctrl-C ends the context, and a second ends the process even where
// the command never looks at its context again.
func TestCtrlCEndsTheContextAndASecondEndsTheProcess(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	restored, exited := make(chan struct{}), make(chan int, 1)
	asked, first := make(chan struct{}, 3), time.Now()
	times := []time.Time{first, first.Add(burst - 1), first.Add(burst)}
	now := func() time.Time {
		at := times[0]
		times = times[1:]
		asked <- struct{}{}
		return at
	}
	i := &Interrupts{Stop: stop, Exit: func(code int) { exited <- code }, Now: now}
	i.Catch()
	i.give(func() { close(restored) })
	press(t)
	<-ctx.Done()
	<-asked
	press(t) // at once: a supervisor that sends two
	<-asked
	if len(exited) > 0 {
		t.Fatal("what came at once with the first counts as the second")
	}
	press(t)
	if code := <-exited; code != int(authn.ExitCancelled) {
		t.Errorf("exit code %d", code)
	}
	select {
	case <-restored:
	default:
		t.Error("the terminal was not given back")
	}
}
