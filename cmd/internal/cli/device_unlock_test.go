package cli

import (
	"strings"
	"testing"
	"time"
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
	if code != 0 || f.card != nil || errs != "" || !looksLikePIN(strings.TrimSuffix(out, "\n")) {
		t.Errorf("exit code %d, card %v, stdout %q, stderr %q", code, f.card, out, errs)
	}
}

func TestHintsAreTypedAsTheUserTypes(t *testing.T) {
	t.Parallel()
	d := &Deps{Program: "go run ./cmd/offauth", Flags: Flags{World: "lab", Identity: "my id.txt"}}
	for hint, want := range map[string]string{
		"offauth device tap": "go run ./cmd/offauth device tap --world lab --identity 'my id.txt'",
		"offauth device unlock -q | offauth workstation login --stdin": "go run ./cmd/offauth device unlock -q --world lab --identity 'my id.txt' | go run ./cmd/offauth workstation login --stdin --world lab --identity 'my id.txt'",
		"offauth explain pin_used":                                     "go run ./cmd/offauth explain pin_used",
		"did you mean pixel?":                                          "did you mean pixel?",
		"type `offauth device hide` and go on":                         "type `go run ./cmd/offauth device hide --world lab --identity 'my id.txt'` and go on",
		"offauth device unlock --demo":                                 "go run ./cmd/offauth device unlock --demo --identity 'my id.txt'",
	} {
		if got := d.asTyped([]string{hint})[0]; got != want {
			t.Errorf("%q became %q, want %q", hint, got, want)
		}
	}
}
