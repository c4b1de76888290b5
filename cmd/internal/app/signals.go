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

// burst is the time in which a second signal counts as the first one: a terminal
// that closes, or a supervisor, sends several at once.
const burst = 50 * time.Millisecond

// Interrupts is the one handler of signals. The first SIGINT, SIGTERM or SIGHUP
// cancels the context of the command. The second ends the process at once, as
// an open of a file may block forever and no context ends it.
type Interrupts struct {
	Stop context.CancelFunc
	Exit func(code int)
	Now  func() time.Time
	// restore resets the terminal before the process exits.
	restore atomic.Pointer[func()]
}

// Catch starts listening.
func (i *Interrupts) Catch() {
	// A prompt or a screen replaces it with its own later.
	i.give(screen.Keep(os.Stdin, nil))
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	if !signal.Ignored(syscall.SIGHUP) { // nohup has it ignored
		signal.Notify(signals, syscall.SIGHUP)
	}
	go i.listen(signals)
}

// give sets the function that resets the terminal.
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
		if i.Now().Sub(first) >= burst {
			break
		}
	}
	if restore := i.restore.Load(); restore != nil {
		(*restore)()
	}
	i.Exit(int(authn.ExitCancelled))
}
