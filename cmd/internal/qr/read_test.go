package qr_test

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/draw"
	"image/gif"
	"image/jpeg"
	"image/png"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/image/bmp"

	"github.com/offauth/offauth/cmd/internal/qr"
)

// placed is white, with the codes' pictures at their places.
func placed(t testing.TB, w, h int, at map[image.Point]string) *image.RGBA {
	t.Helper()
	p := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(p, p.Bounds(), image.White, image.Point{}, draw.Src)
	for where, text := range at {
		drawn, err := encode(t, text).PNG(4)
		if err != nil {
			t.Fatal(err)
		}
		code, err := png.Decode(bytes.NewReader(drawn))
		if err != nil {
			t.Fatal(err)
		}
		draw.Draw(p, code.Bounds().Add(where), code, image.Point{}, draw.Src)
	}
	return p
}

func TestSeveralCodesInAPictureAreReadInOrder(t *testing.T) {
	t.Parallel()
	p := placed(t, 900, 700, map[image.Point]string{{500, 20}: "SECOND", {30, 45}: "FIRST", {60, 400}: "THIRD",
		{300, 420}: data(90), {640, 430}: "FIRST"})
	mustRead(t, "five", pngOf(t, p), "FIRST", "SECOND", "THIRD", data(90))
}

func TestFoundSaysWhere(t *testing.T) {
	t.Parallel()
	found, err := qr.Read(bytes.NewReader(pngOf(t, placed(t, 5000, 3000, map[image.Point]string{{2000, 1000}: "HERE"}))),
		"", qr.Limits{})
	want := image.Rect(2016, 1016, 2100, 1100) // 21 modules of 4 pixels, inside the quiet zone
	if err != nil || len(found) != 1 || !found[0].Bounds.In(want.Inset(-8)) || !want.In(found[0].Bounds.Inset(-8)) {
		t.Errorf("%v, %v", found, err)
	}
}

func TestEveryKindOfPictureIsRead(t *testing.T) {
	t.Parallel()
	text := data(60)
	p := placed(t, 300, 300, map[image.Point]string{{20, 20}: text})
	encoded := func(encode func(b *bytes.Buffer) error) []byte {
		var b bytes.Buffer
		if err := encode(&b); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	same := func(to draw.Image) []byte {
		draw.Draw(to, to.Bounds(), p, image.Point{}, draw.Src)
		return pngOf(t, to)
	}
	clear := image.NewNRGBA(p.Bounds()) // dark modules alone, on nothing
	for i := range clear.Pix {
		if i%4 == 3 && p.Pix[i-1] == 0 {
			clear.Pix[i] = 255
		}
	}
	for name, picture := range map[string][]byte{
		"RGBA": pngOf(t, p), "transparent": pngOf(t, clear), "NRGBA": same(image.NewNRGBA(p.Bounds())),
		"grey": same(image.NewGray(p.Bounds())), "grey of 16 bits": same(image.NewGray16(p.Bounds())),
		"64 bits": same(image.NewNRGBA64(p.Bounds())),
		"palette": same(image.NewPaletted(p.Bounds(), color.Palette{color.Black, color.White})),
		"BMP":     encoded(func(b *bytes.Buffer) error { return bmp.Encode(b, p) }),
		"GIF":     encoded(func(b *bytes.Buffer) error { return gif.Encode(b, p, nil) }),
		"JPEG":    encoded(func(b *bytes.Buffer) error { return jpeg.Encode(b, p, nil) }),
	} {
		mustRead(t, name, picture, text)
	}
	// There is no encoder of WebP in Go; these are cwebp's, without loss and with.
	for name, encoded := range map[string]string{"WebP": webpLossless, "lossy WebP": webpLossy} {
		picture, err := base64.StdEncoding.DecodeString(encoded)
		if err != nil {
			t.Fatal(err)
		}
		mustRead(t, name, picture, "OFFAUTH1:WEBP")
		for _, cut := range []int{30, len(picture) / 2, len(picture) - 20} {
			if _, err := qr.Read(bytes.NewReader(picture[:cut]), "", qr.Limits{}); !errors.Is(err, qr.ErrTruncated) &&
				!errors.Is(err, qr.ErrDamaged) {
				t.Errorf("%s of %d bytes: %v", name, cut, err)
			}
		}
	}
}

// TestTerminalScreenshotsWithHairlinesAreRead: many terminals leave a line of
// background between rows of half blocks.
func TestTerminalScreenshotsWithHairlinesAreRead(t *testing.T) {
	t.Parallel()
	for _, n := range []int{20, 129, 250} {
		text := data(n)
		drawn := encode(t, text)
		for _, cell := range [][3]int{{8, 16, 0}, {8, 16, 1}, {9, 19, 0}, {10, 20, 1}, {6, 13, 0}} {
			for name, o := range map[string]qr.TerminalOptions{"coloured": {Colours: true}, "plain": {}} {
				picture := shot(terminal(t, drawn, o), color.Gray{230}, color.Gray{20}, cell[0], cell[1], cell[2])
				mustRead(t, fmt.Sprint(n, cell, name, " on dark"), pngOf(t, picture), text)
				picture = shot(terminal(t, drawn, o), color.Gray{30}, color.Gray{250}, cell[0], cell[1], cell[2])
				mustRead(t, fmt.Sprint(n, cell, name, " on light"), pngOf(t, picture), text)
			}
		}
	}
}

// header is a PNG's first chunk, made to say any size, with nothing after it.
func header(w, h uint32, kind byte) []byte {
	chunk := append([]byte("IHDR"), binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, w), h)...)
	chunk = append(chunk, 8, kind, 0, 0, 0)
	out := binary.BigEndian.AppendUint32([]byte("\x89PNG\r\n\x1a\n"), 13)
	return binary.BigEndian.AppendUint32(append(out, chunk...), crc32.ChecksumIEEE(chunk))
}

