package authn

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// invisible lists the characters that move the cursor, change the direction of
// writing or are invisible.
var invisible = []*unicode.RangeTable{unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp}

// Visible returns an untrusted text for display: control characters, characters
// that change the direction of writing or are invisible, and bytes that are not
// UTF-8 become escapes such as \u{1b}. Other text is unchanged.
func Visible(text string) string {
	if plain(text) {
		return text
	}
	var b strings.Builder
	for i, r := range text {
		switch {
		case r == utf8.RuneError && !strings.HasPrefix(text[i:], "\ufffd"):
			fmt.Fprintf(&b, `\x{%02x}`, text[i])
		case unicode.In(r, invisible...):
			fmt.Fprintf(&b, `\u{%x}`, r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// plain reports whether a text is entirely printable ASCII.
func plain(text string) bool {
	for i := range len(text) {
		if text[i] < ' ' || text[i] > '~' {
			return false
		}
	}
	return true
}

// VisibleJSON is Visible for JSON, whose meaning it keeps. Newlines, which
// occur only between values, are unchanged.
func VisibleJSON(text []byte) []byte {
	var out []byte
	kept := 0
	for i, r := range string(text) {
		if r < 0x7f || !unicode.In(r, invisible...) {
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

// Ungrouped removes the separators of a copied PIN or number: all kinds of
// spaces, newlines and dashes, and invisible characters.
func Ungrouped(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == utf8.RuneError:
			return r
		case unicode.IsSpace(r), unicode.In(r, unicode.Z, unicode.Pd, unicode.Cf),
			r == '\u2212', r == '\u02d7', r == '\u2043': // minus, and dashes outside the category Pd
			return -1
		}
		return r
	}, text)
}
