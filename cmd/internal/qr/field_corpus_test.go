package qr_test

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/offauth/offauth/cmd/internal/qr"
)

// met is how a code that somebody met was drawn: what field reports tell of.
type met struct {
	wide, high  float64 // of a module, in pixels
	quiet       int
	gap         float64 // after each two rows of modules, in pixels
	gapDark     bool
	dots        float64    // the diameter of a module drawn as a dot; 0 is a square
	stripe      [2]float64 // where a white stripe begins, and how high, in shares of the code
	frame       int        // a black frame, in pixels
	dark, light color.Color
	page        color.Color // nil is white
	margin      int         // of the page, in pixels
	tilt        [2]float64  // perspective
	angle       float64     // in degrees
	big         bool        // on a desktop of 3840 by 2160
}

// fieldClasses are what people met.
func fieldClasses() []struct {
	name string
	draw func(r *rand.Rand) met
} {
	pages := []color.Color{color.RGBA{0x20, 0x21, 0x24, 255}, color.RGBA{0x0d, 0x11, 0x17, 255},
		color.RGBA{0, 0, 0x80, 255}, color.Black}
	square := func(r *rand.Rand) met { m := float64(3 + r.IntN(6)); return met{wide: m, high: m, quiet: 4} }
	return []struct {
		name string
		draw func(r *rand.Rand) met
	}{
		{"dark page", func(r *rand.Rand) met {
			m := square(r)
			m.quiet, m.page, m.margin = 0, pages[r.IntN(4)], 10+r.IntN(60)
			return m
		}},
		{"black page", func(r *rand.Rand) met {
			m := square(r)
			m.quiet, m.page, m.margin = r.IntN(2)*r.IntN(2), color.Black, 4+r.IntN(60)
			return m
		}},
		{"tall cells", func(r *rand.Rand) met {
			m := square(r)
			m.high *= between(r, 1.2, 2)
			return m
		}},
		{"gaps", func(r *rand.Rand) met {
			m := square(r)
			m.gap, m.gapDark = math.Ceil(m.high*between(r, 0.1, 0.6)), r.IntN(3) == 0
			return m
		}},
		{"stripe", func(r *rand.Rand) met {
			m := square(r)
			m.stripe = [2]float64{between(r, 0.05, 0.9), between(r, 0.01, 0.05)}
			return m
		}},
		{"transparent", func(r *rand.Rand) met {
			m := square(r)
			m.light, m.page = color.NRGBA{255, 255, 255, byte(r.IntN(2) * 90)}, color.NRGBA{}
			if r.IntN(2) == 0 {
				m.dark, m.light = color.White, color.NRGBA{}
			}
			m.margin = r.IntN(20)
			return m
		}},
		{"black frame", func(r *rand.Rand) met {
			m := square(r)
			m.quiet, m.frame, m.margin = 0, 2+r.IntN(24), 10+r.IntN(40)
			return m
		}},
		{"4K desktop", func(r *rand.Rand) met {
			m := met{quiet: 4, big: true}
			m.wide = between(r, 2, 16)
			m.high = m.wide
			return m
		}},
		{"dots", func(r *rand.Rand) met {
			m := square(r)
			m.wide, m.high, m.dots = m.wide+3, m.high+3, between(r, 0.7, 0.95)
			return m
		}},
		{"perspective", func(r *rand.Rand) met {
			m := square(r)
			m.tilt, m.angle = [2]float64{between(r, -0.3, 0.3), between(r, -0.3, 0.3)}, between(r, -20, 20)
			return m
		}},
		{"dark and tall", func(r *rand.Rand) met {
			m := square(r)
			m.high *= between(r, 1.1, 2)
			m.quiet, m.page, m.margin = r.IntN(2), pages[r.IntN(4)], 10+r.IntN(60)
			return m
		}},
		{"light on dark", func(r *rand.Rand) met {
			m := square(r)
			m.quiet, m.dark, m.light, m.page = r.IntN(3), color.Gray{byte(180 + r.IntN(76))}, pages[r.IntN(4)], pages[r.IntN(4)]
			m.margin, m.high = 10+r.IntN(40), m.high*between(r, 1, 1.6)
			return m
		}},
	}
}

// fieldCorpus makes the same pictures from the same seed, so many of each class.
func fieldCorpus(t testing.TB, seed uint64, each int) []specimen {
	t.Helper()
	var all []specimen
	for i, c := range fieldClasses() {
		r := rand.New(rand.NewPCG(seed, uint64(i)))
		for k := range each {
			s := specimen{class: c.name, ext: "png", text: fmt.Sprintf("OFFAUTH1:%s%d", base32Text(r, 30+r.IntN(220)), k)}
			m := c.draw(r)
			s.data = pngOf(t, m.picture(t, r, s.text))
			all = append(all, s)
		}
	}
	return all
}

