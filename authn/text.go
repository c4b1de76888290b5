package authn

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// unseen are the characters that move the cursor, turn the direction of
// writing or are not seen.
var unseen = []*unicode.RangeTable{unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp}

// Visible returns a text from outside for showing: control characters, those that
// turn the direction of writing or are not seen, and bytes that are no UTF-8
// become escapes such as \u{1b}. Other text stays as it is.
func Visible(text string) string {
	if plain(text) {
		return text
	}
	var b strings.Builder
	for i, r := range text {
		switch {
		case r == utf8.RuneError && !strings.HasPrefix(text[i:], "\ufffd"):
			fmt.Fprintf(&b, `\x{%02x}`, text[i])
		case unicode.In(r, unseen...):
			fmt.Fprintf(&b, `\u{%x}`, r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// plain reports whether a text is printable ASCII alone.
func plain(text string) bool {
	for i := range len(text) {
		if text[i] < ' ' || text[i] > '~' {
			return false
		}
	}
	return true
}

// VisibleJSON is Visible for a text in JSON, which means the same afterwards.
// Line ends, which stand between values alone, stay.
func VisibleJSON(text []byte) []byte {
	var out []byte
	kept := 0
	for i, r := range string(text) {
		if r < 0x7f || !unicode.In(r, unseen...) {
			continue
		}
		out = append(out, text[kept:i]...)
		kept = i + utf8.RuneLen(r)
		if r > 0xffff {
			high, low := (r-0x10000)>>10+0xd800, (r-0x10000)&0x3ff+0xdc00
			out = fmt.Appendf(out, `\u%04x\u%04x`, high, low)
			continue
		}
		out = fmt.Appendf(out, `\u%04x`, r)
	}
	if kept == 0 {
		return text
	}
	return append(out, text[kept:]...)
}

// Ungrouped drops what sets the symbols of a copied PIN or number apart: every
// kind of blank, line end and dash, and marks that are not seen.
func Ungrouped(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == utf8.RuneError:
			return r
		case unicode.IsSpace(r), unicode.In(r, unicode.Z, unicode.Pd, unicode.Cf),
			r == '\u2212', r == '\u02d7', r == '\u2043': // minus, and dashes that are called otherwise
			return -1
		}
		return r
	}, text)
}
