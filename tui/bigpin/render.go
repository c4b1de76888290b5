package bigpin

import (
	"strings"

	"github.com/charmbracelet/lipgloss"
)

// Symbols stand in groups of four, as people read a code aloud. The gaps are
// in cells; gapRows is the empty row between two lines of glyphs.
const (
	groupSize = 4
	gapSymbol = 2
	gapGroup  = 5
	gapRows   = 1
)

// Render returns the PIN in at most width columns: in glyphs on one line, or on more
// lines, or as spaced text, or as text. It keeps every symbol if width is at least 1, and
// returns "" otherwise. A PIN with a symbol that has no glyph is shown as text.
func Render(pin string, width int) string {
	if width <= 0 {
		return ""
	}
	for _, form := range append(bigForms(pin), textForms(pin)...) {
		if lipgloss.Width(form) <= width {
			return form
		}
	}
	return chop(pin, width)
}

// bigForms returns the PIN in glyphs on one, two and more lines, the widest first.
func bigForms(pin string) []string {
	groups := group(pin)
	var forms []string
	last := 0
	for lines := 1; lines <= len(groups); lines++ {
		// Even lines: four groups break into two and two, not three and one.
		perLine := (len(groups) + lines - 1) / lines
		if perLine == last {
			continue
		}
		last = perLine
		form, known := drawGroups(groups, perLine)
		if !known {
			return nil
		}
		forms = append(forms, form)
	}
	return forms
}

// textForms returns the PIN as text in several forms, the widest first.
func textForms(pin string) []string {
	groups := group(pin)
	spaced := make([]string, len(groups))
	for i, symbols := range groups {
		spaced[i] = strings.Join(strings.Split(symbols, ""), " ")
	}
	return []string{
		strings.Join(spaced, "   "),
		strings.Join(groups, " "),
		strings.Join(groups, "\n"),
	}
}

func group(pin string) []string {
	symbols := []rune(pin)
	var groups []string
	for len(symbols) > groupSize {
		groups = append(groups, string(symbols[:groupSize]))
		symbols = symbols[groupSize:]
	}
	if len(symbols) > 0 {
		groups = append(groups, string(symbols))
	}
	return groups
}

func drawGroups(groups []string, perLine int) (picture string, known bool) {
	var lines []string
	for len(groups) > 0 {
		n := min(perLine, len(groups))
		line, known := drawLine(groups[:n])
		if !known {
			return "", false
		}
		if len(lines) > 0 {
			lines = append(lines, make([]string, gapRows)...)
		}
		lines = append(lines, line...)
		groups = groups[n:]
	}
	// Left, so that a shorter second line stands under the first's columns.
	return lipgloss.JoinVertical(lipgloss.Left, lines...), true
}

func drawLine(groups []string) (rows []string, known bool) {
	rows = make([]string, Rows)
	for i, symbols := range groups {
		for j, symbol := range []rune(symbols) {
			gap := gapSymbol
			switch {
			case i == 0 && j == 0:
				gap = 0
			case j == 0:
				gap = gapGroup
			}
			picture, known := Glyph(symbol)
			if !known {
				return nil, false
			}
			for r := range rows {
				rows[r] += strings.Repeat(" ", gap) + picture[r]
			}
		}
	}
	return rows, true
}

// chop breaks a text into lines of that many symbols.
func chop(text string, width int) string {
	var b strings.Builder
	for i, symbol := range []rune(text) {
		if i > 0 && i%width == 0 {
			b.WriteByte('\n')
		}
		b.WriteRune(symbol)
	}
	return b.String()
}
