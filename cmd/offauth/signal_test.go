//go:build unix

package main

import (
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/term"
)

// The escapes for entering and leaving the alternate screen, and the characters
// in which a PIN is drawn there.
const (
	enterScreen = "\x1b[?1049h"
	leaveScreen = "\x1b[?1049l"
	cursorOn    = "\x1b[?25h"
	blocks      = "█▀▄"
)

// stillPIN creates a home with a stopped clock, so that the PIN for its laptop
// stays the same.
func stillPIN(t *testing.T) (home, pin string) {
	t.Helper()
	home = filepath.Join(t.TempDir(), "home")
	offauth(t, home, "world", "create", "--demo")
	offauth(t, home, "clock", "freeze")
	return home, offauth(t, home, "device", "unlock", "-q")
}

// heldBack checks that a terminal was restored: the alternate screen wiped and
// left, the cursor on, the old modes, and the PIN nowhere but on the alternate
// screen.
func (s *session) heldBack(before *term.State, pin string) {
	s.t.Helper()
	out := s.screen()
	from, to := strings.Index(out, enterScreen), strings.LastIndex(out, leaveScreen)
	if now, err := term.GetState(int(s.theirs.Fd())); err != nil || *now != *before {
		s.t.Errorf("the terminal is set to %v, %v; it was %v", now, err, before)
	}
	switch {
	case from < 0 && strings.ContainsAny(out, blocks):
		s.t.Errorf("the PIN without an alternate screen: %q", out)
	case from < 0:
		return
	case to < from:
		s.t.Fatalf("the alternate screen is not left: %q", out)
	}
	inside, after := out[from:to], out[to:]
	if strings.ContainsAny(out[:from]+after, blocks) || strings.Contains(out, pin) {
		s.t.Errorf("the PIN %s beside the alternate screen: %q", pin, out)
	}
	if drawn := strings.LastIndexAny(inside, blocks); max(strings.LastIndex(inside, "\x1b[J"),
		strings.LastIndex(inside, "\x1b[2J")) < drawn {
		s.t.Errorf("the alternate screen is left with the PIN on it: %q", inside)
	}
	if !strings.Contains(after, cursorOn) && !strings.Contains(inside[strings.LastIndexAny(inside, blocks)+1:], cursorOn) {
		s.t.Errorf("the cursor stays hidden: %q", out)
	}
}

// within waits for the command, with a limit for one that hangs, and returns
// how long it took.
func (s *session) within() time.Duration {
	s.t.Helper()
	start, ended := time.Now(), make(chan struct{})
	go func() {
		defer close(ended)
		_ = s.cmd.Wait() // the caller checks the exit code
	}()
	select {
	case <-ended:
	case <-time.After(time.Minute):
		s.t.Fatalf("it does not end: %q", s.screen())
	}
	took := time.Since(start)
	s.write("the end\r")
	s.waitFor("the end")
	return took
}

func (s *session) signal(one syscall.Signal) {
	s.t.Helper()
	if err := s.cmd.Process.Signal(one); err != nil {
		s.t.Fatal(err)
	}
}

// A13: whatever signal comes while a PIN is on the screen, the terminal is given
// back without it, and the command says by its exit code that it was cut short.
func TestASignalTakesThePINOffTheScreen_H18(t *testing.T) {
	t.Parallel()
	home, pin := stillPIN(t)
	for one, want := range map[syscall.Signal]int{syscall.SIGINT: 3, syscall.SIGTERM: 3, syscall.SIGHUP: 3,
		syscall.SIGQUIT: 2, syscall.SIGABRT: 2} {
		if signal.Ignored(one) {
			continue // as under nohup, whose children do not hear SIGHUP
		}
		s := onTerminal(t, home, "device", "unlock")
		before, err := term.GetState(int(s.theirs.Fd()))
		if err != nil {
			t.Fatal(err)
		}
		s.waitFor("PINs left")
		s.signal(one)
		took := s.within()
		t.Logf("%v: ended after %v", one, took)
		if code := s.cmd.ProcessState.ExitCode(); code != want {
			t.Errorf("%v: exit code %d, want %d: %q", one, code, want, s.screen())
		}
		s.heldBack(before, pin)
		if want == 3 && !strings.Contains(s.screen(), "error: cancelled: a PIN for LAPTOP-7 was shown") {
			t.Errorf("%v: it does not say what happened: %q", one, s.screen())
		}
	}
}

