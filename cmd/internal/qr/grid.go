package qr

import (
	"cmp"
	"image"
	"math"
	"slices"

	"github.com/makiuchi-d/gozxing"
)

// Bounds of the search for codes whose finder patterns have no clean edge.
const (
	mostCores    = 40 // that are combined, those seen in most rows first
	mostCorners  = 60 // triangles that are looked into, the best first
	mostSamples  = 40 // that are decoded
	mostSearches = 6  // for an alignment pattern
)

// core is the inside of a finder pattern: the dark square and the light ring
// around it. On a dark page, or in a black frame, that is all that is left of
// the pattern, as its dark ring has no outer edge.
type core struct {
	x, y float64
	// wide and high are a module's size along the row and the column.
	wide, high float64
	seen       int
}

// corners are three cores that may belong to one code: the one in the corner,
// and those at the ends of the sides.
type corners struct {
	corner, across, down core
	bent                 float64
}

// grid reads all codes in a matrix whose set bits are dark. Unlike detect it
// asks neither for an outer edge of the finder patterns nor for square modules.
func grid(m *gozxing.BitMatrix) []Found {
	g := bits{m}
	var found []Found
	samples, searches := mostSamples, mostSearches
	used := map[core]bool{}
	for _, c := range cornersOf(g.cores()) {
		if used[c.corner] || used[c.across] || used[c.down] {
			continue
		}
		if text, n, ok := g.read(c, &samples, &searches); ok {
			used[c.corner], used[c.across], used[c.down] = true, true, true
			found = append(found, Found{Text: text, Bounds: c.bounds(n)})
		}
	}
	return found
}

// bits is a matrix in which all outside is light.
type bits struct{ m *gozxing.BitMatrix }

func (b bits) dark(x, y int) bool {
	return x >= 0 && y >= 0 && x < b.m.GetWidth() && y < b.m.GetHeight() && b.m.Get(x, y)
}

// at is dark for a place between the pixels.
func (b bits) at(p point) bool { return b.dark(int(math.Floor(p.x)), int(math.Floor(p.y))) }

// cores looks in the rows for light, dark and light runs of 1:3:1 between dark
// ones, and checks each in its column.
func (b bits) cores() []core {
	var all []core
	step := min(1+b.m.GetHeight()/1000, 2)
	row, runs := gozxing.NewBitArray(b.m.GetWidth()), make([]int, 5)
	for y := 0; y < b.m.GetHeight() && len(all) < mostSeen; y += step {
		row = b.m.GetRow(y, row)
		clear(runs)
		for x, dark := row.GetNextSet(0), true; x < row.GetSize(); dark = !dark {
			end := row.GetNextSet(x)
			if dark {
				end = row.GetNextUnset(x)
			}
			copy(runs, runs[1:])
			runs[4] = end - x
			if unit, ok := coreRuns(runs); dark && ok {
				middle := float64(x-runs[3]) - float64(runs[2])/2
				if c, ok := b.checked(middle, y, unit); ok {
					all = joined(all, c)
				}
			}
			x = end
		}
	}
	slices.SortStableFunc(all, func(a, b core) int { return b.seen - a.seen })
	return all[:min(len(all), mostCores)]
}

// coreRuns reports whether runs cross a core, and returns the size of a module.
func coreRuns(runs []int) (unit float64, ok bool) {
	unit = float64(runs[1]+runs[2]+runs[3]) / 5
	near := func(n int, modules float64) bool { return math.Abs(float64(n)-modules*unit) <= 0.45*modules*unit+0.5 }
	edge := unit / 2
	edged := runs[0] > 0 && float64(runs[0]) >= edge && float64(runs[4]) >= edge
	return unit, edged && near(runs[1], 1) && near(runs[2], 3) && near(runs[3], 1)
}

// checked looks at the column through the middle of a core, and then at the
// row through the middle of that.
func (b bits) checked(x float64, y int, wide float64) (core, bool) {
	cy, high, ok := b.through(int(x), y, 0, 1)
	if !ok || high > 3*wide || wide > 3*high {
		return core{}, false
	}
	cx, wide, ok := b.through(int(x), int(cy), 1, 0)
	return core{x: cx, y: cy, wide: wide, high: high, seen: 1}, ok
}

