package bigpin

// Rows is the height of a glyph in rows of the terminal.
const Rows = 5

// Dot stands for a symbol that is not shown: a masked PIN is a string of
// Dots, and pictures and goldens hold nothing else.
const Dot = '•'

// Glyph returns the rows of a symbol, all of one width: the 31 symbols of a PIN
// (rule H13), 0 and 1 for the codes of other families, and Dot. Other symbols
// have no glyph.
func Glyph(symbol rune) (rows [Rows]string, known bool) {
	rows, known = glyphs[symbol]
	return rows, known
}

// glyphs is a fixed table. Strokes are two cells wide and half blocks give
// ten steps of height, so a cell's half is about a square. Pairs that are
// mistaken for each other differ in more than one place: 8 and 5 are round
// where B and S have corners or the reverse, Z is flat where 2 is round, V
// ends in a point, 6 leans and is closed where G is open and has a bar.
var glyphs = map[rune][Rows]string{
	'0': {
		"▄████▄",
		"██ ▄██",
		"██▄▀██",
		"██▀ ██",
		"▀████▀",
	},
	'1': {
		" ▄██  ",
		"▀▀██  ",
		"  ██  ",
		"  ██  ",
		"██████",
	},
	'2': {
		"▄████▄",
		"▀▀  ██",
		"  ▄██▀",
		"▄██▀  ",
		"██████",
	},
	'3': {
		"▄████▄",
		"▀▀  ██",
		"  ███ ",
		"▄▄  ██",
		"▀████▀",
	},
	'4': {
		"  ▄██  ",
		" ▄▀██  ",
		"██ ██  ",
		"███████",
		"   ██  ",
	},
	'5': {
		"██████",
		"██    ",
		"█████▄",
		"▄▄  ██",
		"▀████▀",
	},
	'6': {
		"  ▄██▀",
		"▄██▀  ",
		"█████▄",
		"██  ██",
		"▀████▀",
	},
	'7': {
		"██████",
		"   ▄██",
		"  ▄██▀",
		" ▄██▀ ",
		" ██▀  ",
	},
	'8': {
		"▄████▄",
		"██  ██",
		" ████ ",
		"██  ██",
		"▀████▀",
	},
	'9': {
		"▄████▄",
		"██  ██",
		"▀█████",
		"  ▄██▀",
		"▄██▀  ",
	},
	'A': {
		" ▄██▄ ",
		"██▀▀██",
		"██  ██",
		"██████",
		"██  ██",
	},
	'B': {
		"█████▄",
		"██  ██",
		"█████ ",
		"██  ██",
		"█████▀",
	},
	'C': {
		"▄████▄",
		"██  ▀▀",
		"██    ",
		"██  ▄▄",
		"▀████▀",
	},
	'D': {
		"████▄ ",
		"██ ▀██",
		"██  ██",
		"██ ▄██",
		"████▀ ",
	},
	'E': {
		"██████",
		"██    ",
		"█████ ",
		"██    ",
		"██████",
	},
	'F': {
		"██████",
		"██    ",
		"█████ ",
		"██    ",
		"██    ",
	},
	'G': {
		"▄████▄",
		"██  ▀▀",
		"██ ▄▄▄",
		"██  ██",
		"▀████▀",
	},
	'H': {
		"██  ██",
		"██  ██",
		"██████",
		"██  ██",
		"██  ██",
	},
	'J': {
		"    ██",
		"    ██",
		"    ██",
		"██  ██",
		"▀████▀",
	},
	'K': {
		"██  ▄██",
		"██▄██▀ ",
		"████   ",
		"██▀██▄ ",
		"██  ▀██",
	},
	'M': {
		"██▄  ▄██",
		"███▄▄███",
		"██▀██▀██",
		"██    ██",
		"██    ██",
	},
	'N': {
		"██▄  ██",
		"███▄ ██",
		"██▀█▄██",
		"██ ▀███",
		"██  ▀██",
	},
	'P': {
		"█████▄",
		"██  ██",
		"█████▀",
		"██    ",
		"██    ",
	},
	'Q': {
		"▄████▄ ",
		"██  ██ ",
		"██  ██ ",
		"██ ▀██ ",
		"▀███▀██",
	},
	'R': {
		"█████▄ ",
		"██  ██ ",
		"█████▀ ",
		"██ ▀█▄ ",
		"██  ▀██",
	},
	'S': {
		"▄█████▄",
		"██    ▀",
		"▀█████▄",
		"▄    ██",
		"▀█████▀",
	},
	'T': {
		"██████",
		"  ██  ",
		"  ██  ",
		"  ██  ",
		"  ██  ",
	},
	'U': {
		"██  ██",
		"██  ██",
		"██  ██",
		"██  ██",
		"▀████▀",
	},
	'V': {
		"██    ██",
		"██▄  ▄██",
		" ██  ██ ",
		" ▀█▄▄█▀ ",
		"   ██   ",
	},
	'W': {
		"██    ██",
		"██    ██",
		"██▄██▄██",
		"███▀▀███",
		"██▀  ▀██",
	},
	'X': {
		"██  ██",
		"▀█▄▄█▀",
		" ▄██▄ ",
		"▄█▀▀█▄",
		"██  ██",
	},
	'Y': {
		"██  ██",
		"▀█▄▄█▀",
		" ▀██▀ ",
		"  ██  ",
		"  ██  ",
	},
	'Z': {
		"███████",
		"   ▄██▀",
		" ▄██▀  ",
		"▄█▀    ",
		"███████",
	},
	Dot: {
		"      ",
		" ▄▄▄▄ ",
		" ████ ",
		" ▀▀▀▀ ",
		"      ",
	},
}
