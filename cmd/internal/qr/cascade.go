package qr

import (
	"github.com/makiuchi-d/gozxing"
)

// step is a try: how the picture is changed first, and what matrix is made.
//
// The steps were chosen on pictures of corpus_test.go's kinds from the seeds 1,
// 2 and 3; the test that holds their figures uses another.
type step struct {
	fits   func(g *gray) bool
	change func(g *gray) *gray
	matrix func(g *gray) *gozxing.BitMatrix
	scale  float64 // of the changed picture
	border int     // of the changed picture
}

// small lets a step take pictures up to so many pixels, whose copies are cheap.
func small(pixels int) func(*gray) bool { return func(g *gray) bool { return g.w*g.h <= pixels } }
func large(pixels int) func(*gray) bool { return func(g *gray) bool { return g.w*g.h > pixels } }
func always(*gray) bool                 { return true }

// steps are in the order in which they are tried: what is cheap and reads much
// comes first.
func steps() []step {
	same := func(g *gray) *gray { return g }
	sharp := func(radius int) func(*gray) *gray {
		return func(g *gray) *gray { return g.stretched().sharpened(radius) }
	}
	return []step{
		{always, same, hybrid, 1, 0},
		{always, (*gray).inverted, hybrid, 1, 0},
		{always, func(g *gray) *gray { return g.blurred(1) }, hybrid, 1, 0},
		{always, same, global, 1, 0},
		{small(1 << 20), func(g *gray) *gray { return g.padded(16) }, hybrid, 1, 16},
		{small(3 << 19), func(g *gray) *gray { return g.grown(2) }, hybrid, 2, 0},
		{small(1 << 19), func(g *gray) *gray { return g.padded(8).grown(3) }, hybrid, 3, 24},
		{always, same, local(8), 1, 0},
		{always, same, local(4), 1, 0},
		{large(1 << 16), func(g *gray) *gray { return g.shrunk(2) }, hybrid, 0.5, 0},
		{large(1 << 17), func(g *gray) *gray { return g.shrunk(3) }, hybrid, 1. / 3, 0},
		{always, func(g *gray) *gray { return g.blurred(1).blurred(1) }, local(12), 1, 0},
		{always, (*gray).stretched, hybrid, 1, 0},
		{always, func(g *gray) *gray { return g.blurred(1).stretched() }, local(6), 1, 0},
		{always, func(g *gray) *gray { return g.inverted().blurred(1) }, hybrid, 1, 0},
		{always, sharp(2), hybrid, 1, 0},
		{always, sharp(4), hybrid, 1, 0},
		{small(3 << 19), func(g *gray) *gray { return g.stretched().grown(2).sharpened(4) }, hybrid, 2, 0},
		{small(3 << 19), func(g *gray) *gray { return g.stretched().grown(2).sharpened(9) }, hybrid, 2, 0},
		{small(1 << 21), (*gray).pressed, hybrid, 1, 0},
		{small(1 << 21), func(g *gray) *gray { return pressedInverted(g) }, hybrid, 1, 0},
		lines(1, 2), lines(1, 4), lines(1, 7), lines(3, 3), lines(5, 5),
		{small(1 << 21), func(g *gray) *gray { return g.closed(1, 4) }, hybrid, 1, 0},
		{small(1 << 21), func(g *gray) *gray { return g.inverted().opened(1, 4) }, hybrid, 1, 0},
	}
}

// lines is a step without light lines up to that size.
func lines(w, h int) step {
	return step{small(1 << 21), func(g *gray) *gray { return g.opened(w, h) }, hybrid, 1, 0}
}

func pressedInverted(g *gray) *gray {
	if p := g.pressed(); p != nil {
		return p.inverted()
	}
	return nil
}

// search reads the codes in a picture: those of the first step that reads any.
func search(g *gray) []Found {
	for _, s := range steps() {
		if !s.fits(g) {
			continue
		}
		changed := s.change(g)
		if changed == nil {
			continue
		}
		m := s.matrix(changed)
		if m == nil {
			continue
		}
		found := detect(m)
		if len(found) == 0 {
			found = grid(m)
		}
		if len(found) > 0 {
			for i := range found {
				b := &found[i].Bounds
				for _, v := range []*int{&b.Min.X, &b.Min.Y, &b.Max.X, &b.Max.Y} {
					*v = int(float64(*v-s.border) / s.scale)
				}
			}
			return found
		}
	}
	return nil
}

// hybrid is gozxing's binarizer with a threshold for each block of 8 by 8.
func hybrid(g *gray) *gozxing.BitMatrix { return binarized(g, gozxing.NewHybridBinarizer) }

// global is gozxing's binarizer with one threshold for all of the picture.
func global(g *gray) *gozxing.BitMatrix { return binarized(g, gozxing.NewGlobalHistgramBinarizer) }

func binarized(g *gray, with func(gozxing.LuminanceSource) gozxing.Binarizer) *gozxing.BitMatrix {
	source, err := gozxing.NewPlanarYUVLuminanceSource(g.pix, g.w, g.h, 0, 0, g.w, g.h, false)
	if err != nil {
		return nil
	}
	m, err := with(source).GetBlackMatrix()
	if err != nil {
		return nil
	}
	return m
}

// local compares each pixel with the mean around it.
func local(radius int) func(g *gray) *gozxing.BitMatrix {
	return func(g *gray) *gozxing.BitMatrix {
		m, err := gozxing.NewBitMatrix(g.w, g.h)
		if err != nil {
			return nil
		}
		g.means(radius, func(y int, mean []int32) {
			for x, v := range g.row(y) {
				if int32(v) < mean[x]-2 {
					m.Set(x, y)
				}
			}
		})
		return m
	}
}
