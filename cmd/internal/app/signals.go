package app

import (
	"context"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/tui/screen"
)

// echo is the time in which a second signal is taken for the first one again:
// a terminal that goes away, or a supervisor, sends several at once.
const echo = 50 * time.Millisecond

// Interrupts is the one handler of signals. The first SIGINT, SIGTERM or
// SIGHUP ends the context of the command, which then ends in order. The second
// ends the process at once, whatever it is in: an open may wait for ever, and
// no context ends it.
type Interrupts struct {
	Stop context.CancelFunc
	Exit func(code int)
	Now  func() time.Time
	// restore gives the terminal back before the process ends at once.
	restore atomic.Pointer[func()]
}

// Catch listens from now on.
func (i *Interrupts) Catch() {
	// A prompt or a screen sets the terminal in its own way later.
	i.give(screen.Keep(os.Stdin, nil))
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	if !signal.Ignored(syscall.SIGHUP) { // nohup has it ignored
		signal.Notify(signals, syscall.SIGHUP)
	}
	go i.listen(signals)
}

// give says how the terminal is given back.
func (i *Interrupts) give(restore func()) {
	if i != nil {
		i.restore.Store(&restore)
	}
}

func (i *Interrupts) listen(signals <-chan os.Signal) {
	<-signals
	i.Stop()
	for first := i.Now(); ; {
		<-signals
		if i.Now().Sub(first) >= echo {
			break
		}
	}
	if restore := i.restore.Load(); restore != nil {
		(*restore)()
	}
	i.Exit(int(authn.ExitCancelled))
}
