package cli

import (
	"strings"
	"testing"

	"github.com/offauth/offauth/cmd/internal/qr"
)

// TestDataThatWasCopiedAlongWithMoreIsRead scans verification data as a window,
// a mail, a sentence and an address change it.
func TestDataThatWasCopiedAlongWithMoreIsRead(t *testing.T) {
	t.Parallel()
	f := newDemo(t)
	broken := func(data string, width int, end string) string {
		var b strings.Builder
		for len(data) > width {
			b.WriteString(data[:width] + end)
			data = data[width:]
		}
		return b.String() + data
	}
	for name, copied := range map[string]func(string) string{
		"lines of 80":       func(s string) string { return broken(s, 80, "\n") + "\n" },
		"lines of 53, CRLF": func(s string) string { return broken(s, 53, "\r\n") + "\r\nOK\r\n" },
		"indented":          func(s string) string { return "  " + broken(s, 40, "\n    ") + " $ \n" },
		"a full stop":       func(s string) string { return "Type " + s + ". Then go on\n" },
		"a comma":           func(s string) string { return s + ", please" },
		"quotes":            func(s string) string { return "\"" + s + "\"\n“" + s + "”\n" },
		"an address":        func(s string) string { return strings.Replace(s, ":", "%3A", 1) + "&x=1" },
		"a word below":      func(s string) string { return s + "\nDONE\n" },
		"UTF-16": func(s string) string {
			return "\xff\xfe" + strings.Join(strings.Split(s, ""), "\x00") +
				"\x00"
		},
	} {
		data := strings.TrimSpace(f.ok("provider", "challenge", "--method", "OFFLINE", "--context", "Pay 5", "--text", "-q"))
		f.stdin = copied(data)
		if code, out, errs := f.run(t.Context(), "device", "scan", "-"); code != 0 ||
			!strings.Contains(out, "context  Pay 5") {
			t.Errorf("%s: exit code %d, %s%s", name, code, out, errs)
		}
		f.ok("device", "cancel")
	}
	data := strings.TrimSpace(f.ok("provider", "challenge", "--method", "OFFLINE", "--text", "-q"))
	for text, want := range map[string]string{
		data[:80]:              "it is cut short",
		data[:80] + "\n\nREST": "it is cut short",
		string(qrPicture(t, "otpauth://totp/x?secret=JBSWY3DPEHPK3PXP")): "authenticator app (otpauth)",
	} {
		f.stdin = text
		if code, _, errs := f.run(t.Context(), "device", "scan", "-"); code == 0 || !strings.Contains(errs, want) ||
			!strings.Contains(errs, "invalid_input") {
			t.Errorf("%.20q: exit code %d, %s", text, code, errs)
		}
	}
}

// qrPicture is a PNG of a code.
func qrPicture(t *testing.T, text string) []byte {
	t.Helper()
	code, err := qr.Encode(text)
	if err != nil {
		t.Fatal(err)
	}
	picture, err := code.PNG(4)
	if err != nil {
		t.Fatal(err)
	}
	return picture
}