func TestBadInputIsNamed(t *testing.T) {
	t.Parallel()
	good := pngOf(t, placed(t, 300, 300, map[image.Point]string{{20, 20}: data(60)}))
	var jpg, anim bytes.Buffer
	blank := placed(t, 300, 300, nil)
	if err := errors.Join(jpeg.Encode(&jpg, blank, nil), gif.Encode(&anim, blank, nil)); err != nil {
		t.Fatal(err)
	}
	hurt := bytes.Clone(good)
	hurt[len(hurt)/2] ^= 0x55
	for name, c := range map[string]struct {
		input []byte
		want  error
	}{
		"nothing":             {nil, qr.ErrUnknownInput},
		"noise":               {[]byte("\x00\x01\x02\xff"), qr.ErrUnknownInput},
		"Latin-1":             {[]byte("caf\xe9"), qr.ErrUnknownInput},
		"WebP, cut":           {[]byte("RIFF\x10\x00\x00\x00WEBPVP8 "), qr.ErrTruncated},
		"HEIC":                {[]byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00"), qr.ErrUnknownInput},
		"AVIF":                {[]byte("\x00\x00\x00\x18ftypavif\x00\x00\x00\x00"), qr.ErrUnknownInput},
		"PDF":                 {[]byte("%PDF-1.7\n"), qr.ErrUnknownInput},
		"ICO":                 {[]byte("\x00\x00\x01\x00\x01\x00"), qr.ErrUnknownInput},
		"our own SVG":         {encode(t, "A").SVG(), qr.ErrUnknownInput},
		"a white picture":     {pngOf(t, blank), qr.ErrNoCode},
		"a pixel":             {pngOf(t, placed(t, 1, 1, nil)), qr.ErrNoCode},
		"a strip":             {pngOf(t, placed(t, 3000, 1, nil)), qr.ErrNoCode},
		"a white JPEG":        {jpg.Bytes(), qr.ErrNoCode},
		"half a PNG":          {good[:len(good)/2], qr.ErrTruncated},
		"a PNG's first bytes": {good[:20], qr.ErrTruncated},
		"half a JPEG":         {jpg.Bytes()[:jpg.Len()/2], qr.ErrTruncated},
		"half a GIF":          {anim.Bytes()[:anim.Len()/2], qr.ErrTruncated},
		"a damaged PNG":       {hurt, qr.ErrDamaged},
		"a vast PNG":          {header(1<<29, 1<<29, 0), qr.ErrTooLarge},
		"beyond counting":     {header(1<<31-1, 1<<31-1, 0), qr.ErrUnknownInput},
		"101 megapixels":      {header(10_100, 10_000, 0), qr.ErrTooLarge},
		"80 grey megapixels":  {header(8_000, 10_000, 0), qr.ErrTooLarge},
		"20 in colour":        {header(4_000, 5_000, 6), qr.ErrTooLarge},
		"10, and no more":     {header(2_000, 5_000, 2), qr.ErrTruncated},
		"a long text":         {bytes.Repeat([]byte("no code\n"), 1<<20), qr.ErrTooLarge},
		"a long file":         {make([]byte, 33<<20), qr.ErrTooLarge},
		"a JPEG of scans":     {append(bytes.Clone(jpg.Bytes()), bytes.Repeat([]byte{0xff, 0xda}, 200)...), qr.ErrTooLarge},
	} {
		if found, err := qr.Read(bytes.NewReader(c.input), prefix, qr.Limits{}); !errors.Is(err, c.want) || found != nil {
			t.Errorf("%s: %v, %v; want %v", name, found, err, c.want)
		}
	}
}

// TestMemoryStaysUnder200MB reads the largest pictures that are let in, and
// the bomb of a small file, in processes of their own.
func TestMemoryStaysUnder200MB(t *testing.T) {
	if kind := os.Getenv("QR_TEST_MEMORY"); kind != "" {
		readLarge(t, kind)
		return
	}
	if raced {
		t.Skip("the race detector has memory of its own")
	}
	if _, err := os.Stat("/proc/self/status"); err != nil {
		t.Skip("only Linux tells a process's most memory in a file")
	}
	for _, kind := range []string{"colour", "grey", "jpeg", "wide"} {
		cmd := exec.Command(os.Args[0], "-test.run=^TestMemoryStaysUnder200MB$", "-test.v")
		cmd.Env = append(os.Environ(), "QR_TEST_MEMORY="+kind)
		out, err := cmd.CombinedOutput()
		m := regexp.MustCompile(`VmHWM:\s+(\d+) kB`).FindSubmatch(out)
		if err != nil || m == nil {
			t.Fatalf("%s: %v: %s", kind, err, out)
		}
		kilobytes, err := strconv.Atoi(string(m[1]))
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%s: %d MB", kind, kilobytes/1000)
		if kilobytes > 200_000 {
			t.Errorf("%s: %d kB", kind, kilobytes)
		}
	}
}

// readLarge reads a file that its parent's first such child left, so that the
// making of it is not measured.
func readLarge(t *testing.T, kind string) {
	sizes := map[string]image.Rectangle{
		"colour": image.Rect(0, 0, 4800, 3700), "grey": image.Rect(0, 0, 8000, 9000),
		"jpeg": image.Rect(0, 0, 6000, 4000), "wide": image.Rect(0, 0, 60_000, 1000),
	}
	name := os.Getenv("QR_TEST_PICTURE")
	if name == "" {
		name = t.TempDir() + "/picture"
		var p draw.Image = image.NewGray(sizes[kind])
		if kind == "colour" {
			p = image.NewNRGBA(sizes[kind])
		}
		draw.Draw(p, p.Bounds(), image.White, image.Point{}, draw.Src)
		draw.Draw(p, image.Rect(900, 300, 2000, 900), placed(t, 1100, 600, map[image.Point]string{{0, 0}: data(90)}),
			image.Point{}, draw.Src)
		file, err := os.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if kind == "jpeg" {
			err = jpeg.Encode(file, p, nil)
		} else {
			err = (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(file, p)
		}
		if err := errors.Join(err, file.Close()); err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command(os.Args[0], "-test.run=^TestMemoryStaysUnder200MB$", "-test.v")
		cmd.Env = append(os.Environ(), "QR_TEST_PICTURE="+name)
		out, err := cmd.CombinedOutput()
		t.Logf("%v: %s", err, out)
		return
	}
	file, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	found, err := qr.Read(file, "", qr.Limits{})
	if err != nil || len(found) != 1 {
		t.Errorf("%v, %v", found, err)
	}
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(status)) {
		if strings.HasPrefix(line, "VmHWM") {
			t.Log(line)
		}
	}
	if err := file.Close(); err != nil {
		t.Error(err)
	}
}

func FuzzPicture(f *testing.F) {
	for _, s := range corpus(f, 9, 0.02) {
		if len(s.data) < 20_000 {
			f.Add(s.data)
		}
	}
	f.Add(pngOf(f, placed(f, 250, 250, map[image.Point]string{{20, 20}: data(60)})))
	f.Fuzz(func(t *testing.T, input []byte) {
		found, err := qr.Read(bytes.NewReader(input), "", qr.Limits{Pixels: 200_000, Memory: 1 << 20})
		if (err == nil) != (len(found) > 0) {
			t.Errorf("%d found, and %v", len(found), err)
		}
	})
}
