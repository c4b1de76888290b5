package authn

import (
	"encoding/json"
	"strings"
	"testing"
)

// Rules: E12.
func TestControlAndBidiCharactersBecomeVisible(t *testing.T) {
	for text, want := range map[string]string{
		"":                           "",
		"Pay 120 EUR, blå \\u{1b} 🙂": "Pay 120 EUR, blå \\u{1b} 🙂",
		"\x1b[31m":                   `\u{1b}[31m`, "a\r\n\tb": `a\u{d}\u{a}\u{9}b`, "\x00\x7f\u0085": `\u{0}\u{7f}\u{85}`,
		"\u202e\u2066\u200f\u061c": `\u{202e}\u{2066}\u{200f}\u{61c}`, "\u2028\u200b\ufeff": `\u{2028}\u{200b}\u{feff}`,
		"a\xffb": `a\x{ff}b`, "\ufffd": "\ufffd",
	} {
		if got := Visible(text); got != want {
			t.Errorf("%q is shown as %q, want %q", text, got, want)
		}
	}
}

// TestTextInJSONBecomesVisibleAndMeansTheSame checks that the result is JSON
// with the same meaning.
func TestTextInJSONBecomesVisibleAndMeansTheSame(t *testing.T) {
	for _, text := range []string{"plain", "blå \U0001f642", "\u009b2J\x7f\u202e\u2028\U000e0041 \x1b]0;x\a"} {
		raw, err := json.Marshal(text)
		if err != nil {
			t.Fatal(err)
		}
		shown := VisibleJSON(append(raw, '\n'))
		var back string
		if err := json.Unmarshal(shown, &back); err != nil || back != text {
			t.Errorf("%q became %s, which means %q: %v", text, shown, back, err)
		}
		if line, ended := strings.CutSuffix(string(shown), "\n"); !ended || Visible(line) != line {
			t.Errorf("%q is shown as %q", text, shown)
		}
	}
}

// TestUngrouped tries all spaces, dashes and newlines that a copied PIN or
// number may have.
//
// Rules: H14.
func TestUngrouped(t *testing.T) {
	for text, want := range map[string]string{
		"": "", "AB CD": "ABCD", "AB\u2013CD\u2014EF\u2212GH": "ABCDEFGH", "123\u2009456\u202f7\u00a08\u30009": "123456789",
		"\ufeff12\u200b34\u200d\u2060\u00ad5": "12345", "12\r\n34\u0085\u2028\v\f5": "12345",
		"1\u20102\u20113\uff0d4\ufe635": "12345",
		"A_B.C,D":                       "A_B.C,D", "blå": "blå",
	} {
		if got := Ungrouped(text); got != want {
			t.Errorf("%q gives %q, want %q", text, got, want)
		}
	}
}

// FuzzVisible checks that displayed text never moves the cursor or changes the
// direction of writing.
func FuzzVisible(f *testing.F) {
	f.Add("\x1b]0;x\x07 \u202e \xff")
	f.Fuzz(func(t *testing.T, text string) {
		if shown := Visible(text); Visible(shown) != shown {
			t.Fatalf("%q is shown as %q", text, shown)
		}
	})
}
