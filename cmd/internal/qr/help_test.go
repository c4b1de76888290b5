package qr_test

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/offauth/offauth/cmd/internal/qr"
)

// prefix is what the verification data begins with.
const prefix = "OFFAUTH1:"

// needs skips a test, by name, where a program is not installed, and fails it
// where OFFAUTH_REQUIRE_TOOLS says that all must be.
func needs(t testing.TB, programs ...string) {
	t.Helper()
	for _, p := range programs {
		if _, err := exec.LookPath(p); err == nil {
			continue
		}
		if os.Getenv("OFFAUTH_REQUIRE_TOOLS") != "" {
			t.Fatalf("%s is not installed", p)
		}
		t.Skipf("%s is not installed", p)
	}
}

// long reports whether the tests that take a minute are to run whole.
func long() bool { return os.Getenv("OFFAUTH_LONG") != "" }

func encode(t testing.TB, text string) *qr.Code {
	t.Helper()
	c, err := qr.Encode(text)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func terminal(t testing.TB, c *qr.Code, o qr.TerminalOptions) string {
	t.Helper()
	var b bytes.Buffer
	if err := c.Terminal(&b, o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// mustRead fails unless data holds exactly the texts, in that order.
func mustRead(t testing.TB, what string, data []byte, texts ...string) {
	t.Helper()
	found, err := qr.Read(bytes.NewReader(data), prefix, qr.Limits{})
	if err != nil {
		t.Errorf("%s: %v", what, err)
		return
	}
	var got []string
	for _, f := range found {
		got = append(got, f.Text)
	}
	if strings.Join(got, "\n") != strings.Join(texts, "\n") {
		t.Errorf("%s: read %q, want %q", what, got, texts)
	}
}

// zbar is what zbarimg reads in a picture.
func zbar(t testing.TB, name string, picture []byte) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, picture, 0o600); err != nil {
		t.Fatal(err)
	}
	return zbarFile(file)
}

// zbarFile is "" where zbarimg finds nothing, which it says with an exit code.
func zbarFile(file string) string {
	out, err := exec.Command("zbarimg", "-q", "--raw", file).Output()
	if err != nil {
		return ""
	}
	return strings.TrimSuffix(string(out), "\n")
}

func pngOf(t testing.TB, p image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, p); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// shot is a screenshot: text on a terminal of those colours, whose character
// cells are w by h pixels with gap empty ones between the rows. Escapes are
// obeyed as far as Terminal writes them: white on black, and off.
func shot(text string, fore, back color.Color, w, h, gap int) image.Image {
	lines := strings.Split(text, "\n")
	p := image.NewRGBA(image.Rect(0, 0, 110*w, (len(lines)+2)*(h+gap)))
	fill := func(b image.Rectangle, c color.Color) { draw.Draw(p, b, image.NewUniform(c), image.Point{}, draw.Src) }
	fill(p.Bounds(), back)
	for y, line := range lines {
		f, b := fore, back
		line, inColour := strings.CutPrefix(line, "\x1b[38;5;231;48;5;16m")
		if inColour {
			f, b = color.White, color.Black
		}
		x := 0
		for _, r := range strings.TrimSuffix(line, "\x1b[0m") {
			at := image.Rect((x+2)*w, (y+1)*(h+gap), (x+3)*w, (y+1)*(h+gap)+h)
			x++
			fill(at, b)
			switch r {
			case '█':
				fill(at, f)
			case '▀':
				at.Max.Y = at.Min.Y + h/2
				fill(at, f)
			case '▄':
				at.Min.Y += h / 2
				fill(at, f)
			}
		}
	}
	return p
}
