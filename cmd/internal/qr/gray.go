package qr

import (
	"image"
	"image/color"
)

// gray is a picture of one byte a pixel, row by row: 0 is black.
type gray struct {
	pix  []byte
	w, h int
}

func newGray(w, h int) *gray { return &gray{make([]byte, w*h), w, h} }

func (g *gray) row(y int) []byte { return g.pix[y*g.w:][:g.w] }

// grayOf makes a picture grey, and smaller by the whole number scale. What is
// transparent is laid over back.
func grayOf(picture image.Image, scale int, back byte) *gray {
	b := picture.Bounds()
	g := newGray(max(1, b.Dx()/scale), max(1, b.Dy()/scale))
	read := rowReader(picture, back)
	if scale == 1 {
		for y := range g.h {
			read(b.Min.Y+y, g.row(y))
		}
		return g
	}
	line, sums := make([]byte, b.Dx()), make([]int, g.w)
	for y := range g.h {
		clear(sums)
		n := min(scale, b.Dy()-y*scale)
		for i := range n {
			read(b.Min.Y+y*scale+i, line)
			for x := range min(g.w*scale, len(line)) {
				sums[x/scale] += int(line[x])
			}
		}
		for x, s := range sums {
			g.row(y)[x] = byte(s / (n * min(scale, len(line))))
		}
	}
	return g
}

// rowReader writes a row of the picture in grey, what is transparent laid over
// back. The kinds that the decoders make have loops of their own: through At
// a screenshot takes 50 ms, more than all of the rest.
func rowReader(picture image.Image, back byte) func(y int, to []byte) {
	x0 := picture.Bounds().Min.X
	switch p := picture.(type) {
	case *image.Gray:
		return func(y int, to []byte) { copy(to, p.Pix[p.PixOffset(x0, y):]) }
	case *image.YCbCr:
		return func(y int, to []byte) { copy(to, p.Y[p.YOffset(x0, y):]) }
	case *image.RGBA: // colours are multiplied by alpha already
		return func(y int, to []byte) { over(p.Pix[p.PixOffset(x0, y):], to, false, back) }
	case *image.NRGBA:
		return func(y int, to []byte) { over(p.Pix[p.PixOffset(x0, y):], to, true, back) }
	case *image.Paletted:
		var table [256]byte
		for i, c := range p.Palette[:min(256, len(p.Palette))] {
			table[i] = luma(c, back)
		}
		return func(y int, to []byte) {
			for x, i := range p.Pix[p.PixOffset(x0, y):][:len(to)] {
				to[x] = table[i]
			}
		}
	}
	return func(y int, to []byte) {
		for x := range to {
			to[x] = luma(picture.At(x0+x, y), back)
		}
	}
}

func over(pix, to []byte, multiply bool, back byte) {
	pix = pix[:4*len(to)]
	for x := range to {
		r, g, b, a := uint32(pix[4*x]), uint32(pix[4*x+1]), uint32(pix[4*x+2]), uint32(pix[4*x+3])
		v := (r + 2*g + b) / 4
		if a < 255 {
			if multiply {
				v = v * a / 255
			}
			v = min(v+(255-a)*uint32(back)/255, 255)
		}
		to[x] = byte(v)
	}
}

func luma(c color.Color, back byte) byte {
	r, g, b, a := c.RGBA()
	return byte(min((r+2*g+b)/4+(0xffff-a)*uint32(back)/255, 0xffff) >> 8)
}
