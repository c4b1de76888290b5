package main

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"os"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/offauth/offauth/cmd/internal/qr"
)

// picture KIND FILE [TEXT...] makes a picture: blank, a bomb, a huge one, or
// one with the codes of some texts.
func picture(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: picture {blank | bomb | huge | codes} file [text...]")
	}
	var data []byte
	switch args[0] {
	case "blank":
		data = encoded(ts, image.NewGray(image.Rect(0, 0, 300, 300)))
	case "bomb":
		data = zeros(ts, 9000, 9000, true)
	case "huge":
		data = zeros(ts, 12000, 12000, false)
	case "codes":
		data = encoded(ts, codes(ts, args[2:]))
	default:
		ts.Fatalf("there is no picture %q", args[0])
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), data, 0o600))
}

func encoded(ts *testscript.TestScript, m image.Image) []byte {
	var b bytes.Buffer
	ts.Check(png.Encode(&b, m))
	return b.Bytes()
}

// codes draws the codes of texts side by side.
func codes(ts *testscript.TestScript, texts []string) image.Image {
	const side = 600
	m := image.NewGray(image.Rect(0, 0, side*len(texts), side))
	draw.Draw(m, m.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src)
	for i, text := range texts {
		code, err := qr.Encode(text)
		ts.Check(err)
		data, err := code.PNG(6)
		ts.Check(err)
		one, err := png.Decode(bytes.NewReader(data))
		ts.Check(err)
		draw.Draw(m, one.Bounds().Add(image.Pt(side*i+20, 20)), one, image.Point{}, draw.Src)
	}
	return m
}

// zeros returns a grey picture of zeros, which is small as a file; with its
// pixels, or without.
func zeros(ts *testscript.TestScript, width, height int, whole bool) []byte {
	var b, z bytes.Buffer
	b.WriteString("\x89PNG\r\n\x1a\n")
	chunk := func(kind string, data []byte) {
		var size, sum [4]byte
		binary.BigEndian.PutUint32(size[:], uint32(len(data)))
		body := append([]byte(kind), data...)
		binary.BigEndian.PutUint32(sum[:], crc32.ChecksumIEEE(body))
		b.Write(append(append(size[:], body...), sum[:]...))
	}
	head := binary.BigEndian.AppendUint32(nil, uint32(width))
	head = binary.BigEndian.AppendUint32(head, uint32(height))
	chunk("IHDR", append(head, 8, 0, 0, 0, 0))
	if whole {
		w := zlib.NewWriter(&z)
		row := make([]byte, width+1)
		for range height {
			_, err := w.Write(row)
			ts.Check(err)
		}
		ts.Check(w.Close())
	}
	chunk("IDAT", z.Bytes())
	chunk("IEND", nil)
	return b.Bytes()
}

// respell FILE OLD NEW replaces a text once.
func respell(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: respell file old new")
	}
	text := ts.ReadFile(args[0])
	if !strings.Contains(text, args[1]) {
		ts.Fatalf("%s does not hold %q", args[0], args[1])
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(strings.Replace(text, args[1], args[2], 1)), 0o600))
}

// spoil FILE changes one letter in the middle of a line of verification data.
func spoil(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: spoil file")
	}
	text := []byte(ts.ReadFile(args[0]))
	i := len(text) / 2
	if text[i] == 'A' {
		text[i] = 'B'
	} else {
		text[i] = 'A'
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), text, 0o600))
}

// escape NAME TEXT keeps a text, its escapes read as Go's, as a variable.
func escape(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: escape NAME text")
	}
	text, err := strconv.Unquote(`"` + args[1] + `"`)
	ts.Check(err)
	ts.Setenv(args[0], text)
}

// lengthy NAME N keeps a text of N bytes as a variable.
func lengthy(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: lengthy NAME n")
	}
	n, err := strconv.Atoi(args[1])
	ts.Check(err)
	ts.Setenv(args[0], strings.Repeat("x", n))
}
