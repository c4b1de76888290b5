package syntax

import (
	"fmt"
	"strings"
	"unicode"
)

// Show returns a finding in several lines: the message and position, the line, carets
// below it, and the help. source is the text of the finding's file; if it is empty, the
// line is left out. The result does not end with a line break.
func Show(f Finding, source string) string {
	var b strings.Builder
	b.WriteString(f.Error())
	if line, ok := lineOf(source, f.Line); ok {
		margin := fmt.Sprintf("%5d | ", f.Line)
		letters := []rune(line)
		from := min(max(f.Col-1, 0), len(letters))
		to := min(from+max(f.Len, 1), len(letters))
		width := max(columns(letters[from:to]), 1)
		fmt.Fprintf(&b, "\n%s%s\n      | %s%s", margin, visible(letters), strings.Repeat(" ", columns(letters[:from])),
			strings.Repeat("^", width))
	}
	if f.Help != "" {
		b.WriteString("\n      = " + f.Help)
	}
	return b.String()
}

// lineOf returns a line of a text, the first being 1.
func lineOf(source string, n int) (string, bool) {
	source = strings.TrimPrefix(source, "\ufeff")
	for i := 1; source != "" || i == 1; i++ {
		line, rest, more := strings.Cut(source, "\n")
		if i == n {
			return strings.TrimSuffix(line, "\r"), line != ""
		}
		if !more {
			break
		}
		source = rest
	}
	return "", false
}

// columns returns the width of letters on a terminal: two columns for a wide letter,
// none for a combining one.
func columns(letters []rune) int {
	sum := 0
	for _, r := range letters {
		switch {
		case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		case wide(r):
			sum += 2
		default:
			sum++
		}
	}
	return sum
}

// wide reports whether a letter takes two columns, like East Asian letters and most
// emoji.
func wide(r rune) bool {
	return r >= 0x1100 && (r <= 0x115f || r >= 0x2e80 && r <= 0xa4cf && r != 0x303f || r >= 0xac00 && r <= 0xd7a3 ||
		r >= 0xf900 && r <= 0xfaff ||
		r >= 0xfe30 && r <= 0xfe6f || r >= 0xff00 && r <= 0xff60 || r >= 0xffe0 && r <= 0xffe6 ||
		r >= 0x1f300 && r <= 0x1f64f || r >= 0x1f680 && r <= 0x1f6ff ||
		r >= 0x1f900 && r <= 0x1f9ff || r >= 0x20000 && r <= 0x3fffd)
}

// visible returns a line with blanks for tabs and a visible character for each control
// character, with the width that columns returns.
func visible(letters []rune) string {
	var b strings.Builder
	for _, r := range letters {
		switch {
		case r == '\t':
			b.WriteByte(' ')
		case unicode.Is(unicode.Cf, r):
		case r < ' ' || r >= 0x7f && r < 0xa0 || r == unicode.ReplacementChar:
			b.WriteRune('·')
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
