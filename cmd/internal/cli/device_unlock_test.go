package cli

import (
	"bytes"
	"runtime"
	"strings"
	"testing"

	"time"

	"github.com/offauth/offauth/authn/hypr"
	"github.com/offauth/offauth/cmd/internal/app"
	"github.com/offauth/offauth/tui/bigpin"
)

// isPIN reports whether a text is an offline PIN of eight symbols.
func isPIN(text string) bool {
	return len(text) == 8 && strings.Trim(text, hypr.Alphabet) == ""
}

// Texts beside a PIN that is shown a second time.
const (
	stillVisible = "it is the same PIN as before, still visible: nothing was spent (H19); --next gives the next one\n"
	hasUnlocked  = "it is the same PIN as before, and has unlocked LAPTOP-7 already " +
		"(the simulator knows, a phone cannot: H20); --next gives the next one\n"
)

func TestUnlockOnATerminalShowsThePINLargeAndLeavesALineWithoutIt_H18(t *testing.T) {
	t.Parallel()
	f := newDemo(t)
	f.ok("clock", "skew", "phone/pixel", "-3m")
	f.terminal = true
	code, out, errs := f.run(t.Context(), "device", "unlock", "--demo")
	if code != 0 || f.card == nil {
		t.Fatalf("exit code %d, card %v, stderr %q", code, f.card, errs)
	}
	if f.card.Workstation != "LAPTOP-7" || f.card.Phone != "pixel" || f.card.Left != 24 || f.card.Of != 25 {
		t.Errorf("the card is %+v", f.card)
	}
	if got := f.card.HiddenAt.Sub(f.card.ShownAt); got != time.Minute {
		t.Errorf("it is shown for %s", got)
	}
	if strings.Contains(out+errs, f.card.PIN.Reveal()) {
		t.Errorf("the PIN stays behind: %q %q", out, errs)
	}
	for _, want := range []string{
		"`offauth workstation login LAPTOP-7 --demo`",
		"`offauth device unlock LAPTOP-7 -q --demo | offauth workstation login LAPTOP-7 --stdin --demo`",
		"(A10)",
	} {
		if !strings.Contains(errs, want) {
			t.Errorf("no %q in %q", want, errs)
		}
	}
}

func TestUnlockForAScriptOnATerminalPrintsThePINAlone(t *testing.T) {
	t.Parallel()
	f := newDemo(t)
	f.terminal = true
	code, out, errs := f.run(t.Context(), "device", "unlock", "-q")
	if code != 0 || f.card != nil || errs != "" || !isPIN(strings.TrimSuffix(out, "\n")) {
		t.Errorf("exit code %d, card %v, stdout %q, stderr %q", code, f.card, out, errs)
	}
}

// A PIN is never spent and not shown: where there is no room or no way for the
// large one it is a line, without an escape.
func TestWhereNoCardCanStandThePINIsALine(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name, term string
		cols, rows int
		known      bool
	}{
		{"dumb", "dumb", 80, 24, true},
		{"no kind", "", 80, 24, true},
		{"unknown kind", "unknown", 80, 24, true},
		{"no size", "xterm", 0, 0, false},
		{"too small", "xterm", 3, 2, true},
		{"one cell", "xterm", 1, 1, true},
	} {
		if row.name == "no kind" && runtime.GOOS == "windows" {
			continue
		}
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			f := newDemo(t)
			f.terminal, f.env["TERM"] = true, row.term
			var out, errs bytes.Buffer
			d := f.deps(&out, &errs)
			d.Size = func() (int, int, bool) { return row.cols, row.rows, row.known }
			code := Run(t.Context(), d, []string{"device", "unlock"})
			pin, _, _ := strings.Cut(out.String(), " ")
			if code != 0 || f.card != nil || !isPIN(pin) || strings.Contains(out.String()+errs.String(), "\x1b") {
				t.Errorf("exit code %d, card %v, stdout %q, stderr %q", code, f.card, out.String(), errs.String())
			}
		})
	}
}

func TestHintsAreTypedAsTheUserTypes(t *testing.T) {
	t.Parallel()
	d := &app.Deps{Program: "go run ./cmd/offauth", Flags: app.Flags{World: "lab", Identity: "my id.txt"}}
	for hint, want := range map[string]string{
		"offauth device tap": "go run ./cmd/offauth device tap --world lab --identity 'my id.txt'",
		"offauth device unlock -q | offauth workstation login --stdin": "go run ./cmd/offauth device unlock -q " +
			"--world lab --identity 'my id.txt' | go run ./cmd/offauth workstation login --stdin --world lab --identity " +
			"'my id.txt'",
		"offauth explain pin_used": "go run ./cmd/offauth explain pin_used",
		"did you mean pixel?":      "did you mean pixel?",
		"type `offauth device hide` and go on": "type `go run ./cmd/offauth device hide --world lab --identity 'my " +
			"id.txt'` and go on",
		"offauth device unlock --demo": "go run ./cmd/offauth device unlock --demo " +
			"--identity 'my id.txt'",
	} {
		if got := d.AsTyped([]string{hint})[0]; got != want {
			t.Errorf("%q became %q, want %q", hint, got, want)
		}
	}
}

