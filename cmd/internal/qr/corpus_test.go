package qr_test

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"image/png"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/offauth/offauth/cmd/internal/qr"
)

// specimen is a made picture of one code.
type specimen struct {
	class, text string
	ext         string // png or jpg
	data        []byte
}

// look is what happened to a code before it became a picture.
type look struct {
	module, angle float64
	quiet         int
	blur, noise   float64 // sigma, in modules and in greys
	dark, light   float64
	slope         float64 // the light's fall from edge to edge, in greys
	quality       int     // of a JPEG; 0 is a PNG
	desktop       bool
}

// corpus makes the same pictures from the same seed: count of each hundred in
// proportion to the classes' shares below.
func corpus(t testing.TB, seed uint64, share float64) []specimen {
	classes := []struct {
		name string
		n    int
		draw func(r *rand.Rand) look
	}{
		{"sizes", 25, func(r *rand.Rand) look { return look{module: float64(1 + r.IntN(8)), quiet: r.IntN(5)} }},
		{"rotated", 30, func(r *rand.Rand) look { return look{module: between(r, 2.5, 6), angle: between(r, 0, 180)} }},
		{"noise", 30, func(r *rand.Rand) look {
			return look{module: float64(2 + r.IntN(6)), noise: between(r, 20, 110)}
		}},
		{"blur", 25, func(r *rand.Rand) look { return look{module: between(r, 2.5, 7), blur: between(r, 0.2, 0.9)} }},
		{"inverted", 15, func(r *rand.Rand) look {
			return look{module: between(r, 2, 7), angle: between(r, 0, 180), dark: 255, light: between(r, 1, 40)}
		}},
		{"jpeg", 20, func(r *rand.Rand) look {
			return look{module: between(r, 2, 6), angle: between(r, -20, 20), quality: 5 + r.IntN(45)}
		}},
		{"contrast", 20, func(r *rand.Rand) look {
			dark := between(r, 20, 150)
			return look{module: between(r, 2, 6), dark: dark, light: dark + between(r, 15, 90), slope: between(r, -90, 90),
				noise: between(r, 0, 5)}
		}},
		{"desktop", 20, func(r *rand.Rand) look {
			return look{module: between(r, 2, 6), desktop: true, dark: between(r, 0, 30), light: between(r, 225, 255)}
		}},
		{"mixed", 15, func(r *rand.Rand) look {
			return look{module: between(r, 2.5, 6), angle: between(r, 0, 180), blur: between(r, 0, 0.5),
				noise: between(r, 0, 40),
				slope: between(r, -60, 60), quality: 20 + r.IntN(60)}
		}},
	}
	var all []specimen
	for i, c := range classes {
		r := rand.New(rand.NewPCG(seed, uint64(i)))
		for k := range int(math.Ceil(float64(c.n) * share)) {
			l := c.draw(r)
			s := specimen{class: c.name, ext: "png", text: fmt.Sprintf("OFFAUTH1:%s%d", base32Text(r, 5+r.IntN(220)), k)}
			s.data = l.picture(t, r, s.text)
			if l.quality > 0 {
				s.ext = "jpg"
			}
			all = append(all, s)
		}
	}
	return all
}

func between(r *rand.Rand, a, b float64) float64 { return a + (b-a)*r.Float64() }

func base32Text(r *rand.Rand, n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[r.IntN(32)]
	}
	return string(b)
}

