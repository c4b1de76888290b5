package qr

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
)

// MaxScale is the most pixels a module may have on a side: 185 modules are then
// a picture of 35 megapixels, one byte each while it is drawn.
const MaxScale = 32

// PNG draws the code with its quiet zone, scale pixels to a module's side.
func (c *Code) PNG(scale int) ([]byte, error) {
	if scale < 1 || scale > MaxScale {
		return nil, fmt.Errorf("a scale of %d: 1 to %d pixels a module can be drawn", scale, MaxScale)
	}
	side := (c.Modules() + 2*Quiet) * scale
	picture := image.NewPaletted(image.Rect(0, 0, side, side), color.Palette{color.White, color.Black})
	for y := range side {
		row := picture.Pix[y*picture.Stride:][:side]
		for x := range row {
			if c.Dark(x/scale-Quiet, y/scale-Quiet) {
				row[x] = 1
			}
		}
	}
	var out bytes.Buffer
	if err := png.Encode(&out, picture); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// SVG draws the code with its quiet zone: a white square, and a path with a
// bar for each run of dark modules in a row.
func (c *Code) SVG() []byte {
	const pixels = 8 // a module's side where the viewer does not scale
	side := c.Modules() + 2*Quiet
	var out bytes.Buffer
	fmt.Fprintf(&out, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" `+
		`viewBox="0 0 %d %d" shape-rendering="crispEdges">`+"\n",
		side*pixels, side*pixels, side, side)
	fmt.Fprintf(&out, `<path fill="#fff" d="M0 0h%dv%dh-%dz"/>`+"\n"+`<path fill="#000" d="`, side, side, side)
	for y := range c.Modules() {
		for x := 0; x < c.Modules(); x++ {
			run := 0
			for c.Dark(x+run, y) {
				run++
			}
			if run > 0 {
				fmt.Fprintf(&out, "M%d %dh%dv1h-%dz", x+Quiet, y+Quiet, run, run)
				x += run
			}
		}
	}
	out.WriteString(`"/>` + "\n</svg>\n")
	return out.Bytes()
}
