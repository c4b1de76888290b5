package qr

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"

	"golang.org/x/image/bmp"
	"golang.org/x/image/webp"
)

// mostSearched is the size of the picture that the cascade works on: a larger
// one is scaled down by a whole number as it becomes grey.
const mostSearched = 12_000_000

// mostScans bounds a progressive JPEG, each of whose scans, in ten bytes, may
// cost a walk over all of its pixels. Encoders write about ten.
const mostScans = 100

// load decodes a picture, if it is within the limits, to grey: laid over white
// and, if something in it is transparent, over black. scale is by how much it
// was made smaller.
func load(data []byte, kind string, limits Limits) (grays []*gray, scale int, err error) {
	config, decode := pictureDecoder(kind)
	c, err := config(bytes.NewReader(data))
	if err != nil {
		return nil, 0, pictureError(err, data, kind)
	}
	// By division, as width times height may overflow.
	if c.Width < 1 || c.Height < 1 || c.Width > limits.Pixels/c.Height {
		return nil, 0, fmt.Errorf("a picture of %d by %d pixels: %w", c.Width, c.Height, ErrTooLarge)
	}
	if int64(float64(c.Width*c.Height)*bytesPerPixel(c.ColorModel, data, kind)) > int64(limits.Memory) {
		return nil, 0, fmt.Errorf("a picture of %d by %d pixels in this kind of %s: %w", c.Width, c.Height, kind, ErrTooLarge)
	}
	if kind == "JPEG" && bytes.Count(data, []byte{0xff, 0xda}) > mostScans {
		return nil, 0, fmt.Errorf("a JPEG of more than %d scans: %w", mostScans, ErrTooLarge)
	}
	picture, err := decoded(decode, data)
	if err != nil {
		return nil, 0, pictureError(err, data, kind)
	}
	scale = 1
	for c.Width*c.Height/scale/scale > mostSearched {
		scale++
	}
	grays = []*gray{grayOf(picture, scale, 255)}
	if o, ok := picture.(interface{ Opaque() bool }); ok && !o.Opaque() {
		grays = append(grays, grayOf(picture, scale, 0))
	}
	return grays, scale, nil
}

// decoded decodes a picture. A panic of a decoder is an error of the picture,
// because untrusted input must not end the program.
func decoded(decode func(io.Reader) (image.Image, error), data []byte) (picture image.Image, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			picture, err = nil, fmt.Errorf("%w: %v", ErrDamaged, cause)
		}
	}()
	return decode(bytes.NewReader(data))
}

func pictureDecoder(kind string) (func(io.Reader) (image.Config, error), func(io.Reader) (image.Image, error)) {
	switch kind {
	case "PNG":
		return png.DecodeConfig, png.Decode
	case "JPEG":
		return jpeg.DecodeConfig, jpeg.Decode
	case "WebP":
		return webp.DecodeConfig, webp.Decode
	case "BMP":
		return bmp.DecodeConfig, bmp.Decode
	default:
		return gif.DecodeConfig, gif.Decode // the first frame alone
	}
}

// bytesPerPixel is what the decoders allocate.
func bytesPerPixel(m color.Model, data []byte, kind string) float64 {
	switch {
	case kind == "JPEG":
		return jpegBytesPerPixel(data)
	case kind == "WebP" && m == color.YCbCrModel:
		return 2
	case kind == "WebP": // without loss, a transform takes as much again
		return 8
	}
	if _, ok := m.(color.Palette); ok {
		return 1
	}
	switch m {
	case color.GrayModel:
		return 1
	case color.Gray16Model:
		return 2
	case color.RGBAModel, color.NRGBAModel:
		return 4
	}
	return 8
}

// jpegBytesPerPixel reads the frame header: how many samples a pixel has (1.5
// for most photographs), and whether the picture is progressive, for then the
// decoder holds a coefficient of four bytes for each sample besides.
func jpegBytesPerPixel(data []byte) float64 {
	const worst = 4 * (1 + 4) // four full components, progressive
	for at := 2; at+4 <= len(data) && data[at] == 0xff; {
		marker := data[at+1]
		if marker == 0xff { // a fill byte
			at++
			continue
		}
		length := int(binary.BigEndian.Uint16(data[at+2:]))
		segment := data[at+4 : min(len(data), at+2+max(length, 2))]
		if marker < 0xc0 || marker > 0xc2 {
			at += 2 + length
			continue
		}
		if len(segment) < 6 || len(segment) < 6+3*int(segment[5]) {
			return worst
		}
		samples, most := 0, 1
		for i := range int(segment[5]) {
			factors := segment[6+3*i+1] // across and down
			area := int(factors>>4) * int(factors&15)
			samples, most = samples+area, max(most, area)
		}
		perPixel := float64(samples) / float64(most)
		if marker == 0xc2 {
			return perPixel * (1 + 4)
		}
		return perPixel
	}
	return worst
}

// pictureError tells what the decoder cannot do from a picture that is cut short
// and from one that is damaged. Not every decoder says io.ErrUnexpectedEOF, so the format's last bytes count too.
func pictureError(err error, data []byte, kind string) error {
	var noPNG png.UnsupportedError
	var noJPEG jpeg.UnsupportedError
	if errors.As(err, &noPNG) || errors.As(err, &noJPEG) || errors.Is(err, bmp.ErrUnsupported) {
		return fmt.Errorf("a rare kind of %s: %w", kind, ErrUnknownInput)
	}
	end := map[string]string{"PNG": "IEND\xaeB`\x82", "JPEG": "\xff\xd9", "GIF": "\x3b"}[kind]
	noEnd := !bytes.Contains(data[max(0, len(data)-1024):], []byte(end))
	if noEnd || short(data, kind) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		return fmt.Errorf("%s: %w", kind, ErrTruncated)
	}
	return fmt.Errorf("%s: %w", kind, ErrDamaged)
}

// short reports whether a picture is shorter than it says at its beginning.
func short(data []byte, kind string) bool {
	at, ok := map[string]int{"BMP": 2, "WebP": 4}[kind]
	if !ok || len(data) < at+4 {
		return ok
	}
	size := int64(binary.LittleEndian.Uint32(data[at:]))
	if kind == "WebP" {
		size += 8 // of what follows the size
	}
	return size > int64(len(data))
}
