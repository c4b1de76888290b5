package authn_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/offauth/offauth/authn"
)

func TestTheEncoderWritesTheseBytes(t *testing.T) {
	var e authn.Encoder
	e.U8(0xab)
	e.U16(0x0102)
	e.U64(0x0102030405060708)
	e.Bool(true)
	e.Bool(false)
	e.Time(time.Unix(1, 2))
	e.Raw([]byte{9, 9})
	e.Block([]byte{7})
	e.Text("né")
	want := []byte{
		0xab, 1, 2, 1, 2, 3, 4, 5, 6, 7, 8, 1, 0, 0, 0, 0, 0, 0x3b, 0x9a, 0xca, 2,
		9, 9, 0, 1, 7, 0, 3, 'n', 0xc3, 0xa9,
	}
	if !bytes.Equal(e.Bytes(), want) {
		t.Fatalf("wrote % x\nwant  % x", e.Bytes(), want)
	}
	d := authn.NewDecoder(e.Bytes())
	if d.U8() != 0xab || d.U16() != 0x0102 || d.U64() != 0x0102030405060708 || !d.Bool() || d.Bool() ||
		!d.Time().Equal(time.Unix(1, 2)) || !bytes.Equal(d.Raw(2), []byte{9, 9}) || !bytes.Equal(d.Block(), []byte{7}) ||
		d.Text() != "né" {
		t.Fatal("read something else")
	}
	if d.Left() != 0 || d.Close() != nil {
		t.Fatal("something is left")
	}
}

func TestTheDecoderTakesNothingElse(t *testing.T) {
	for name, row := range map[string]struct {
		raw  []byte
		read func(*authn.Decoder)
	}{
		"a byte of nothing":      {nil, func(d *authn.Decoder) { d.U8() }},
		"16 bits of one byte":    {[]byte{1}, func(d *authn.Decoder) { d.U16() }},
		"64 bits of seven bytes": {make([]byte, 7), func(d *authn.Decoder) { d.U64() }},
		"a bool of 2":            {[]byte{2}, func(d *authn.Decoder) { d.Bool() }},
		"a block that is cut":    {[]byte{0, 2, 1}, func(d *authn.Decoder) { d.Block() }},
		"half a length":          {[]byte{0}, func(d *authn.Decoder) { d.Block() }},
		"a text not UTF-8":       {[]byte{0, 1, 0xff}, func(d *authn.Decoder) { d.Text() }},
		"a rest":                 {[]byte{1, 2}, func(d *authn.Decoder) { d.U8() }},
		"what the caller failed": {nil, func(d *authn.Decoder) { d.Fail() }},
		"bad, then well":         {[]byte{2, 1}, func(d *authn.Decoder) { d.Bool(); d.Bool() }},
	} {
		d := authn.NewDecoder(row.raw)
		row.read(d)
		if err := d.Close(); !errors.Is(err, authn.ErrMalformed) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTheDecoderCopiesWhatItReads(t *testing.T) {
	raw := []byte{0, 2, 1, 2, 3}
	d := authn.NewDecoder(raw)
	block, rest := d.Block(), d.Raw(1)
	raw[2], raw[4] = 99, 99
	if block[0] != 1 || rest[0] != 3 {
		t.Fatal("what was read changes with the input")
	}
}

func TestABlockOf65535BytesIsTheLongest(t *testing.T) {
	var e authn.Encoder
	e.Block(make([]byte, 0xffff))
	if d := authn.NewDecoder(e.Bytes()); len(d.Block()) != 0xffff || d.Close() != nil {
		t.Fatal("a block of 65535 bytes does not come back")
	}
	defer func() {
		if recover() == nil {
			t.Fatal("a block of 65536 bytes was written")
		}
	}()
	e.Text(strings.Repeat("x", 0x10000))
}

func TestInstantsComeBackToTheNanosecond(t *testing.T) {
	for _, at := range []time.Time{time.Unix(0, 0), time.Unix(0, -1), time.Date(1678, 1, 1, 0, 0, 0, 1, time.UTC),
		time.Date(2261, 12, 31, 23, 59, 59, 999999999, time.UTC)} {
		var e authn.Encoder
		e.Time(at)
		if got := authn.NewDecoder(e.Bytes()).Time(); !got.Equal(at) || got.Location() != time.UTC || !authn.CheckTime(at) {
			t.Errorf("%s came back as %s", at, got)
		}
	}
	for _, at := range []time.Time{{}, time.Date(1677, 12, 31, 0, 0, 0, 0, time.UTC),
		time.Date(2262, 1, 1, 0, 0, 0, 0, time.UTC)} {
		if authn.CheckTime(at) {
			t.Errorf("%s can be written", at)
		}
	}
}

// FuzzDecoder reads fields in a random order. Decoding must never panic, and if
// Close succeeds the fields must encode to the same bytes.
func FuzzDecoder(f *testing.F) {
	f.Add([]byte{0, 1, 2, 3, 4, 5, 6},
		[]byte("\x01\x00\x02\x00\x00\x00\x00\x00\x00\x00\x03\x01\x00\x00\x00\x00\x00\x00\x00\x04\x00\x01x\x00\x01yzz"))
	f.Add([]byte{5, 5}, []byte{0, 1, 0xff})
	f.Add([]byte{3}, []byte{2})
	f.Fuzz(func(t *testing.T, programme, raw []byte) {
		d := authn.NewDecoder(raw)
		var e authn.Encoder
		for _, op := range programme {
			before := d.Left()
			switch op % 7 {
			case 0:
				e.U8(d.U8())
			case 1:
				e.U16(d.U16())
			case 2:
				e.U64(d.U64())
			case 3:
				e.Bool(d.Bool())
			case 4:
				e.Time(d.Time())
			case 5:
				e.Text(d.Text())
			case 6:
				n := int(op) / 7
				b := d.Raw(n)
				if len(b) != n {
					t.Fatalf("asked for %d bytes, got %d", n, len(b))
				}
				e.Raw(b)
			}
			if d.Left() > before || d.Left() < 0 {
				t.Fatalf("%d bytes left after %d", d.Left(), before)
			}
		}
		left := d.Left()
		if err := d.Close(); err == nil {
			if left > 0 {
				t.Fatalf("Close says yes with %d bytes left", left)
			}
			if !bytes.Equal(e.Bytes(), raw) {
				t.Fatalf("read % x, wrote % x", raw, e.Bytes())
			}
		} else if !errors.Is(err, authn.ErrMalformed) {
			t.Fatalf("another error: %v", err)
		}
	})
}
