package qr

import (
	"cmp"
	"math"
	"slices"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/common"
)

// point is a place in a picture, or in the modules of a code.
type point struct{ x, y float64 }

func (c core) point() point { return point{c.x, c.y} }

func (p point) plus(q point, n float64) point { return point{p.x + q.x*n, p.y + q.y*n} }

func (p point) to(q point) (dir point, length float64) {
	d := point{q.x - p.x, q.y - p.y}
	length = math.Hypot(d.x, d.y)
	return point{d.x / length, d.y / length}, length
}

// affine maps modules to pixels by the centres of the three patterns.
func affine(c corners, n int) func(point) point {
	o, side := c.corner.point(), float64(n-7)
	v := point{(c.across.x - o.x) / side, (c.across.y - o.y) / side}
	w := point{(c.down.x - o.x) / side, (c.down.y - o.y) / side}
	return func(p point) point { return o.plus(v, p.x-3.5).plus(w, p.y-3.5) }
}

// read decodes the code that three patterns span, and returns its number of
// modules on a side.
func (b bits) read(c corners, samples, searches *int) (text string, n int, ok bool) {
	for _, n := range b.sizes(c) {
		try := func(at func(point) point) bool {
			if *samples--; *samples < 0 {
				return false
			}
			text, ok = b.sample(at, n)
			return ok
		}
		at := affine(c, n)
		if try(at) {
			return text, n, true
		}
		if n < 25 || *searches == 0 {
			continue
		}
		*searches--
		for _, p := range b.alignments(at, n) {
			if try(perspective(c, p, n)) {
				return text, n, true
			}
		}
	}
	return "", 0, false
}

// sizes are how many modules a side may have, what the timing patterns say
// first.
func (b bits) sizes(c corners) []int {
	var sizes []int
	add := func(n int) {
		if n >= 21 && n <= 177 && n%4 == 1 && !slices.Contains(sizes, n) {
			sizes = append(sizes, n)
		}
	}
	v, top := c.corner.point().to(c.across.point())
	w, left := c.corner.point().to(c.down.point())
	unitV, unitW := b.unit(c.corner, v), b.unit(c.corner, w)
	byRow := b.timed(c.corner.point().plus(w, 3*unitW), c.across.point().plus(w, 3*b.unit(c.across, w)))
	byColumn := b.timed(c.corner.point().plus(v, 3*unitV), c.down.point().plus(v, 3*b.unit(c.down, v)))
	add(byRow)
	add(byColumn)
	wide := top/(unitV+b.unit(c.across, v))*2 + 7
	high := left/(unitW+b.unit(c.down, w))*2 + 7
	if math.Abs(wide-high) > 4+0.15*wide {
		return sizes[:min(len(sizes), 1)]
	}
	near := int(math.Round(((wide+high)/2-1)/4))*4 + 1
	for _, off := range []int{0, 4, -4} {
		add(near + off)
	}
	return sizes
}

// unit is the size of a module in a direction: from the middle of a core to
// the end of its light ring are two and a half.
func (b bits) unit(c core, dir point) float64 {
	span := 0.0
	for _, sign := range []float64{1, -1} {
		light := false
		for far := 0.0; far < 4*max(c.wide, c.high); far += 0.5 {
			dark := b.at(c.point().plus(dir, sign*far))
			if light && dark {
				span += far
				break
			}
			light = light || !dark
		}
	}
	return max(span/5, 0.5)
}

// timed counts the modules of a side by the timing pattern: between two finder
// patterns each of its modules is a run.
func (b bits) timed(from, to point) int {
	dir, length := from.to(to)
	changes, before := 0, true
	for far := 0.0; far < length; far += 0.25 {
		if dark := b.at(from.plus(dir, far)); dark != before {
			changes, before = changes+1, dark
		}
	}
	return changes + 13
}

// alignments are where the last alignment pattern may be: it lies elsewhere
// than three corners say where the code is seen from the side.
func (b bits) alignments(at func(point) point, n int) []point {
	type place struct {
		point
		right int
		far   float64
	}
	var all []place
	reach := 2 + float64(n)/6
	for dy := -reach; dy <= reach; dy += 0.5 {
		for dx := -reach; dx <= reach; dx += 0.5 {
			middle := point{float64(n) - 6.5 + dx, float64(n) - 6.5 + dy}
			right := 0
			for k := range 25 {
				x, y := k%5-2, k/5-2
				dark := max(x, -x, y, -y) != 1
				if b.at(at(point{middle.x + float64(x), middle.y + float64(y)})) == dark {
					right++
				}
			}
			if right >= 22 {
				all = append(all, place{at(middle), right, math.Hypot(dx, dy)})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b place) int {
		return cmp.Or(b.right-a.right, cmp.Compare(a.far, b.far))
	})
	var points []point
	for _, p := range all[:min(len(all), 4)] {
		points = append(points, p.point)
	}
	return points
}

// perspective maps modules to pixels by the three patterns and the alignment
// pattern.
func perspective(c corners, alignment point, n int) func(point) point {
	end := float64(n) - 3.5
	t := common.PerspectiveTransform_QuadrilateralToQuadrilateral(3.5, 3.5, end, 3.5, end-3, end-3, 3.5, end,
		c.corner.x, c.corner.y, c.across.x, c.across.y, alignment.x, alignment.y, c.down.x, c.down.y)
	return func(p point) point {
		xy := []float64{p.x, p.y}
		t.TransformPoints(xy)
		return point{xy[0], xy[1]}
	}
}

// sample decodes the modules at their middles.
func (b bits) sample(at func(point) point, n int) (text string, ok bool) {
	defer endPanic(&text, &ok)
	modules, err := gozxing.NewSquareBitMatrix(n)
	if err != nil {
		return "", false
	}
	for y := range n {
		for x := range n {
			if b.at(at(point{float64(x) + 0.5, float64(y) + 0.5})) {
				modules.Set(x, y)
			}
		}
	}
	return decodeModules(modules)
}