// through measures the runs through a dark place along an axis; middle is that
// of the dark square.
func (b bits) through(x, y, dx, dy int) (middle, unit float64, ok bool) {
	if !b.dark(x, y) {
		return 0, 0, false
	}
	most := max(b.m.GetWidth(), b.m.GetHeight())
	var runs [5]int
	walk := func(sign, from int) int { // of the dark square, as far as it goes on this side
		n := 1
		inner := 0
		for i := 1; i < 3; {
			dark := b.dark(x+sign*n*dx, y+sign*n*dy)
			if dark == (i == 2) { // the next run begins
				i++
				if i == 2 {
					inner = n
				}
				continue
			}
			if i == 2 {
				runs[from]++
			}
			if n++; n > most {
				return inner
			}
		}
		// The dark ring, or the page behind it.
		for b.dark(x+sign*n*dx, y+sign*n*dy) && runs[from+sign] < most {
			runs[from+sign]++
			n++
		}
		return inner
	}
	after, before := walk(1, 3), walk(-1, 1)
	runs[2] = after + before - 1
	unit, ok = coreRuns(runs[:])
	start := float64(x*dx + y*dy)
	return start + float64(after-before)/2 + 0.5, unit, ok
}

// joined adds a core to those that were seen, as the mean with one that lies
// there already.
func joined(all []core, c core) []core {
	for i, a := range all {
		if math.Abs(a.x-c.x) < 1.5*a.wide && math.Abs(a.y-c.y) < 1.5*a.high {
			n := float64(a.seen)
			mean := func(old, new float64) float64 { return (old*n + new) / (n + 1) }
			all[i] = core{mean(a.x, c.x), mean(a.y, c.y), mean(a.wide, c.wide), mean(a.high, c.high), a.seen + 1}
			return all
		}
	}
	return append(all, c)
}

// cornersOf are the triangles that a code could span, the straightest first.
func cornersOf(cores []core) []corners {
	var all []corners
	for _, a := range cores {
		for _, b := range cores {
			for _, c := range cores {
				if t, ok := newCorners(a, b, c); ok {
					all = append(all, t)
				}
			}
		}
	}
	slices.SortStableFunc(all, func(a, b corners) int { return cmp.Compare(a.bent, b.bent) })
	return all[:min(len(all), mostCorners)]
}

func newCorners(corner, across, down core) (corners, bool) {
	uneven := 0.0
	for _, end := range []core{across, down} {
		wide, high := math.Abs(math.Log(end.wide/corner.wide)), math.Abs(math.Log(end.high/corner.high))
		if wide > 0.45 || high > 0.45 {
			return corners{}, false
		}
		uneven += wide + high
	}
	// In modules, so that tall ones are as good as square ones.
	v := point{(across.x - corner.x) / corner.wide, (across.y - corner.y) / corner.high}
	w := point{(down.x - corner.x) / corner.wide, (down.y - corner.y) / corner.high}
	top, left := math.Hypot(v.x, v.y), math.Hypot(w.x, w.y)
	if top < 9 || left < 9 || top > 200 || left > 200 || v.x*w.y-v.y*w.x <= 0 {
		return corners{}, false
	}
	skew := math.Abs(v.x*w.x+v.y*w.y) / (top * left)
	unequal := math.Abs(math.Log(top / left))
	if skew > 0.4 || unequal > 0.5 {
		return corners{}, false
	}
	return corners{corner, across, down, skew + unequal + uneven/4}, true
}

// bounds is the upright rectangle around a code of n modules.
func (c corners) bounds(n int) image.Rectangle {
	at := affine(c, n)
	var xs, ys []float64
	for _, p := range []point{{0, 0}, {float64(n), 0}, {0, float64(n)}, {float64(n), float64(n)}} {
		q := at(p)
		xs, ys = append(xs, q.x), append(ys, q.y)
	}
	return image.Rect(int(slices.Min(xs)), int(slices.Min(ys)), int(slices.Max(xs)), int(slices.Max(ys)))
}