// A script that asks again gets the PIN that is still visible. That nobody can
// use it any longer is the simulator's knowledge (H20), and is said all the same.
func TestAPINThatIsGivenAgainIsSaidToBe_H19_H20(t *testing.T) {
	t.Parallel()
	f := newDemo(t)
	f.ok("clock", "freeze")
	pin := f.ok("device", "unlock", "-q")
	code, out, errs := f.run(t.Context(), "device", "unlock", "-q")
	if code != 0 || out != pin || errs != stillVisible {
		t.Errorf("still good: exit code %d, stdout %q, stderr %q", code, out, errs)
	}
	if out := f.ok("device", "unlock", "--json"); !strings.Contains(out, `"same":true,"used":false`) {
		t.Errorf("still good: %s", out)
	}
	f.stdin = pin
	f.ok("workstation", "login", "--stdin")
	f.ok("workstation", "lock")
	code, out, errs = f.run(t.Context(), "device", "unlock", "-q")
	if code != 0 || out != pin || errs != hasUnlocked || strings.Count(errs, "\n") != 1 {
		t.Errorf("used: exit code %d, stdout %q, stderr %q", code, out, errs)
	}
	if out := f.ok("device", "unlock", "--json"); !strings.Contains(out, `"same":true,"used":true`) {
		t.Errorf("used: %s", out)
	}
	_, _, errs = f.run(t.Context(), "device", "unlock")
	if !strings.Contains(errs, "hint: for the next one: `offauth device unlock LAPTOP-7 --next`") ||
		strings.Contains(errs, "hint: offauth workstation login") {
		t.Errorf("used: stderr %q", errs)
	}
	code, next, errs := f.run(t.Context(), "device", "unlock", "--next", "-q")
	if code != 0 || next == pin || errs != "" {
		t.Errorf("the next: exit code %d, stdout %q, stderr %q", code, next, errs)
	}
	f.stdin = next
	f.ok("workstation", "login", "--stdin")
}

// The remaining text describes the moment at which the card closed.
func TestAPINThatWasTypedBesideItsCardIsNotToBeTypedAgain(t *testing.T) {
	t.Parallel()
	f := newDemo(t)
	f.terminal = true
	f.beside = func(bigpin.Watch) (bigpin.Ended, error) {
		f.stdin = f.card.PIN.Reveal()
		f.ok("workstation", "login", "--stdin")
		return bigpin.Closed, nil
	}
	code, out, errs := f.run(t.Context(), "device", "unlock")
	if code != 0 || !strings.HasPrefix(out, "a PIN for alice at LAPTOP-7 was shown, and has been used (the "+
		"simulator knows, a phone cannot: H20): 24 of 25 left") || strings.Contains(errs, "hint") {
		t.Errorf("exit code %d, stdout %q, stderr %q", code, out, errs)
	}
}

// Whatever is drawn or counted down on a terminal is plain where TERM says that
// it knows lines alone, and a size of nothing is no small one.
func TestADumbTerminalGetsLinesAlone(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		term     string
		sized    bool
		args     []string
		want     string
		coloured bool
	}{
		{"dumb", true, []string{"device", "tap", "LAPTOP-7"}, "waiting for LAPTOP-7 ... 5s\n", false},
		{"xterm", true, []string{"device", "tap", "LAPTOP-7"}, "waiting for LAPTOP-7 ... 5s", true},
		{"dumb", false, []string{"provider", "challenge", "bank", "--method", "OFFLINE"}, "▀", false},
		{"xterm", false, []string{"provider", "challenge", "bank", "--method", "OFFLINE"}, "▀", true},
	} {
		f := newDemo(t)
		f.ok("link", "set", "workstation/LAPTOP-7", "down")
		f.terminal, f.env["TERM"] = true, row.term
		var out, errs bytes.Buffer
		d := f.deps(&out, &errs)
		d.Size = func() (int, int, bool) { return 0, 0, row.sized }
		code := Run(t.Context(), d, row.args)
		all := out.String() + errs.String()
		if code != 0 || !strings.Contains(all, row.want) || strings.Contains(all, "\x1b") != row.coloured {
			t.Errorf("TERM=%s offauth %v: exit code %d: %q", row.term, row.args, code, all)
		}
	}
}
