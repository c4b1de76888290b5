package syntax_test

import (
	"testing"

	"github.com/offauth/offauth/scenarios/syntax"
)

func TestASecretIsHiddenAndNothingElse(t *testing.T) {
	t.Parallel()
	secrets := []string{"000000", "hunter2secret", "hunter2secret and more", "abc", "2580", "13572468"}
	for text, want := range map[string]string{
		"typing hunter2secret":                 "typing <13>",
		"with hunter2secret and more":          "with <22>",
		"xhunter2secrethunter2secretx":         "x<13><13>x", // a credential begins with it
		"OFA0000001 is no 000000, nor 0000000": "OFA0000001 is no <6>, nor 0000000",
		`a quoted "000000"`:                    `a quoted "<6>"`,
		"000000000000 and 000000 000000":       "000000000000 and <6> <6>",
		"abc in abcd":                          "abc in abcd",
		"2580":                                 "<4>",
		"12580 at 25801, 2580é":                "12580 at 25801, 2580é",
		"13572468 in A13572468":                "<8> in A13572468",
		"":                                     "",
	} {
		got := syntax.Hide(text, secrets, func(s string) string {
			return map[int]string{4: "<4>", 6: "<6>", 8: "<8>", 13: "<13>", 22: "<22>"}[len(s)]
		})
		if got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
}
