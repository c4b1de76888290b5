package cli

import (
	"encoding/binary"
	"io"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/offauth/offauth/authn"
)

func TestThePINIsAskedForByTheNameOfWhomItIsFor(t *testing.T) {
	t.Parallel()
	f := newDemo(t)
	pin := strings.TrimSpace(f.ok("device", "unlock", "-q"))
	f.terminal, f.answers = true, []string{strings.ToLower(pin[:4]) + " - " + pin[4:]}
	code, out, errs := f.run(t.Context(), "workstation", "login")
	if code != 0 || out != "LAPTOP-7: unlocked offline for alice\n" || errs != "" {
		t.Errorf("exit code %d, stdout %q, stderr %q", code, out, errs)
	}
	if len(f.asked) != 1 || f.asked[0] != "PIN for alice at LAPTOP-7" {
		t.Errorf("it asked %q", f.asked)
	}
}

func TestNoPINIsNoLogin(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name    string
		answers []string
		exit    authn.Exit
	}{
		{"Enter alone", []string{""}, authn.ExitUsage},
		{"Ctrl-D", nil, authn.ExitCancelled},
	} {
		f := newDemo(t)
		f.terminal, f.answers = true, row.answers
		code, out, _ := f.run(t.Context(), "workstation", "login")
		if code != int(row.exit) || out != "" {
			t.Errorf("%s: exit code %d, stdout %q", row.name, code, out)
		}
		if got := f.ok("log", "--kind", "refused", "-q"); got != "" {
			t.Errorf("%s: it counted as a try: %s", row.name, got)
		}
		f.terminal = false
	}
}

func TestSeveralPhonesAreAskedForOnATerminal(t *testing.T) {
	t.Parallel()
	f := newDemo(t)
	f.ok("device", "register", "iphone", "--user", "alice")
	f.terminal = true
	for answer, want := range map[string]string{"1": "pixel: no PIN was visible\n",
		" iphone": "iphone: no PIN was visible\n", "3": "", "galaxy": "", "": ""} {
		f.answers = []string{answer}
		code, out, errs := f.run(t.Context(), "device", "hide")
		if out != want || (code == 0) != (want != "") {
			t.Errorf("%q: exit code %d, stdout %q, stderr %q", answer, code, out, errs)
		}
		if !strings.Contains(errs, "  1  pixel\n  2  iphone\n") {
			t.Errorf("the choice was not shown: %q", errs)
		}
	}
}

func TestAPassphraseIsAskedForTwice(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name    string
		answers []string
		exit    authn.Exit
	}{
		{"twice the same", []string{"correct horse", "correct horse"}, authn.ExitOK},
		{"two that differ", []string{"correct horse", "correct hrose"}, authn.ExitUsage},
		{"none", []string{""}, authn.ExitUsage},
		{"Ctrl-C", nil, authn.ExitCancelled},
	} {
		f := newFixture(t)
		f.terminal, f.answers = true, row.answers
		code, _, errs := f.run(t.Context(), "world", "create", "lab", "--keystore", "file")
		if code != int(row.exit) {
			t.Errorf("%s: exit code %d, stderr %q", row.name, code, errs)
		}
		f.answers = []string{"correct horse"}
		code, _, _ = f.run(t.Context(), "admin", "user", "list")
		if (code == 0) != (row.exit == 0) {
			t.Errorf("%s: afterwards exit code %d", row.name, code)
		}
	}
}

func TestAWorldIsDeletedWhenItsNameIsTypedAgain(t *testing.T) {
	t.Parallel()
	f := newDemo(t)
	f.terminal, f.answers = true, []string{"dmeo"}
	if code, _, _ := f.run(t.Context(), "world", "delete", "demo"); code != int(authn.ExitCancelled) {
		t.Errorf("exit code %d", code)
	}
	f.answers = []string{"demo"}
	f.ok("world", "delete", "demo")
	if got := f.ok("world", "list", "-q"); got != "" {
		t.Errorf("there is still %q", got)
	}
}

// TestAMarkBeforeASecretIsNoPartOfIt reads what PowerShell puts before a piped
// text: the byte order marks of UTF-8 and UTF-16.
//
// Rules: H14.
func TestAMarkBeforeASecretIsNoPartOfIt(t *testing.T) {
	t.Parallel()
	wide := func(text string, order binary.AppendByteOrder) string {
		var b []byte
		for _, u := range utf16.Encode([]rune("\ufeff" + text)) {
			b = order.AppendUint16(b, u)
		}
		return string(b)
	}
	for name, mark := range map[string]func(string) string{
		"UTF-8":         func(s string) string { return "\ufeff" + s + "\r\nrest" },
		"UTF-16 little": func(s string) string { return wide(s+"\r\nrest", binary.LittleEndian) },
		"UTF-16 big":    func(s string) string { return wide(s+"\nrest", binary.BigEndian) },
		"no line end":   func(s string) string { return wide(s, binary.LittleEndian) },
	} {
		f := newFixture(t)
		for _, secret := range []string{"pass wörd", "\u0a0a\u0a00\u000a0"[:6] + "x", strings.Repeat("p", 1024)} {
			f.stdin = mark(secret)
			got, err := f.deps(io.Discard, io.Discard).SecretFrom(t.Context(), "secret", "", true)
			if err != nil || got.Reveal() != secret {
				t.Errorf("%s: %q is read as %q: %v", name, secret, got.Reveal(), err)
			}
		}
	}
	f := newDemo(t)
	f.stdin = "\ufeff" + f.ok("device", "unlock", "-q")
	f.ok("workstation", "login", "--stdin")
	for _, stdin := range []string{"A\x00B\x00\n\x00", strings.Repeat("p", 1025), "\xff\xfe", "\ufeff\n"} {
		f.stdin = stdin
		if code, _, errs := f.run(t.Context(), "workstation", "login", "--stdin"); code != int(authn.ExitUsage) {
			t.Errorf("%.20q: exit code %d, stderr %q", stdin, code, errs)
		}
	}
}
