package qr

import (
	"cmp"
	"image"
	"math"
	"slices"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode/decoder"
	"github.com/makiuchi-d/gozxing/qrcode/detector"
)

// Bounds for pictures of noise, in which finder patterns turn up by chance.
const (
	mostCenters  = 64   // that are combined, those seen in most rows first
	mostSeen     = 1000 // that are collected at all
	mostAttempts = 40   // of sampling and decoding, best triangles first
)

type center = *detector.FinderPattern

// triangle is three finder patterns that may belong to one code.
type triangle struct {
	bottomLeft, topLeft, topRight center
	bent                          float64 // 0 is a right angle between equal sides
}

// detect reads all codes in a matrix whose set bits are dark.
func detect(m *gozxing.BitMatrix) []Found {
	centers := finderPatterns(m)
	used := map[center]bool{}
	var found []Found
	attempts := 0
	for _, t := range triangles(centers) {
		if used[t.bottomLeft] || used[t.topLeft] || used[t.topRight] {
			continue
		}
		if attempts++; attempts > mostAttempts {
			break
		}
		if text, ok := t.read(m); ok {
			used[t.bottomLeft], used[t.topLeft], used[t.topRight] = true, true, true
			found = append(found, Found{Text: text, Bounds: t.bounds()})
		}
	}
	return found
}

// finderPatterns looks in the rows for runs of 1:1:3:1:1, dark first, and has
// gozxing check each in the column and the diagonal. gozxing's own search would
// stop at one code, and weighs every three of any number of patterns.
func finderPatterns(m *gozxing.BitMatrix) []center {
	finder := detector.NewFinderPatternFinder(m, nil)
	step := min(1+m.GetHeight()/600, 3) // a centre is three modules high
	row, counts := gozxing.NewBitArray(m.GetWidth()), make([]int, 5)
	for y := step / 2; y < m.GetHeight() && len(finder.GetPossibleCenters()) < mostSeen; y += step {
		row = m.GetRow(y, row)
		clear(counts)
		for x, dark := row.GetNextSet(0), true; x < row.GetSize(); dark = !dark {
			end := row.GetNextSet(x)
			if dark {
				end = row.GetNextUnset(x)
			}
			copy(counts, counts[1:])
			counts[4] = end - x
			if dark && counts[0] > 0 && detector.FinderPatternFinder_foundPatternCross(counts) {
				finder.HandlePossibleCenter(slices.Clone(counts), y, end)
			}
			x = end
		}
	}
	centers := finder.GetPossibleCenters()
	slices.SortStableFunc(centers, func(a, b center) int { return b.GetCount() - a.GetCount() })
	return centers[:min(len(centers), mostCenters)]
}

// triangles are those that a code could span, the straightest first.
func triangles(centers []center) []triangle {
	var all []triangle
	for i, a := range centers {
		for j, b := range centers[:i] {
			for _, c := range centers[:j] {
				if t, ok := newTriangle(a, b, c); ok {
					all = append(all, t)
				}
			}
		}
	}
	slices.SortStableFunc(all, func(a, b triangle) int { return cmp.Compare(a.bent, b.bent) })
	return all
}

func newTriangle(a, b, c center) (triangle, bool) {
	sizes := []float64{a.GetEstimatedModuleSize(), b.GetEstimatedModuleSize(), c.GetEstimatedModuleSize()}
	least, most := slices.Min(sizes), slices.Max(sizes)
	if most > 1.5*least+1 {
		return triangle{}, false
	}
	p, q, r := gozxing.ResultPoint_OrderBestPatterns(a, b, c)
	t := triangle{bottomLeft: p.(center), topLeft: q.(center), topRight: r.(center)}
	left := gozxing.ResultPoint_Distance(q, p)
	top := gozxing.ResultPoint_Distance(q, r)
	diagonal := gozxing.ResultPoint_Distance(p, r)
	modules := (left + top) / 2 / ((sizes[0] + sizes[1] + sizes[2]) / 3)
	if modules < 9 || modules > 220 || left > 1.6*top || top > 1.6*left {
		return triangle{}, false
	}
	t.bent = math.Abs(left-top)/(left+top) + math.Abs(diagonal*diagonal-left*left-top*top)/(2*left*top)
	if t.bent > 0.6 {
		return triangle{}, false
	}
	t.bent += (most - least) / (most + least) / 4
	return t, true
}

// bounds is the upright rectangle around the code.
func (t triangle) bounds() image.Rectangle {
	x := t.topRight.GetX() + t.bottomLeft.GetX() - t.topLeft.GetX()
	y := t.topRight.GetY() + t.bottomLeft.GetY() - t.topLeft.GetY()
	xs := []float64{t.topLeft.GetX(), t.topRight.GetX(), t.bottomLeft.GetX(), x}
	ys := []float64{t.topLeft.GetY(), t.topRight.GetY(), t.bottomLeft.GetY(), y}
	edge := 3.5 * t.topLeft.GetEstimatedModuleSize() // the patterns' middles are that far in
	return image.Rect(int(slices.Min(xs)-edge), int(slices.Min(ys)-edge), int(slices.Max(xs)+edge),
		int(slices.Max(ys)+edge))
}

// endPanic, deferred, recovers from a panic in gozxing. It is a port of Java
// that answers some odd shapes with an index out of range. That means only that
// there is no code here, so the search goes on: untrusted input must not end
// the program.
func endPanic(text *string, ok *bool) {
	if recover() != nil {
		*text, *ok = "", false
	}
}

// read samples the modules that the triangle spans, and decodes them.
func (t triangle) read(m *gozxing.BitMatrix) (text string, ok bool) {
	defer endPanic(&text, &ok)
	sampled, err := detector.NewDetector(m).ProcessFinderPatternInfo(detector.NewFinderPatternInfo(t.bottomLeft, t.topLeft,
		t.topRight))
	if err != nil {
		return "", false
	}
	return decodeModules(sampled.GetBits())
}

// decodeModules decodes a matrix of one bit a module. Bytes are taken as UTF-8:
// gozxing would guess, and take a short text for Shift JIS.
func decodeModules(bits *gozxing.BitMatrix) (string, bool) {
	hints := map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_CHARACTER_SET: "UTF-8"}
	result, err := decoder.NewDecoder().Decode(bits, hints)
	if err != nil || result.GetText() == "" {
		return "", false
	}
	return result.GetText(), true
}
