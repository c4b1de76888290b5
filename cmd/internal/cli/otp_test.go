package cli

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/hypr"
	"github.com/offauth/offauth/cmd/internal/app"
)

// onTerminal runs a command line on a terminal of the given size.
func (f *fixture) onTerminal(cols, rows int, args ...string) (code int, out, errs string) {
	var o, e strings.Builder
	f.terminal = true
	d := f.deps(&o, &e)
	d.Size = func() (int, int, bool) { return cols, rows, true }
	code = Run(f.t.Context(), d, args)
	f.terminal = false
	return code, o.String(), e.String()
}

var pay = []string{"provider", "challenge", "bank", "--context", strings.Repeat("Pay 120 E ", 8), "--method",
	"OFFLINE:PIN"}

// An 80-character context fits a terminal of 100 by 50, in black on white
// whatever the terminal's colours are.
func TestATerminalShowsTheCodeWithItsQuietZone(t *testing.T) {
	t.Parallel()
	f := newDemo(t)
	code, out, errs := f.onTerminal(100, 50, pay...)
	lines := strings.Split(strings.TrimSuffix(out, "\n"), "\n")
	if code != 0 || len(lines) > 46 || !strings.Contains(errs, "session ") {
		t.Fatalf("exit code %d, %d lines, %s", code, len(lines), errs)
	}
	for _, line := range lines {
		if !strings.HasPrefix(line, "\x1b[38;5;231;48;5;16m") || !strings.HasSuffix(line, "\x1b[0m") {
			t.Fatalf("the colours of %q are the terminal's own", line)
		}
	}
	if !strings.Contains(lines[0], "████") || strings.ContainsAny(lines[1], " ▄▀") {
		t.Errorf("there is no quiet zone above: %q", lines[:2])
	}
}

func TestATerminalThatIsTooSmallSaysSoAndNamesTheWaysOn(t *testing.T) {
	t.Parallel()
	f := newDemo(t)
	code, out, errs := f.onTerminal(80, 24, pay...)
	if code != 0 || !strings.HasPrefix(out, "OFFAUTH1:") || strings.Contains(out, "█") {
		t.Errorf("exit code %d, %q", code, out)
	}
	for _, want := range []string{"this terminal has 80 and 24", "make the terminal larger", " --png code.png",
		"| offauth device scan -\n"} {
		if !strings.Contains(errs, want) {
			t.Errorf("no %q in %q", want, errs)
		}
	}
	f.stdin = out
	if got := f.ok("device", "scan", "-"); !strings.Contains(got, "context  Pay 120 E") {
		t.Errorf("the data that was printed instead gives %q", got)
	}
}

func TestPINsAreAskedForAndNewOnesTwice_E7(t *testing.T) {
	t.Parallel()
	f := newDemo(t)
	f.terminal, f.answers = true, []string{"1111", "2222"}
	if code, _, errs := f.run(t.Context(), "device", "activate"); code != int(authn.ExitUsage) ||
		!strings.Contains(errs, "differ") {
		t.Errorf("exit code %d, %q", code, errs)
	}
	f.answers = []string{"1111", "1111", "1111", "9876", "9876"}
	f.ok("device", "activate")
	f.ok("device", "auth")
	f.ok("device", "method", "add", "offlinePin")
	if len(f.answers) != 0 {
		t.Errorf("it did not ask for %q", f.answers)
	}
	f.terminal = false
	if code, _, errs := f.run(t.Context(), "device", "auth"); code != int(authn.ExitUsage) ||
		!strings.Contains(errs, "hint: offauth device auth --stdin < pin.txt") {
		t.Errorf("exit code %d, %q", code, errs)
	}
}

