package qr

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// cells is a text as a terminal shows it: which halves of each character's
// place are lit. Bit 0 is the upper half, bit 1 the lower.
type cells struct {
	rows  [][]byte
	lines []string // without the escapes
}

// lit is about the half in column x and row of halves y. Outside all is unlit.
func (c cells) lit(x, y int) bool {
	return x >= 0 && y >= 0 && y/2 < len(c.rows) && x < len(c.rows[y/2]) && c.rows[y/2][x]>>(y%2)&1 == 1
}

// ink is the terminal's colours, as lit or not. A terminal is taken for light
// on dark; on a dark on light one all is inverted, and is read as such.
type ink struct{ fore, back, swapped bool }

var plainInk = ink{fore: true}

func parseCells(text string) cells {
	var c cells
	now := plainInk
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		var row []byte
		var plain strings.Builder
		for line != "" {
			if line[0] == 0x1b {
				var codes string
				if codes, line = cutEscape(line); codes != "" {
					now = now.after(codes)
				}
				continue
			}
			r, size := utf8.DecodeRuneInString(line)
			line = line[size:]
			if r == '\ufe0f' { // asks for the character before it as an emoji
				continue
			}
			plain.WriteRune(r)
			row = append(row, now.halves(r))
			for r == '\t' && len(row)%8 != 0 {
				row = append(row, now.halves(' '))
			}
		}
		c.rows, c.lines = append(c.rows, row), append(c.lines, plain.String())
	}
	return c
}

// halves is what a character lights.
func (i ink) halves(r rune) byte {
	fore, back := i.fore, i.back
	if i.swapped {
		fore, back = back, fore
	}
	var covered byte
	switch r {
	case '█', '#', '1', '■', '⬜', '◻', '🔲', '🟦', '🟩': // and what is not here is the other: '0', '□', '⬛'
		covered = 3
	case '▀':
		covered = 1
	case '▄':
		covered = 2
	}
	var lit byte
	if fore {
		lit |= covered
	}
	if back {
		lit |= 3 &^ covered
	}
	return lit
}

// cutEscape takes an escape sequence off the front of a line. codes is what
// stands in a colour sequence, "0" for an empty one, and "" for any other.
func cutEscape(line string) (codes, rest string) {
	if len(line) < 2 {
		return "", ""
	}
	switch line[1] {
	case '[':
		for at := 2; at < len(line); at++ {
			if b := line[at]; b >= 0x40 && b <= 0x7e {
				if b == 'm' {
					codes = line[2:at]
					if codes == "" {
						codes = "0"
					}
				}
				return codes, line[at+1:]
			}
		}
		return "", ""
	case ']': // a title, up to BEL or ESC \
		for at := 2; at < len(line); at++ {
			if line[at] == 7 {
				return "", line[at+1:]
			}
			if line[at] == 0x1b {
				return "", line[min(at+2, len(line)):]
			}
		}
		return "", ""
	case '(', ')': // a character set
		return "", line[min(3, len(line)):]
	}
	return "", line[2:]
}

// after is the ink once the colour sequence is obeyed.
func (i ink) after(codes string) ink {
	numbers := strings.FieldsFunc(codes, func(r rune) bool { return r == ';' || r == ':' })
	for at := 0; at < len(numbers); at++ {
		n, err := strconv.Atoi(numbers[at])
		if err != nil {
			continue
		}
		switch {
		case n == 0:
			i = plainInk
		case n == 7 || n == 27:
			i.swapped = n == 7
		case n == 39:
			i.fore = plainInk.fore
		case n == 49:
			i.back = plainInk.back
		case n == 38 || n == 48:
			lit, taken := extendedColour(numbers[at+1:])
			at += taken
			if n == 38 {
				i.fore = lit
			} else {
				i.back = lit
			}
		case n >= 30 && n <= 37:
			i.fore = paletteLit(n - 30)
		case n >= 40 && n <= 47:
			i.back = paletteLit(n - 40)
		case n >= 90 && n <= 97:
			i.fore = paletteLit(n - 90 + 8)
		case n >= 100 && n <= 107:
			i.back = paletteLit(n - 100 + 8)
		}
	}
	return i
}

// extendedColour reads what follows 38 or 48: 5;n or 2;r;g;b.
func extendedColour(numbers []string) (lit bool, taken int) {
	number := func(at int) int {
		if at >= len(numbers) {
			return 0
		}
		n, err := strconv.Atoi(numbers[at])
		if err != nil {
			return 0
		}
		return min(max(n, 0), 255)
	}
	if number(0) == 2 {
		return bright(number(1), number(2), number(3)), 4
	}
	return paletteLit(number(1)), 2
}

func bright(r, g, b int) bool { return r+2*g+b >= 4*128 }

// paletteLit reports whether a colour of the 256 is a light one: the sixteen of
// the theme, a cube of six by six by six, and greys.
func paletteLit(n int) bool {
	switch {
	case n < 16:
		return n == 7 || n >= 9 && n != 12 || n == 3 || n == 6
	case n < 232:
		n -= 16
		return bright(n/36*51, n/6%6*51, n%6*51)
	default:
		return n >= 244
	}
}