// Signals at moments drawn over the whole life of the command: none is lost in
// a program that hangs, and none leaves a PIN.
func TestSignalsAtRandomMoments(t *testing.T) {
	t.Parallel()
	home, pin := stillPIN(t)
	rounds, lots := share(16, 1000), seed(t)
	all := slices.DeleteFunc([]syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT,
		syscall.SIGABRT, syscall.SIGTSTP},
		func(one syscall.Signal) bool { return signal.Ignored(one) }) // as SIGHUP is under nohup
	start := time.Now()
	s := onTerminal(t, home, "device", "unlock")
	s.waitFor("PINs left")
	life := time.Since(start) * 3 / 2
	s.write("q")
	s.within()
	var took []time.Duration
	onScreen := 0
	for range rounds {
		// Over the whole life; while the card comes up and stands; and while it
		// is closed by a key, which is where two ends can wait for each other.
		one, when, after := all[lots.IntN(len(all))], lots.IntN(3), time.Duration(lots.Int64N(int64(life)))
		s := onTerminal(t, home, "device", "unlock")
		before, err := term.GetState(int(s.theirs.Fd()))
		if err != nil {
			t.Fatal(err)
		}
		if when > 0 {
			s.waitFor(enterScreen)
			after /= 3
		}
		if when == 2 {
			s.waitFor("PINs left")
			s.write("q")
			after /= 10
		}
		time.Sleep(after)
		up := strings.Contains(s.screen(), enterScreen)
		// By then it may have ended by its key.
		_ = s.cmd.Process.Signal(one)
		if one == syscall.SIGTSTP { // nobody would continue it, so it goes on
			_ = s.cmd.Process.Signal(syscall.SIGTERM)
		}
		length := s.within()
		if up {
			onScreen++
			took = append(took, length)
		}
		// Before the command listens a signal ends it as it ends any process.
		if code := s.cmd.ProcessState.ExitCode(); code != 3 && code != -1 &&
			(code != 2 || one != syscall.SIGQUIT && one != syscall.SIGABRT) &&
			(code != 0 || when != 2) {
			t.Errorf("%v after %v: exit code %d: %q", one, after, code, s.screen())
		}
		s.heldBack(before, pin)
		_ = s.theirs.Close()
		_ = s.tty.Close()
		if t.Failed() {
			t.Fatalf("%v after %v", one, after)
		}
	}
	if onScreen == 0 {
		t.Fatal("no signal came while a PIN was on the screen")
	}
	slices.Sort(took)
	t.Logf("%d signals, %d with the PIN on the screen: ended after %v in the middle, %v at most", rounds, onScreen,
		took[len(took)/2], took[len(took)-1])
}

// In a shell: Ctrl-Z and SIGTSTP leave the shell its terminal, without the PIN
// on it, and after fg the card is there again.
func TestCtrlZPutsThePINAway_H18(t *testing.T) {
	t.Parallel()
	home, pin := stillPIN(t)
	s := inShell(t, home)
	keys := func(s *session) { s.write("\x1a") }
	for round, stop := range []func(*session){keys, (*session).stopJob} {
		s.write("offauth device unlock\r")
		s.waitForTimes("PINs left", 2*round+1)
		stop(s)
		s.waitForTimes("Stopped", round+1)
		out := s.screen()
		if tail := out[strings.LastIndex(out, leaveScreen):]; strings.ContainsAny(tail, blocks) ||
			strings.Contains(tail, pin) {
			t.Errorf("the PIN stays on the terminal of the shell: %q", tail)
		}
		s.write("fg\r")
		s.waitForTimes("PINs left", 2*round+2)
		s.write("q")
		s.waitForTimes("a PIN for alice at LAPTOP-7 was shown", round+1)
	}
	s.write("exit\r")
	s.within()
}

// stopJob sends SIGTSTP to the foreground process of the terminal.
func (s *session) stopJob() {
	s.t.Helper()
	var group int32
	if _, _, failed := syscall.Syscall(syscall.SYS_IOCTL, s.tty.Fd(), syscall.TIOCGPGRP,
		uintptr(unsafe.Pointer(&group))); failed != 0 {
		s.t.Fatal(failed)
	}
	if err := syscall.Kill(-int(group), syscall.SIGTSTP); err != nil {
		s.t.Fatal(err)
	}
}

// waitForTimes waits until a text was on the terminal that many times.
func (s *session) waitForTimes(text string, times int) {
	s.t.Helper()
	limit := time.After(time.Minute)
	for strings.Count(s.screen(), text) < times {
		select {
		case <-s.more:
		case <-limit:
			s.t.Fatalf("%q was not on the terminal %d times: %q", text, times, s.screen())
		}
	}
}

// inShell starts a shell with job control on a terminal.
func inShell(t *testing.T, home string) *session {
	t.Helper()
	shell, err := exec.LookPath("bash")
	if err != nil {
		absentf(t, "no bash here")
	}
	s := programOnTerminal(t, append(noKeyring(home), "OFFAUTH_HOME="+home, "PS1=ready> "), shell, "--norc",
		"--noprofile", "-i")
	s.waitFor("ready> ")
	return s
}

// A prompt that was stopped: the shell has turned the echo on meanwhile, and
// what is typed after fg is not echoed all the same.
func TestAPINThatIsTypedAfterAStopIsNotEchoed(t *testing.T) {
	t.Parallel()
	home, pin := stillPIN(t)
	s := inShell(t, home)
	s.write("offauth workstation login\r")
	s.waitFor("PIN for alice at LAPTOP-7: ")
	s.stopJob()
	s.waitFor("Stopped")
	s.write("fg\r")
	s.waitForTimes("offauth workstation login", 3) // typed, stopped, and continued
	s.echoless()
	s.write(pin + "\r")
	s.waitFor("unlocked offline")
	s.write("exit\r")
	s.within()
	if strings.Contains(s.screen(), pin) {
		t.Errorf("the PIN %s was echoed: %q", pin, s.screen())
	}
}

// echoless waits until the terminal echoes nothing.
func (s *session) echoless() {
	s.t.Helper()
	for limit := time.Now().Add(time.Minute); time.Now().Before(limit); time.Sleep(time.Millisecond) {
		stty := exec.Command("stty", "-a")
		stty.Stdin = s.theirs
		out, err := stty.Output()
		if err != nil {
			s.t.Fatal(err)
		}
		if strings.Contains(string(out), " -echo ") {
			return
		}
	}
	s.t.Fatal("the terminal echoes for ever")
}
