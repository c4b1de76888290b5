package qr

import (
	"encoding/binary"
	"image"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/makiuchi-d/gozxing"
)

// mostDecodes bounds a text full of squares that look like finder patterns.
const mostDecodes = 200

// mostBroken is in how many lines a word may be broken.
const mostBroken = 400

// openers may stand before a word that somebody quotes.
const openers = "\"'`<([{=:“”‘’„«»"

// Decode takes UTF-8, and UTF-16 with its mark, which is what PowerShell writes
// into a file or a pipe. The mark is no part of the text. Anything with a NUL
// in it is no text.
func Decode(data []byte) (string, bool) {
	if s := string(data); strings.HasPrefix(s, "\xff\xfe") || strings.HasPrefix(s, "\xfe\xff") {
		var order binary.ByteOrder = binary.LittleEndian
		if data[0] == 0xfe {
			order = binary.BigEndian
		}
		var units []uint16
		for at := 2; at+2 <= len(data); at += 2 {
			units = append(units, order.Uint16(data[at:]))
		}
		data = []byte(string(utf16.Decode(units)))
	}
	text := strings.TrimPrefix(string(data), "\ufeff")
	return text, utf8.ValidString(text) && !strings.ContainsRune(text, 0)
}

// readText finds the words that begin with prefix, and the codes drawn in
// characters.
func readText(text, prefix string) []Found {
	c := parseCells(text)
	found := c.codes()
	if prefix == "" {
		return found
	}
	for y, line := range c.lines {
		words := strings.FieldsFunc(line, unicode.IsSpace)
		for i, word := range words {
			word = unquoted(word, prefix)
			if len(word) <= len(prefix) || !strings.HasPrefix(word, prefix) {
				continue
			}
			f := Found{Text: word, Bounds: image.Rect(0, y, 0, y)}
			if i == len(words)-1 {
				f.After = following(c.lines[y+1:], prefix)
			}
			found = append(found, f)
		}
	}
	return found
}

// unquoted drops quotes, brackets and the like before a word that begins with
// prefix.
func unquoted(word, prefix string) string {
	at := strings.Index(word, prefix)
	if at > 0 && strings.Trim(word[:at], openers) == "" {
		return word[at:]
	}
	return word
}

// following are the words that go on where a line ended: one alone on each
// line, and the first of the line after.
func following(lines []string, prefix string) []string {
	var words []string
	for _, line := range lines[:min(len(lines), mostBroken)] {
		here := strings.FieldsFunc(line, unicode.IsSpace)
		if len(here) == 0 || strings.Contains(here[0], prefix) {
			break
		}
		words = append(words, here[0])
		if len(here) > 1 {
			break
		}
	}
	return words
}

// cellSizes are how many halves of a character cell a module takes, across and
// down: half blocks, two characters a module, and one.
var cellSizes = []image.Point{{1, 1}, {2, 2}, {1, 2}}

// reading is one way of taking a text for a code.
type reading struct {
	cells   cells
	size    image.Point
	litDark bool // what is lit is dark, as in "##"
	decodes *int
}

// codes reads every code that is drawn in the text, exactly: no picture is
// made, each module is copied.
func (c cells) codes() []Found {
	var found []Found
	decodes := mostDecodes
	for _, size := range cellSizes {
		for _, litDark := range []bool{false, true} {
			found = append(found, reading{c, size, litDark, &decodes}.codes()...)
		}
	}
	return found
}

func (r reading) codes() []Found {
	var found []Found
	inFound := func(p image.Point) bool {
		for _, f := range found {
			if p.In(f.Bounds) {
				return true
			}
		}
		return false
	}
	for y := range 2 * len(r.cells.rows) {
		for x := range len(r.cells.rows[y/2]) + 1 {
			if !r.finder(x, y) || inFound(image.Pt(x, y/2)) {
				continue
			}
			if text, modules, ok := r.code(x, y); ok {
				w, h := modules*r.size.X, modules*r.size.Y
				found = append(found, Found{Text: text, Bounds: image.Rect(x, y/2, x+w, (y+h+1)/2)})
			}
		}
	}
	return found
}

func (r reading) dark(x, y int) bool { return r.cells.lit(x, y) == r.litDark }

// finder reports whether a finder pattern's corner lies at x, y: 7 by 7 modules,
// a dark ring, a light one, a dark middle.
func (r reading) finder(x, y int) bool {
	for j := range 7 {
		for i := range 7 {
			ring := max(i-3, 3-i, j-3, 3-j)
			if r.dark(x+i*r.size.X, y+j*r.size.Y) != (ring != 2) {
				return false
			}
		}
	}
	return true
}

// code decodes what begins at x, y: its size is where two more patterns are.
func (r reading) code(x, y int) (text string, modules int, ok bool) {
	for modules = 21; modules <= 177; modules += 4 {
		across, down := (modules-7)*r.size.X, (modules-7)*r.size.Y
		if !r.finder(x+across, y) || !r.finder(x, y+down) {
			continue
		}
		if *r.decodes--; *r.decodes < 0 {
			return "", 0, false
		}
		if text, ok = r.sample(x, y, modules); ok {
			return text, modules, true
		}
	}
	return "", 0, false
}

func (r reading) sample(x, y, modules int) (text string, ok bool) {
	defer endPanic(&text, &ok)
	bits, err := gozxing.NewSquareBitMatrix(modules)
	if err != nil {
		return "", false
	}
	for j := range modules {
		for i := range modules {
			if r.dark(x+i*r.size.X, y+j*r.size.Y) {
				bits.Set(i, j)
			}
		}
	}
	return decodeModules(bits)
}
