//go:build unix

package screen

import (
	"os"
	"os/signal"
	"syscall"
	"time"
)

// canStop reports whether Ctrl-Z stops a program here.
const canStop = true

// signals catches the signals that need the screen cleared before their default action.
type signals struct {
	came chan reason
	os   chan os.Signal
	over chan struct{}
}

// catch starts to catch the signals. A signal that was ignored stays ignored, such as
// SIGTSTP in a shell without job control.
func catch() *signals {
	s := &signals{came: make(chan reason), os: make(chan os.Signal, 1), over: make(chan struct{})}
	s.listen()
	go func() {
		for {
			var why reason
			select {
			case got := <-s.os:
				why = stopped
				switch got {
				case syscall.SIGQUIT:
					why = dumped
				case syscall.SIGABRT:
					why = aborted
				}
			case <-s.over:
				return
			}
			select {
			case s.came <- why:
			case <-s.over:
				return
			}
		}
	}()
	return s
}

func (s *signals) listen() {
	for _, one := range []os.Signal{syscall.SIGTSTP, syscall.SIGQUIT, syscall.SIGABRT} {
		if !signal.Ignored(one) {
			signal.Notify(s.os, one)
		}
	}
}

func (s *signals) release() {
	signal.Stop(s.os)
	close(s.over)
}

// pass forwards a signal, now that the screen is empty: the process stops until
// it is continued, or ends.
//
// SIGSTOP stops it, as Go does not restore the default action of SIGTSTP once
// it was caught. Unlike SIGTSTP it also stops a process that nobody will
// continue, so without job control there is no stop, and the program goes on.
func (s *signals) pass(why reason) {
	what, whom := syscall.SIGSTOP, os.Getpid()
	switch {
	case why == dumped:
		what = syscall.SIGQUIT
	case why == aborted:
		what = syscall.SIGABRT
	case !jobControl():
		return
	case why == halted:
		whom = 0 // the whole job, as the terminal does
	}
	continued := make(chan os.Signal, 1)
	signal.Notify(continued, syscall.SIGCONT)
	defer signal.Stop(continued)
	signal.Stop(s.os) // from here on SIGQUIT and SIGABRT end the process
	_ = syscall.Kill(whom, what)
	select {
	case <-continued:
	case <-time.After(settle):
	}
	select {
	case <-s.came: // it came twice, and was handled
	default:
	}
	s.listen()
}

// jobControl reports whether a shell runs this process as a separate job, so
// that it can be continued. A shell without job control leaves all in the group
// of the session.
func jobControl() bool {
	session, _, failed := syscall.RawSyscall(syscall.SYS_GETSID, 0, 0, 0)
	return failed == 0 && int(session) != syscall.Getpgrp()
}

// Resumed calls again whenever the process continues after a stop, because the
// shell may have changed the terminal mode, until stop is called.
func Resumed(again func()) (stop func()) {
	continued, over, ended := make(chan os.Signal, 1), make(chan struct{}), make(chan struct{})
	signal.Notify(continued, syscall.SIGCONT)
	go func() {
		defer close(ended)
		for {
			select {
			case <-continued:
				again()
			case <-over:
				return
			}
		}
	}()
	return func() {
		signal.Stop(continued)
		close(over)
		<-ended // again is not called any more
	}
}