// A demo of an older version is left as it is; what misses the new part says
// how to get it.
func TestAnOlderDemoIsNotChanged(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	var out, errs strings.Builder
	d := f.deps(&out, &errs)
	home, err := d.Home()
	if err != nil {
		t.Fatal(err)
	}
	d.Flags.Keystore = "file"
	d.Flags.Identity = filepath.Join(t.TempDir(), "id.txt")
	f.env["OFFAUTH_IDENTITY"] = d.Flags.Identity
	older := []authn.Action{
		authn.AddUser{Name: "alice"}, authn.AddWorkstation{Name: "LAPTOP-7", Family: authn.FamilyHYPR},
		authn.RegisterDevice{Name: "pixel", User: "alice"}, hypr.Pair{Phone: "pixel", Workstation: "LAPTOP-7"},
	}
	if err := app.CreateWorld(context.Background(), d, home, app.DemoWorld, app.FirstState{Story: older},
		func(string) {}); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"provider", "challenge", "--method", "OFFLINE"}, {"provider", "verify"},
		{"provider", "sessions"}, {"device", "scan", "-"}, {"device", "auth"}} {
		f.stdin = "OFFAUTH1:AAAA"
		code, _, errs := f.run(t.Context(), append(args, "--demo")...)
		if code == 0 || !strings.Contains(errs, "hint: offauth world delete demo") {
			t.Errorf("%q: exit code %d, %q", args, code, errs)
		}
	}
	if got := f.ok("world", "show", "demo"); !strings.Contains(got, "providers     -") ||
		!strings.Contains(got, "offauth world delete demo") {
		t.Errorf("%s", got)
	}
}

func TestOfSeveralCodesThePersonIsAsked(t *testing.T) {
	t.Parallel()
	f := newDemo(t)
	dir := t.TempDir()
	one := f.ok("provider", "challenge", "--method", "OFFLINE", "--context", "one", "-q")
	two := f.ok("provider", "challenge", "--method", "OFFLINE", "--context", "two", "-q")
	file := filepath.Join(dir, "both.txt")
	if err := os.WriteFile(file, []byte(one+"\n\n"+two), 0o600); err != nil {
		t.Fatal(err)
	}
	f.terminal, f.answers = true, []string{"2"}
	if got := f.ok("device", "scan", file); !strings.Contains(got, "context  two") {
		t.Errorf("%s", got)
	}
	f.answers = []string{"3"}
	if code, _, errs := f.run(t.Context(), "device", "scan", file); code != int(authn.ExitUsage) ||
		!strings.Contains(errs, "none of the codes") {
		t.Errorf("exit code %d, %q", code, errs)
	}
}

// The hints of a terminal that is too small ask for the same challenge, with
// all that was typed, however it is quoted.
func TestTheHintsOfASmallTerminalRepeatTheWholeCommand(t *testing.T) {
	t.Parallel()
	f := newDemo(t)
	typed := []string{"provider", "challenge", "bank", "--context=it's 5 | 6 --demo", "--title=-1 $HOME",
		"--mime=text/x-note",
		"--method=OFFLINE:PIN", "--phone=pixel", "--user=alice", "--demo"}
	_, _, errs := f.onTerminal(80, 24, typed...)
	want := "offauth provider challenge bank --context='it'\\''s 5 | 6 --demo' --title='-1 $HOME' " +
		"--mime=text/x-note --method=OFFLINE:PIN" +
		" --phone=pixel --user=alice"
	for _, hint := range []string{want + " --png code.png --demo\n",
		want + " -q --demo | offauth device scan - --demo\n"} {
		if !strings.Contains(errs, "hint: "+hint) {
			t.Errorf("no %q in\n%s", hint, errs)
		}
	}
}

func TestAWordForTheShellIsOneWordAndObeyedByNoTerminal(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"bank": "bank", "": "''", "Pay 120": "'Pay 120'", "it's": `'it'\''s'`, "a\nb\x1b[2J'": `$'a\x0ab\x1b\x5b2J\x27'`,
		"\u202ex": `$'\xe2\x80\xaex'`,
	} {
		if got := app.ShellWord(text); got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}
