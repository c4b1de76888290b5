//go:build unix

package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
)

// session is a command on a terminal of 80 columns and 24 lines.
type session struct {
	t   *testing.T
	cmd *exec.Cmd
	// tty is our end, theirs the command's: it stays open after the command, as
	// a shell's would.
	tty, theirs *os.File
	done        chan struct{}

	mu   sync.Mutex
	seen bytes.Buffer
	more chan struct{}
}

// onTerminal starts offauth on a terminal that answers no question.
func onTerminal(t *testing.T, home string, args ...string) *session {
	t.Helper()
	return onTerminalWith(t, append(noKeyring(home), "OFFAUTH_HOME="+home), args...)
}

// onTerminalWith is onTerminal with additions to the process's environment.
func onTerminalWith(t *testing.T, env []string, args ...string) *session {
	t.Helper()
	return programOnTerminal(t, env, "offauth", args...)
}

// programOnTerminal is onTerminalWith for any program.
func programOnTerminal(t *testing.T, env []string, program string, args ...string) *session {
	t.Helper()
	s := &session{t: t, cmd: exec.Command(program, args...), done: make(chan struct{}), more: make(chan struct{}, 1)}
	s.cmd.Env = append(append(os.Environ(), env...), "TERM=xterm-256color")
	var err error
	if s.tty, s.theirs, err = pty.Open(); err != nil {
		t.Skipf("no pty here: %v", err)
	}
	if err := pty.Setsize(s.tty, &pty.Winsize{Rows: 24, Cols: 80}); err != nil {
		t.Fatal(err)
	}
	s.cmd.Stdin, s.cmd.Stdout, s.cmd.Stderr = s.theirs, s.theirs, s.theirs
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = s.cmd.Process.Kill() // it has ended, unless the test failed
		_ = s.theirs.Close()
		_ = s.tty.Close()
	})
	go func() {
		defer close(s.done)
		b := make([]byte, 4096)
		for {
			n, err := s.tty.Read(b)
			s.mu.Lock()
			s.seen.Write(b[:n])
			s.mu.Unlock()
			select {
			case s.more <- struct{}{}:
			default:
			}
			if err != nil {
				return
			}
		}
	}()
	return s
}

func (s *session) screen() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.seen.String()
}

// waitFor waits until a text is on the terminal. The limit only matters for a
// test that fails.
func (s *session) waitFor(text string) {
	s.t.Helper()
	limit := time.After(20 * time.Second)
	for !strings.Contains(s.screen(), text) {
		select {
		case <-s.more:
		case <-s.done:
			if !strings.Contains(s.screen(), text) {
				s.t.Fatalf("it ended without %q: %q", text, s.screen())
			}
		case <-limit:
			s.t.Fatalf("no %q on the terminal: %q", text, s.screen())
		}
	}
}

func (s *session) write(keys string) {
	s.t.Helper()
	if _, err := s.tty.WriteString(keys); err != nil {
		s.t.Fatal(err)
	}
}

// end waits for the command and the rest of its output, and returns its exit
// code.
func (s *session) end() int {
	s.t.Helper()
	err := s.cmd.Wait()
	// The terminal gives back what it is given, in order and behind the rest:
	// if it echoes, that is.
	s.write("the end")
	s.waitFor("the end")
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		s.t.Fatal(err)
	}
	return s.cmd.ProcessState.ExitCode()
}

// offauth runs a command off a terminal and returns its stdout.
func offauth(t *testing.T, home string, args ...string) string {
	t.Helper()
	cmd := exec.Command("offauth", args...)
	cmd.Env = append(append(os.Environ(), noKeyring(home)...), "OFFAUTH_HOME="+home)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("offauth %v: %v", args, err)
	}
	return strings.TrimSpace(string(out))
}

