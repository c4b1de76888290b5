package qr

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"io"
	"slices"
	"unicode/utf8"
)

// The errors of Read.
var (
	// ErrNoCode: a picture or a text in which no QR code can be read.
	ErrNoCode = errors.New("no QR code")
	// ErrTooLarge: more than the Limits let in.
	ErrTooLarge = errors.New("too large")
	// ErrUnknownInput: neither a picture of a known kind nor text.
	ErrUnknownInput = errors.New("not a picture that can be read, and not text")
	// ErrTruncated: a picture that is cut short.
	ErrTruncated = errors.New("the picture is cut short")
	// ErrDamaged: a picture that breaks the rules of its own format.
	ErrDamaged = errors.New("the picture is damaged")
)

// Found is a code that was read.
type Found struct {
	Text string
	// Bounds is where it lies: in pixels of a picture, in columns and rows of a
	// text. Empty for a line of data.
	Bounds image.Rectangle
	// After are the words below a word that ends its line: a window or a mail may
	// have broken it there.
	After []string
}

// Limits bounds what Read takes from a stranger. A zero field means its default.
type Limits struct {
	Bytes  int // of the whole input; 32 MiB
	Text   int // of a text; 1 MiB, twice the largest code in full blocks
	Pixels int // of a picture; 100 million
	Memory int // for a picture's pixels while they are decoded; 72 MiB
}

// filled has the defaults in place. With 72 MiB of pixels the process stays
// under 200 MB, as Go's collector may let the heap double. It lets in a 5K
// screenshot and a baseline JPEG of 50 megapixels.
func (l Limits) filled() Limits {
	set := func(field *int, value int) {
		if *field <= 0 {
			*field = value
		}
	}
	set(&l.Bytes, 32<<20)
	set(&l.Text, 1<<20)
	set(&l.Pixels, 100_000_000)
	set(&l.Memory, 72<<20)
	return l
}

// Read reads all codes in r, in reading order, each text once. It takes a PNG,
// JPEG, GIF, WebP or BMP, a text with codes in half blocks or "##", or a text in which a
// word begins with prefix: such a word is found as it stands. An empty prefix
// finds no words.
func Read(r io.Reader, prefix string, limits Limits) ([]Found, error) {
	limits = limits.filled()
	data, err := io.ReadAll(io.LimitReader(r, int64(limits.Bytes)+1))
	if err != nil {
		return nil, err
	}
	if len(data) > limits.Bytes {
		return nil, fmt.Errorf("more than %d MB: %w", limits.Bytes/1_000_000, ErrTooLarge)
	}
	found, err := readBytes(data, prefix, limits)
	if err != nil {
		return nil, err
	}
	found = inOrder(found)
	if len(found) == 0 {
		return nil, ErrNoCode
	}
	return found, nil
}

func readBytes(data []byte, prefix string, limits Limits) ([]Found, error) {
	switch kind := pictureKind(data); kind {
	case "PNG", "JPEG", "GIF", "WebP", "BMP":
		grays, scale, err := load(data, kind, limits)
		if err != nil {
			return nil, err
		}
		var found []Found
		for _, g := range grays {
			if found = search(g); len(found) > 0 {
				break
			}
		}
		for i := range found {
			b := &found[i].Bounds
			b.Min, b.Max = b.Min.Mul(scale), b.Max.Mul(scale)
		}
		return found, nil
	case "":
	default:
		return nil, fmt.Errorf("a %s: %w", kind, ErrUnknownInput)
	}
	text, ok := Decode(data)
	if !ok || len(data) == 0 {
		return nil, ErrUnknownInput
	}
	if len(text) > limits.Text {
		return nil, fmt.Errorf("a text of more than %d MB: %w", limits.Text/1_000_000, ErrTooLarge)
	}
	return readText(text, prefix), nil
}

// pictureKind names the format by the first bytes, "" for none that it knows.
// What cannot be read is named so that the error can say what it is.
func pictureKind(data []byte) string {
	for _, magic := range []struct {
		at         int
		bytes, was string
	}{
		{0, "\x89PNG\r\n\x1a\n", "PNG"}, {0, "\xff\xd8\xff", "JPEG"}, {0, "GIF87a", "GIF"}, {0, "GIF89a", "GIF"},
		{0, "\x00\x00\x01\x00", "ICO picture"}, {8, "WEBP", "WebP"},
		{4, "ftyphei", "HEIC picture"}, {4, "ftypmif1", "HEIC picture"}, {4, "ftypavif", "AVIF picture"},
		{0, "BM", "BMP"}, {0, "II*\x00", "TIFF picture"}, {0, "MM\x00*", "TIFF picture"}, {0, "%PDF-", "PDF"},
		{0, "<svg", "SVG picture"}, {0, "<?xml", "XML or SVG picture"},
	} {
		if len(data) > magic.at && bytes.HasPrefix(data[magic.at:], []byte(magic.bytes)) {
			if magic.was == "BMP" && utf8.Valid(data) && !bytes.ContainsRune(data, 0) {
				continue // a text that begins with the letters BM
			}
			return magic.was
		}
	}
	return ""
}

// inOrder sorts as one reads, line by line, and drops texts that came before.
// Codes stand in one line if one's middle lies between the other's edges.
func inOrder(found []Found) []Found {
	slices.SortStableFunc(found, func(a, b Found) int { return a.Bounds.Min.Y - b.Bounds.Min.Y })
	var ordered []Found
	for len(found) > 0 {
		first := found[0].Bounds
		n := 1
		for n < len(found) && (found[n].Bounds.Min.Y+found[n].Bounds.Max.Y)/2 < first.Max.Y {
			n++
		}
		line := found[:n]
		slices.SortStableFunc(line, func(a, b Found) int { return a.Bounds.Min.X - b.Bounds.Min.X })
		for _, f := range line {
			if !slices.ContainsFunc(ordered, func(o Found) bool { return o.Text == f.Text }) {
				ordered = append(ordered, f)
			}
		}
		found = found[n:]
	}
	return ordered
}
