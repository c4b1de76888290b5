package encap

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Visible gives a text for showing: control characters, those that turn the
// direction of writing or are not seen, and bytes that are no UTF-8 become
// escapes such as \u{1b} (E12). Other text stays as it is.
func Visible(text string) string {
	var b strings.Builder
	for i, r := range text {
		switch {
		case r == utf8.RuneError && !strings.HasPrefix(text[i:], "\ufffd"):
			fmt.Fprintf(&b, `\x{%02x}`, text[i])
		case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp):
			fmt.Fprintf(&b, `\u{%x}`, r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
