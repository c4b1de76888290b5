package qr_test

import (
	"errors"
	"fmt"
	"image"
	"image/color"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/offauth/offauth/cmd/internal/qr"
)

var lengths = []int{5, 20, 60, 129, 250, 400, 640, 900}

func data(n int) string {
	return prefix + base32Text(rand.New(rand.NewPCG(7, uint64(n))), n-min(n-1, len(prefix)))
}

func TestVerificationDataTakesTheAlphanumericMode(t *testing.T) {
	t.Parallel()
	// 366 characters of level M fit version 11 (61 modules) in that mode, and
	// would need version 14 (73) as bytes: ISO 18004, table 7.
	if n := encode(t, data(366)).Modules(); n != 61 {
		t.Errorf("in capitals: %d modules", n)
	}
	if n := encode(t, strings.ToLower(data(366))).Modules(); n <= 61 {
		t.Errorf("in small letters: %d modules", n)
	}
}

func TestATextThatIsTooLongIsAnErrorAndNoPanic(t *testing.T) {
	t.Parallel()
	for _, n := range []int{4297, 10_000} {
		if _, err := qr.Encode(strings.Repeat("A", n)); !errors.Is(err, qr.ErrTooLong) {
			t.Errorf("%d bytes: %v", n, err)
		}
	}
	// 2331 bytes fit level M, 2953 level L.
	for _, n := range []int{2331, 2332, 2953} {
		c := encode(t, strings.Repeat("a", n))
		if err := c.Terminal(io.Discard, qr.TerminalOptions{}); err != nil {
			t.Errorf("%d bytes: %v", n, err)
		}
	}
}

func TestSizeIsWhatTerminalDraws(t *testing.T) {
	t.Parallel()
	for _, n := range lengths {
		for q := range 6 {
			c := encode(t, data(n))
			cols, rows := c.Size(q)
			lines := strings.Split(strings.TrimSuffix(terminal(t, c, qr.TerminalOptions{Quiet: q}), "\n"), "\n")
			if len(lines) != rows {
				t.Errorf("%d bytes, quiet zone %d: %d rows, said %d", n, q, len(lines), rows)
			}
			for _, l := range lines {
				if got := len([]rune(l)); got != cols {
					t.Fatalf("%d bytes, quiet zone %d: %d columns, said %d", n, q, got, cols)
				}
			}
		}
	}
}

func TestOnATerminalEachLineCarriesItsOwnColours(t *testing.T) {
	t.Parallel()
	c := encode(t, data(60))
	plain := terminal(t, c, qr.TerminalOptions{})
	if strings.Contains(plain, "\x1b") {
		t.Error("an escape goes into the pipe")
	}
	var want strings.Builder
	for line := range strings.Lines(plain) {
		fmt.Fprintf(&want, "\x1b[38;5;231;48;5;16m%s\x1b[0m\n", strings.TrimSuffix(line, "\n"))
	}
	if got := terminal(t, c, qr.TerminalOptions{Colours: true}); got != want.String() {
		t.Errorf("drawn as %q", got)
	}
}

func TestZbarimgReadsWhatWeDraw(t *testing.T) {
	t.Parallel()
	needs(t, "zbarimg")
	black, white := color.Color(color.Black), color.Color(color.White)
	for _, n := range lengths {
		text := data(n)
		c := encode(t, text)
		for _, scale := range []int{2, 5} {
			p, err := c.PNG(scale)
			if err != nil {
				t.Fatal(err)
			}
			if got := zbar(t, "code.png", p); got != text {
				t.Errorf("PNG of %d bytes, scale %d: %q", n, scale, got)
			}
		}
		if got := zbar(t, "svg.png", pngOf(t, rendered(t, c.SVG()))); got != text {
			t.Errorf("SVG of %d bytes: %q", n, got)
		}
		for _, fore := range []color.Color{white, black} {
			back := map[bool]color.Color{true: black, false: white}[fore == white]
			picture := pngOf(t, shot(terminal(t, c, qr.TerminalOptions{Colours: true}), fore, back, 8, 16, 0))
			if cols, _ := c.Size(0); cols > 106 {
				continue // wider than shot's terminal
			}
			if got := zbar(t, "terminal.png", picture); got != text {
				t.Errorf("terminal picture of %d bytes on %v: %q", n, back, got)
			}
			mustRead(t, fmt.Sprintf("our own, %d bytes on %v", n, back), picture, text)
		}
	}
}

// rendered draws the SVG by its own path: white bars and black bars of 8 pixels
// a unit. It knows no more of SVG than what we write.
func rendered(t testing.TB, svg []byte) image.Image {
	t.Helper()
	number := func(s string) int {
		n, err := strconv.Atoi(s)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	box := regexp.MustCompile(`viewBox="0 0 (\d+) (\d+)"`).FindSubmatch(svg)
	paths := regexp.MustCompile(`<path fill="#(fff|000)" d="([^"]*)"/>`).FindAllSubmatch(svg, -1)
	if box == nil || len(paths) != 2 {
		t.Fatalf("not the SVG that we write: %.200s", svg)
	}
	const unit = 8
	p := image.NewGray(image.Rect(0, 0, unit*number(string(box[1])), unit*number(string(box[2]))))
	bar := regexp.MustCompile(`M(\d+) (\d+)h(\d+)v(\d+)h-(\d+)z`)
	for _, path := range paths {
		if rest := bar.ReplaceAll(path[2], nil); len(rest) > 0 {
			t.Fatalf("the path holds %q", rest)
		}
		for _, m := range bar.FindAllSubmatch(path[2], -1) {
			x, y, w, h := number(string(m[1])), number(string(m[2])), number(string(m[3])), number(string(m[4]))
			for j := y * unit; j < (y+h)*unit; j++ {
				for i := x * unit; i < (x+w)*unit; i++ {
					p.SetGray(i, j, map[string]color.Gray{"fff": {255}, "000": {0}}[string(path[1])])
				}
			}
		}
	}
	return p
}

func TestARendererOfOthersDrawsTheSameSVG(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("rsvg-convert"); err != nil {
		t.Skip("rsvg-convert is not installed; the test above draws the SVG itself")
	}
	text := data(250)
	dir := t.TempDir()
	in, out := filepath.Join(dir, "code.svg"), filepath.Join(dir, "code.png")
	if err := os.WriteFile(in, encode(t, text).SVG(), 0o600); err != nil {
		t.Fatal(err)
	}
	if said, err := exec.Command("rsvg-convert", "-o", out, in).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, said)
	}
	picture, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	mustRead(t, "rsvg-convert's picture", picture, text)
}

func TestAScaleThatCannotBeDrawnIsRefused(t *testing.T) {
	t.Parallel()
	for _, scale := range []int{-1, 0, qr.MaxScale + 1} {
		if _, err := encode(t, "A").PNG(scale); err == nil {
			t.Errorf("scale %d was drawn", scale)
		}
	}
}
