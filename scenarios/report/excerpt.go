package report

import (
	"fmt"
	"strings"

	"github.com/offauth/offauth/scenarios/syntax"
)

// maxColumns is how many columns of a long line are shown.
const maxColumns = 160

// excerpt shows the line of a place with carets under it, or nothing if the file
// or the line is unknown.
func excerpt(sources map[string]string, at syntax.Pos, p palette) []string {
	text, ok := sources[at.File]
	if !ok || at.Line < 1 {
		return nil
	}
	lines := strings.Split(text, "\n")
	if at.Line > len(lines) {
		return nil
	}
	shown := []rune(strings.TrimSuffix(lines[at.Line-1], "\r"))
	from := max(at.Col, 1) - 1
	if from > len(shown) {
		return nil
	}
	length := min(max(at.Len, 1), max(len(shown)-from, 1))
	if len(shown) > maxColumns {
		start := max(0, min(from-maxColumns/4, len(shown)-maxColumns))
		shown, from = shown[start:start+maxColumns], from-start
		length = min(length, maxColumns-from)
	}
	// An escaped character takes more columns, so the carets move.
	before, under := visibleRunes(shown[:min(from, len(shown))]),
		visibleRunes(shown[min(from, len(shown)):min(from+length, len(shown))])
	carets := strings.Repeat("^", max(1, len([]rune(under))))
	return []string{
		fmt.Sprintf("%5d | %s", at.Line, visibleRunes(shown)),
		fmt.Sprintf("      | %s%s", strings.Repeat(" ", len([]rune(before))), p.red(carets)),
	}
}

// visibleRunes shows a piece of a file: a tab takes one blank, as columns
// count characters.
func visibleRunes(runes []rune) string {
	return line(strings.ReplaceAll(string(runes), "\t", " "))
}

// palette colours words, or returns them unchanged.
type palette bool

func (p palette) paint(code, text string) string {
	if !p || text == "" {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

func (p palette) red(text string) string    { return p.paint("31", text) }
func (p palette) green(text string) string  { return p.paint("32", text) }
func (p palette) yellow(text string) string { return p.paint("33", text) }
func (p palette) bold(text string) string   { return p.paint("1", text) }