// picture draws a code so; every pixel is the mean of nine samples.
func (m met) picture(t testing.TB, r *rand.Rand, text string) image.Image {
	t.Helper()
	code, err := qr.Encode(text)
	if err != nil {
		t.Fatal(err)
	}
	if m.dark == nil {
		m.dark = color.Black
	}
	if m.light == nil {
		m.light = color.White
	}
	if m.page == nil {
		m.page = color.White
	}
	n := float64(code.Modules() + 2*m.quiet)
	w, h := n*m.wide, n*m.high+math.Ceil(n/2)*m.gap
	edge := float64(m.frame + m.margin)
	if m.angle != 0 {
		edge += w / 3
	}
	full := image.Rect(0, 0, int(math.Ceil(w+2*edge)), int(math.Ceil(h+2*edge)))
	out := image.NewNRGBA(full)
	for y := range full.Dy() {
		for x := range full.Dx() {
			var sum [4]int
			for k := range 9 {
				c := m.at(code, float64(x)+(float64(k%3)+0.5)/3-edge, float64(y)+(float64(k/3)+0.5)/3-edge, w, h)
				p := color.NRGBAModel.Convert(c).(color.NRGBA)
				sum[0], sum[1], sum[2], sum[3] = sum[0]+int(p.R), sum[1]+int(p.G), sum[2]+int(p.B), sum[3]+int(p.A)
			}
			out.SetNRGBA(x, y, color.NRGBA{byte(sum[0] / 9), byte(sum[1] / 9), byte(sum[2] / 9), byte(sum[3] / 9)})
		}
	}
	if m.big {
		return desktop4K(r, out)
	}
	return out
}

// at is the colour at a place, in pixels from the corner of the quiet zone.
func (m met) at(code *qr.Code, x, y, w, h float64) color.Color {
	if m.angle != 0 {
		sin, cos := math.Sincos(m.angle * math.Pi / 180)
		dx, dy := x-w/2, y-h/2
		dx, dy = dx*cos+dy*sin, -dx*sin+dy*cos
		depth := 1 + m.tilt[0]*dx/w + m.tilt[1]*dy/h
		x, y = dx/depth+w/2, dy/depth+h/2
	}
	if f := float64(m.frame); x < 0 || y < 0 || x >= w || y >= h {
		if x >= -f && y >= -f && x < w+f && y < h+f {
			return color.Black
		}
		return m.page
	}
	if at := y / h; m.stripe[1] > 0 && at >= m.stripe[0] && at < m.stripe[0]+m.stripe[1] {
		return color.White
	}
	pair := 2*m.high + m.gap
	row := 2 * math.Floor(y/pair)
	inside := y - row/2*pair
	if inside >= 2*m.high {
		if m.gapDark {
			return m.dark
		}
		return m.light
	}
	mx, my := x/m.wide-float64(m.quiet), row+inside/m.high-float64(m.quiet)
	if !code.Dark(int(math.Floor(mx)), int(math.Floor(my))) {
		return m.light
	}
	if m.dots > 0 && math.Hypot(mx-math.Floor(mx)-0.5, my-math.Floor(my)-0.5) > m.dots/2 {
		return m.light
	}
	return m.dark
}

// desktop4K puts a code among windows full of words.
func desktop4K(r *rand.Rand, code image.Image) image.Image {
	d := image.NewNRGBA(image.Rect(0, 0, 3840, 2160))
	fill := func(b image.Rectangle, c color.Color) { draw.Draw(d, b, image.NewUniform(c), image.Point{}, draw.Src) }
	fill(d.Bounds(), color.Gray{byte(r.IntN(120))})
	for range 12 {
		at := image.Pt(r.IntN(3000), r.IntN(1600))
		size := image.Pt(400+r.IntN(1400), 300+r.IntN(1000))
		fill(image.Rectangle{at, at.Add(size)}, color.Gray{byte(r.IntN(256))})
		ink := color.Gray{byte(r.IntN(256))}
		for y := at.Y + 20; y < at.Y+size.Y-20; y += 26 {
			for x := at.X + 10; x < at.X+size.X-10; x += 3 + r.IntN(9) {
				fill(image.Rect(x, y+r.IntN(6), x+1+r.IntN(4), y+6+r.IntN(12)), ink)
			}
		}
	}
	b := code.Bounds()
	at := image.Pt(r.IntN(max(1, 3840-b.Dx())), r.IntN(max(1, 2160-b.Dy())))
	draw.Draw(d, b.Add(at), code, b.Min, draw.Src)
	return d
}
