package authn

import (
	"encoding/binary"
	"errors"
	"time"
	"unicode/utf8"
)

// ErrMalformed says that bytes are not what their decoder reads. Decoders are
// strict: what they accept encodes to the same bytes again.
var ErrMalformed = errors.New("malformed message")

// Encoder writes the fields of a message one behind the other. Numbers are
// big-endian; a text or a run of bytes has its length before it as 16 bits.
type Encoder struct{ buf []byte }

// Bytes returns what was written.
func (e *Encoder) Bytes() []byte { return e.buf }

// U8 writes a byte.
func (e *Encoder) U8(v byte) { e.buf = append(e.buf, v) }

// U16 writes 16 bits.
func (e *Encoder) U16(v uint16) { e.buf = binary.BigEndian.AppendUint16(e.buf, v) }

// U64 writes 64 bits.
func (e *Encoder) U64(v uint64) { e.buf = binary.BigEndian.AppendUint64(e.buf, v) }

// Bool writes one byte, 0 or 1.
func (e *Encoder) Bool(v bool) {
	if v {
		e.U8(1)
		return
	}
	e.U8(0)
}

// Time writes an instant as nanoseconds since 1970, UTC. The core's instants
// lie within the years 1678 to 2262, which CheckTime holds.
func (e *Encoder) Time(t time.Time) { e.U64(uint64(t.UnixNano())) }

// Raw writes bytes whose length the reader knows.
func (e *Encoder) Raw(b []byte) { e.buf = append(e.buf, b...) }

// Block writes at most 65,535 bytes behind their length; more is a bug.
func (e *Encoder) Block(b []byte) {
	if len(b) > 0xffff {
		panic("authn: block of more than 65535 bytes")
	}
	e.U16(uint16(len(b)))
	e.Raw(b)
}

// Text writes a text as a block.
func (e *Encoder) Text(s string) { e.Block([]byte(s)) }

// Decoder reads what an Encoder wrote. The first thing that does not fit
// makes every later read give zero values; Close tells.
type Decoder struct {
	rest []byte
	bad  bool
}

// NewDecoder reads from b, which it does not change.
func NewDecoder(b []byte) *Decoder { return &Decoder{rest: b} }

// Raw reads n bytes, as a copy.
func (d *Decoder) Raw(n int) []byte {
	if d.bad || n > len(d.rest) {
		d.bad = true
		return make([]byte, n)
	}
	out := append([]byte(nil), d.rest[:n]...)
	d.rest = d.rest[n:]
	return out
}

// U8 reads a byte.
func (d *Decoder) U8() byte { return d.Raw(1)[0] }

// U16 reads 16 bits.
func (d *Decoder) U16() uint16 { return binary.BigEndian.Uint16(d.Raw(2)) }

// U64 reads 64 bits.
func (d *Decoder) U64() uint64 { return binary.BigEndian.Uint64(d.Raw(8)) }

// Bool reads a byte that is 0 or 1; another is malformed.
func (d *Decoder) Bool() bool {
	v := d.U8()
	if v > 1 {
		d.bad = true
	}
	return v == 1
}

// Time reads an instant.
func (d *Decoder) Time() time.Time { return time.Unix(0, int64(d.U64())).UTC() }

// Block reads bytes behind their length.
func (d *Decoder) Block() []byte {
	n := int(d.U16())
	if d.bad || n > len(d.rest) {
		d.bad = true
		return nil
	}
	return d.Raw(n)
}

// Text reads a text; one that is not UTF-8 is malformed.
func (d *Decoder) Text() string {
	b := d.Block()
	if !utf8.Valid(b) {
		d.bad = true
	}
	return string(b)
}

// Left says how many bytes have not been read.
func (d *Decoder) Left() int { return len(d.rest) }

// Fail marks the input as malformed, for a caller that found a value that
// may not be.
func (d *Decoder) Fail() { d.bad = true }

// Close returns ErrMalformed unless everything fitted and nothing is left.
func (d *Decoder) Close() error {
	if d.bad || len(d.rest) > 0 {
		return ErrMalformed
	}
	return nil
}

// CheckTime reports whether an instant can be written: years 1678 to 2261.
func CheckTime(t time.Time) bool { return t.Year() > 1677 && t.Year() < 2262 }
