//go:build unix

package main

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// onDesktop returns a real keyring of the test's own, or skips by name.
func onDesktop(t *testing.T) *desktop {
	t.Helper()
	if can, err := canDesktop(); err != nil {
		t.Fatal(err)
	} else if !can {
		t.Skip("it needs Linux with dbus-daemon, gnome-keyring-daemon and secret-tool")
	}
	d, err := newDesktop()
	if d != nil {
		t.Cleanup(d.close)
	}
	if err == nil {
		err = d.start()
	}
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// On a terminal a keyring is waited for, with a word on what for: somebody may
// be about to answer its dialog.
func TestAKeyringThatTakesLongIsWaitedForOnATerminal(t *testing.T) {
	t.Parallel()
	d := onDesktop(t)
	home := filepath.Join(t.TempDir(), "home")
	if err := d.service.Process.Signal(sigstop); err != nil {
		t.Fatal(err)
	}
	s := onTerminalWith(t, append(slices.Clone(d.env()), "OFFAUTH_HOME="+home), "world", "create", "lab")
	s.waitFor("waiting for your keyring")
	if err := d.service.Process.Signal(sigcont); err != nil {
		t.Fatal(err)
	}
	s.waitFor("world lab: made in")
	if code := s.end(); code != 0 || strings.Count(s.screen(), "waiting") != 1 {
		t.Errorf("exit code %d: %q", code, s.screen())
	}
}
