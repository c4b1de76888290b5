package qr

// opened takes away what is light and narrower than w or lower than h: the
// lines between a terminal's rows, a stripe, what shows between dots. All that
// is larger stays as it is.
func (g *gray) opened(w, h int) *gray {
	darkest := func(a, b byte) byte { return min(a, b) }
	lightest := func(a, b byte) byte { return max(a, b) }
	return g.windowed(w, h, darkest, false).windowed(w, h, lightest, true)
}

// closed is opened for what is dark.
func (g *gray) closed(w, h int) *gray { return g.inverted().opened(w, h).inverted() }

// windowed sets each pixel to what pick returns for the window that begins there
// or, with back, ends there.
func (g *gray) windowed(w, h int, pick func(a, b byte) byte, back bool) *gray {
	out := g
	for _, d := range []struct{ n, dx, dy int }{{w, 1, 0}, {h, 0, 1}} {
		if d.n < 2 {
			continue
		}
		from := out
		out = newGray(g.w, g.h)
		sign := 1
		if back {
			sign = -1
		}
		for y := range g.h {
			for x := range g.w {
				v := from.pix[y*g.w+x]
				for k := 1; k < d.n; k++ {
					xx, yy := x+sign*k*d.dx, y+sign*k*d.dy
					if xx < 0 || yy < 0 || xx >= g.w || yy >= g.h {
						break
					}
					v = pick(v, from.pix[yy*g.w+xx])
				}
				out.pix[y*g.w+x] = v
			}
		}
	}
	return out
}

// pressed leaves out the rows in which nothing changes: what stands between
// the rows of a code, and a quiet zone, which grid does not ask for.
func (g *gray) pressed() *gray {
	out := &gray{w: g.w}
	for y := range g.h {
		row := g.row(y)
		least, most := row[0], row[0]
		for _, v := range row {
			least, most = min(least, v), max(most, v)
		}
		if most-least > 32 {
			out.pix = append(out.pix, row...)
			out.h++
		}
	}
	if out.h == 0 || out.h == g.h {
		return nil
	}
	return out
}
