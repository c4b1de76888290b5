package qr

// inverted swaps black and white.
func (g *gray) inverted() *gray {
	out := newGray(g.w, g.h)
	for i, v := range g.pix {
		out.pix[i] = 255 - v
	}
	return out
}

// stretched spreads the greys that the picture uses over all of 0 to 255,
// leaving out a hundredth at each end.
func (g *gray) stretched() *gray {
	var counts [256]int
	for _, v := range g.pix {
		counts[v]++
	}
	end := func(from, step int) int {
		for n := 0; from > 0 && from < 255 || n == 0; from += step {
			if n += counts[from]; n > len(g.pix)/100 {
				break
			}
		}
		return from
	}
	low, high := end(0, 1), end(255, -1)
	var table [256]byte
	for v := range table {
		table[v] = byte(min(max((v-low)*255/max(high-low, 1), 0), 255))
	}
	out := newGray(g.w, g.h)
	for i, v := range g.pix {
		out.pix[i] = table[v]
	}
	return out
}

// blurred is the mean over a square of 2*radius+1 pixels: it closes the
// hairlines between a terminal's rows, and smooths noise.
func (g *gray) blurred(radius int) *gray {
	out := newGray(g.w, g.h)
	g.means(radius, func(y int, mean []int32) {
		for x, m := range mean {
			out.row(y)[x] = byte(m)
		}
	})
	return out
}

// means calls each with every row's means over the square around each pixel,
// as far as it lies in the picture.
func (g *gray) means(radius int, each func(y int, mean []int32)) {
	columns, mean := make([]int32, g.w), make([]int32, g.w)
	add := func(y int, sign int32) {
		for x, v := range g.row(y) {
			columns[x] += sign * int32(v)
		}
	}
	for y := range min(radius, g.h) {
		add(y, 1)
	}
	for y := range g.h {
		if y+radius < g.h {
			add(y+radius, 1)
		}
		if y-radius > 0 {
			add(y-radius-1, -1)
		}
		tall := int32(min(y+radius, g.h-1) - max(y-radius, 0) + 1)
		sum, wide := int32(0), int32(0)
		for x := range min(radius, g.w) {
			sum, wide = sum+columns[x], wide+1
		}
		for x := range g.w {
			if x+radius < g.w {
				sum, wide = sum+columns[x+radius], wide+1
			}
			if x-radius > 0 {
				sum, wide = sum-columns[x-radius-1], wide-1
			}
			mean[x] = sum / (wide * tall)
		}
		each(y, mean)
	}
}

// shrunk is the picture smaller by the whole number k.
func (g *gray) shrunk(k int) *gray {
	out := newGray(max(1, g.w/k), max(1, g.h/k))
	for y := range out.h {
		for x := range out.w {
			sum, n := 0, 0
			for j := y * k; j < min(y*k+k, g.h); j++ {
				for _, v := range g.row(j)[x*k : min(x*k+k, g.w)] {
					sum, n = sum+int(v), n+1
				}
			}
			out.row(y)[x] = byte(sum / n)
		}
	}
	return out
}

// grown is the picture larger by the whole number k, with the greys between.
func (g *gray) grown(k int) *gray {
	out := newGray(g.w*k, g.h*k)
	// Middles of pixels lie on middles: out's x is at (x+0.5)/k-0.5 in g.
	place := func(at, size int) (from, to, part int) {
		p := max(2*at+1-k, 0)
		from = min(p/(2*k), size-1)
		return from, min(from+1, size-1), p % (2 * k)
	}
	for y := range out.h {
		y0, y1, fy := place(y, g.h)
		above, below, row := g.row(y0), g.row(y1), out.row(y)
		for x := range row {
			x0, x1, fx := place(x, g.w)
			top := int(above[x0])*(2*k-fx) + int(above[x1])*fx
			bottom := int(below[x0])*(2*k-fx) + int(below[x1])*fx
			row[x] = byte((top*(2*k-fy) + bottom*fy) / (4 * k * k))
		}
	}
	return out
}

// padded has a white border: a code without a quiet zone, cut out tightly.
func (g *gray) padded(border int) *gray {
	out := newGray(g.w+2*border, g.h+2*border)
	for i := range out.pix {
		out.pix[i] = 255
	}
	for y := range g.h {
		copy(out.row(y + border)[border:], g.row(y))
	}
	return out
}

// sharpened adds what a mean takes away, three times over: out of focus, the
// narrow light ring of a finder pattern is no more than a dent.
func (g *gray) sharpened(radius int) *gray {
	out := newGray(g.w, g.h)
	g.means(radius, func(y int, mean []int32) {
		from, to := g.row(y), out.row(y)
		for x, m := range mean {
			v := int32(from[x])
			to[x] = byte(min(max(v+3*(v-m), 0), 255))
		}
	})
	return out
}