func (l look) picture(t testing.TB, r *rand.Rand, text string) []byte {
	t.Helper()
	c, err := qr.Encode(text)
	if err != nil {
		t.Fatal(err)
	}
	if l.light == 0 {
		l.light = 255
	}
	if l.quiet == 0 && l.angle != 0 || l.noise > 0 || l.blur > 0 || l.quality > 0 || l.desktop || l.dark > 0 {
		l.quiet = 4
	}
	drawn := l.blurred(l.warped(c))
	for i, v := range drawn.pix {
		x := float64(i%drawn.w)/float64(drawn.w) - 0.5
		drawn.pix[i] = l.dark + (l.light-l.dark)*v + l.slope*x + l.noise*r.NormFloat64()
	}
	var p image.Image = drawn.image()
	if l.desktop {
		p = desktop(r, p)
	}
	var out bytes.Buffer
	if l.quality > 0 {
		err = jpeg.Encode(&out, p, &jpeg.Options{Quality: l.quality})
	} else {
		err = png.Encode(&out, p)
	}
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// plane is a picture of real numbers: 0 dark, 1 light, until greys are put in.
type plane struct {
	pix  []float64
	w, h int
}

// warped turns the code and scales it, by nine samples a pixel.
func (l look) warped(c *qr.Code) plane {
	sin, cos := math.Sincos(l.angle * math.Pi / 180)
	side := float64(c.Modules()+2*l.quiet) * l.module
	full := int(math.Ceil(side * (math.Abs(sin) + math.Abs(cos))))
	p := plane{make([]float64, full*full), full, full}
	const n = 3
	for i := range p.pix {
		light := 0
		for k := range n * n {
			x := float64(i%full) + (float64(k%n)+0.5)/n - float64(full)/2
			y := float64(i/full) + (float64(k/n)+0.5)/n - float64(full)/2
			mx := math.Floor((x*cos+y*sin+side/2)/l.module) - float64(l.quiet)
			my := math.Floor((-x*sin+y*cos+side/2)/l.module) - float64(l.quiet)
			if !c.Dark(int(mx), int(my)) {
				light++
			}
		}
		p.pix[i] = float64(light) / (n * n)
	}
	return p
}

func (l look) blurred(p plane) plane {
	sigma := l.blur * l.module
	if sigma == 0 {
		return p
	}
	radius := int(math.Ceil(3 * sigma))
	var weights []float64
	for i := -radius; i <= radius; i++ {
		weights = append(weights, math.Exp(-float64(i*i)/(2*sigma*sigma)))
	}
	for _, d := range [][2]int{{1, 0}, {0, 1}} {
		out := make([]float64, len(p.pix))
		for i := range out {
			var sum, weight float64
			for k, f := range weights {
				x := min(max(i%p.w+(k-radius)*d[0], 0), p.w-1)
				y := min(max(i/p.w+(k-radius)*d[1], 0), p.h-1)
				sum, weight = sum+f*p.pix[y*p.w+x], weight+f
			}
			out[i] = sum / weight
		}
		p.pix = out
	}
	return p
}

func (p plane) image() image.Image {
	g := image.NewGray(image.Rect(0, 0, p.w, p.h))
	for i, v := range p.pix {
		g.Pix[i] = byte(min(max(v, 0), 255))
	}
	return g
}

// desktop puts a code among windows, words and a gradient.
func desktop(r *rand.Rand, code image.Image) image.Image {
	d := image.NewRGBA(image.Rect(0, 0, 1920, 1080))
	for y := range 1080 {
		tone := color.RGBA{byte(20 + y/20), byte(40 + y/12), byte(90 + y/9), 255}
		draw.Draw(d, image.Rect(0, y, 1920, y+1), image.NewUniform(tone), image.Point{}, draw.Src)
	}
	fill := func(b image.Rectangle, c color.Color) { draw.Draw(d, b, image.NewUniform(c), image.Point{}, draw.Src) }
	for range 8 {
		at := image.Pt(r.IntN(1500), r.IntN(800))
		size := image.Pt(200+r.IntN(700), 150+r.IntN(500))
		fill(image.Rectangle{at, at.Add(size)}, color.Gray{byte(r.IntN(256))})
		ink := color.Gray{byte(r.IntN(256))}
		for y := at.Y + 10; y < at.Y+size.Y-10; y += 16 {
			for x := at.X + 10; x < at.X+size.X-10; x += 2 + r.IntN(6) {
				fill(image.Rect(x, y+r.IntN(4), x+1+r.IntN(3), y+4+r.IntN(8)), ink)
			}
		}
	}
	b := code.Bounds()
	at := image.Pt(r.IntN(max(1, 1920-b.Dx())), r.IntN(max(1, 1080-b.Dy())))
	draw.Draw(d, b.Add(at), code, b.Min, draw.Src)
	return d
}
