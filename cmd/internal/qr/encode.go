package qr

import (
	"errors"
	"fmt"

	rsc "rsc.io/qr"
)

// ErrTooLong is returned for a text that does not fit the largest QR code.
var ErrTooLong = errors.New("too long for a QR code")

// Quiet is the standard's white border, in modules on each side.
const Quiet = 4

// Code is a QR code: a square of dark and light modules.
type Code struct {
	text   string
	level  rsc.Level
	matrix *rsc.Code
}

// Encode makes the smallest code for text at error correction level M, or at
// level L for what fits no code of level M. Text of 0-9, A-Z and " $%*+-./:"
// alone takes 5.5 bits a character instead of 8.
func Encode(text string) (*Code, error) {
	for _, level := range []rsc.Level{rsc.M, rsc.L} {
		if matrix, err := rsc.Encode(text, level); err == nil {
			return &Code{text: text, level: level, matrix: matrix}, nil
		}
	}
	return nil, fmt.Errorf("a text of %d bytes is %w", len(text), ErrTooLong)
}

// Text returns the encoded text.
func (c *Code) Text() string { return c.text }

// Modules is the number of modules on a side, without the quiet zone: 21 to 177.
func (c *Code) Modules() int { return c.matrix.Size }

// Dark reports whether the module in column x and row y is dark. Outside the code
// all is light.
func (c *Code) Dark(x, y int) bool { return c.matrix.Black(x, y) }