// H18: the PIN stands on the alternate screen, and what stays behind when it
// is closed has no PIN in it.
func TestThePINIsOnlyEverOnTheAlternateScreen(t *testing.T) {
	t.Parallel()
	home := filepath.Join(t.TempDir(), "home")
	for _, key := range []string{"q", "\r", "\x1b", "\x03"} {
		s := onTerminal(t, home, "device", "unlock", "--demo")
		s.waitFor("PINs left")
		s.write(key)
		if code := s.end(); code != 0 {
			t.Fatalf("%q: exit code %d: %q", key, code, s.screen())
		}
		screen := s.screen()
		pin := offauth(t, home, "device", "unlock", "-q")
		const enter, leave = "\x1b[?1049h", "\x1b[?1049l"
		from, to := strings.Index(screen, enter), strings.LastIndex(screen, leave)
		if from < 0 || to < from {
			t.Fatalf("%q: it did not use the alternate screen: %q", key, screen)
		}
		if strings.Contains(screen[:from]+screen[to:], pin) {
			t.Errorf("%q: the PIN %s stays behind: %q", key, pin, screen[to:])
		}
		for _, want := range []string{"a PIN for alice at LAPTOP-7 was shown", "offauth workstation login LAPTOP-7 --demo"} {
			if !strings.Contains(screen[to:], want) {
				t.Errorf("%q: no %q behind: %q", key, want, screen[to:])
			}
		}
		if strings.Contains(screen, "\x1b]11;?") || strings.Contains(screen, "\x1b[6n") {
			t.Errorf("%q: it asked the terminal something: %q", key, screen)
		}
	}
}

func TestAPINThatIsTypedIsNotEchoed(t *testing.T) {
	t.Parallel()
	home := filepath.Join(t.TempDir(), "home")
	pin := offauth(t, home, "device", "unlock", "--demo", "-q")
	s := onTerminal(t, home, "workstation", "login")
	s.waitFor("PIN for alice at LAPTOP-7: ")
	s.write(pin + "\r")
	s.waitFor("unlocked offline")
	if code := s.end(); code != 0 || strings.Contains(s.screen(), pin) {
		t.Errorf("exit code %d: %q", code, s.screen())
	}
}

func TestCtrlCAtThePromptGivesTheTerminalBack(t *testing.T) {
	t.Parallel()
	home := filepath.Join(t.TempDir(), "home")
	offauth(t, home, "world", "create", "--demo")
	s := onTerminal(t, home, "workstation", "login")
	s.waitFor("PIN for alice at LAPTOP-7: ")
	s.write("half a PIN\x03")
	// end finds out whether the terminal echoes again.
	if code := s.end(); code != 3 || !strings.Contains(s.screen(), "error: cancelled") ||
		strings.Contains(s.screen(), "half a PIN") {
		t.Errorf("exit code %d: %q", code, s.screen())
	}
}

// A13: what cannot be told is not spent. Go puts the null device in the place
// of a stdout that is closed, so that writing to it would succeed.
func TestNothingIsSpentForAClosedStdout(t *testing.T) {
	t.Parallel()
	home := filepath.Join(t.TempDir(), "home")
	offauth(t, home, "world", "create", "--demo")
	offauth(t, home, "clock", "freeze")
	shell := func(command string) (int, string) {
		cmd := exec.Command("sh", "-c", command)
		cmd.Env = append(append(os.Environ(), noKeyring(home)...), "OFFAUTH_HOME="+home)
		var errs bytes.Buffer
		cmd.Stderr = &errs
		var exit *exec.ExitError
		if err := cmd.Run(); err != nil && !errors.As(err, &exit) {
			t.Fatal(err)
		}
		return cmd.ProcessState.ExitCode(), errs.String()
	}
	for _, command := range []string{"device unlock -q", "device unlock --next", "device unlock --json", "device otp -q",
		"device approve --stdin"} {
		code, errs := shell("echo 0 | offauth " + command + " >&-")
		if code != 7 || !strings.HasPrefix(errs, "error: stdout is closed") && !strings.Contains(command, "--json") {
			t.Errorf("%s: exit code %d: %q", command, code, errs)
		}
	}
	if out := offauth(t, home, "device", "unlock", "--json"); !strings.Contains(out, `"left":24`) ||
		!strings.Contains(out, `"same":false`) {
		t.Errorf("a PIN was spent: %s", out)
	}
	if code, errs := shell("offauth device unlock -q --next >/dev/null"); code != 0 {
		t.Errorf("thrown away: exit code %d: %q", code, errs)
	}
}
