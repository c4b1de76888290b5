package qr

import (
	"bytes"
	"io"

	"github.com/mdp/qrterminal/v3"
)

// onColour makes a line white on black, whatever the terminal's own colours
// are: half blocks draw the light modules, so on a light theme the code would
// come out inverted, which most phones do not read. 231 and 16 lie outside the
// sixteen colours that a theme changes.
const (
	onColour  = "\x1b[38;5;231;48;5;16m"
	offColour = "\x1b[0m"
)

// TerminalOptions are the options of drawing a code in characters.
type TerminalOptions struct {
	Quiet   int  // the quiet zone in modules; 0 means Quiet, and it is never less than 1
	Colours bool // for a terminal, even under NO_COLOR; not for a pipe
}

// quiet is the quiet zone that is drawn for the one asked for.
func quiet(asked int) int {
	if asked == 0 {
		return Quiet
	}
	return max(asked, 1)
}

// Size is how many columns and rows Terminal takes with that quiet zone.
func (c *Code) Size(quietZone int) (cols, rows int) {
	q := quiet(quietZone)
	return c.Modules() + 2*q, (c.Modules()+1)/2 + q
}

// Terminal draws the code in half blocks, two modules to a character.
func (c *Code) Terminal(w io.Writer, o TerminalOptions) error {
	var drawn bytes.Buffer
	// Only GenerateWithConfig: qrterminal's Generate asks the terminal whether
	// it can sixel, and waits for ever where none answers. It drops the error
	// of a text that is too long; Encode has seen that this one is not.
	qrterminal.GenerateWithConfig(c.text, qrterminal.Config{
		Level:          c.level,
		Writer:         &drawn,
		HalfBlocks:     true,
		BlackChar:      qrterminal.BLACK_BLACK,
		BlackWhiteChar: qrterminal.BLACK_WHITE,
		WhiteChar:      qrterminal.WHITE_WHITE,
		WhiteBlackChar: qrterminal.WHITE_BLACK,
		QuietZone:      quiet(o.Quiet),
	})
	if !o.Colours {
		_, err := w.Write(drawn.Bytes())
		return err
	}
	var coloured bytes.Buffer
	for line := range bytes.Lines(drawn.Bytes()) {
		coloured.WriteString(onColour)
		coloured.Write(bytes.TrimSuffix(line, []byte("\n")))
		coloured.WriteString(offColour + "\n")
	}
	_, err := w.Write(coloured.Bytes())
	return err
}
