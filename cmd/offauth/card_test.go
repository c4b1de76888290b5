//go:build unix

package main

import (
	"fmt"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/creack/pty"
)

// The card is the phone's screen: it is gone when the phone shows the PIN no
// longer, whichever process brought that about, and what it leaves behind is
// true then.
func TestTheCardFollowsThePhone_H18(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name  string
		does  [][]string
		wants []string
	}{
		{"hidden", [][]string{{"device", "hide"}}, []string{"and is hidden now: 24 of 25 left", "login LAPTOP-7`"}},
		{"the next one", [][]string{{"device", "hide"}, {"device", "unlock", "-q"}},
			[]string{"and is hidden now: 23 of 25 left"}},
		{"a new set", [][]string{{"device", "tap"}},
			[]string{"the phone has taken a new set since: 25 of 25 left", "hint: offauth device unlock LAPTOP-7"}},
		{"its time is over", [][]string{{"clock", "advance", "2m"}}, []string{"and is hidden now: 24 of 25 left"}},
		{"its set is over", [][]string{{"clock", "advance", "40d"}},
			[]string{"its set is no longer good", "hint: offauth device tap LAPTOP-7"}},
		{"the clock is put back", [][]string{{"clock", "back", "1m"}}, []string{"and is hidden now"}},
		{"another computer",
			[][]string{{"workstation", "add", "DESK", "--family", "hypr"}, {"device", "pair", "DESK"}, {"device", "tap", "DESK"},
				{"workstation", "lock", "DESK"}, {"device", "unlock", "DESK", "-q"}}, []string{"and is hidden now: 24 of 25 left"}},
		{"no world", [][]string{{"world", "delete", "demo", "--force"}}, []string{"error: the world demo was deleted"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			home := filepath.Join(t.TempDir(), "home")
			offauth(t, home, "world", "create", "--demo")
			if row.name != "the next one" { // on a clock that stands the two PINs are shown at one instant
				offauth(t, home, "clock", "run")
			} else {
				offauth(t, home, "clock", "freeze")
			}
			s := onTerminal(t, home, "device", "unlock", "LAPTOP-7")
			s.waitFor("PINs left")
			for _, args := range row.does {
				offauth(t, home, args...)
			}
			start := time.Now()
			s.waitFor(leaveScreen)
			t.Logf("gone after %v", time.Since(start))
			s.within()
			after := s.screen()[strings.LastIndex(s.screen(), leaveScreen):]
			for _, want := range row.wants {
				if !strings.Contains(after, want) {
					t.Errorf("no %q behind: %q", want, after)
				}
			}
			if strings.Contains(after, "while it is visible") {
				t.Errorf("it says that the PIN is visible: %q", after)
			}
		})
	}
}

// A clock that stands is said to, and the bar moves when it is moved.
func TestTheCardFollowsTheClock(t *testing.T) {
	t.Parallel()
	home := filepath.Join(t.TempDir(), "home")
	offauth(t, home, "world", "create", "--demo")
	s := onTerminal(t, home, "device", "unlock")
	s.waitFor("PINs left")
	offauth(t, home, "clock", "freeze")
	s.waitFor("the clock is frozen")
	found := regexp.MustCompile(`(\d+) s left, the clock is frozen`).FindStringSubmatch(s.screen())
	left, err := strconv.Atoi(found[1])
	if err != nil {
		t.Fatal(err)
	}
	offauth(t, home, "clock", "advance", "30s")
	s.waitFor(fmt.Sprintf("%d s left, the clock is frozen", left-30))
	offauth(t, home, "clock", "advance", "30s")
	s.waitFor("and is hidden now")
	if code := s.end(); code != 0 {
		t.Errorf("exit code %d", code)
	}
}

// A terminal that says it is larger than any: the card costs no more there, and
// is closed at once.
func TestTheCardOnATerminalLargerThanAny(t *testing.T) {
	t.Parallel()
	home, pin := stillPIN(t)
	s := onTerminal(t, home, "device", "unlock")
	s.waitFor("PINs left")
	start := time.Now()
	if err := pty.Setsize(s.tty, &pty.Winsize{Rows: 65535, Cols: 65535}); err != nil {
		t.Fatal(err)
	}
	s.waitForTimes("PINs left", 2)
	drawn := time.Since(start)
	s.write("q")
	took := s.within()
	t.Logf("drawn after %v, closed after %v", drawn, took)
	if took > 20*time.Second || strings.Contains(s.screen(), pin) {
		t.Errorf("closed after %v", took)
	}
}
