package authn

import (
	"encoding/binary"
	"errors"
	"slices"
	"time"
	"unicode/utf8"
)

// ErrMalformed is the error for bytes that a decoder does not accept. Decoders
// are strict: a message that they accept encodes to the same bytes.
var ErrMalformed = errors.New("malformed message")

// Encoder writes the fields of a message one after another. Numbers are
// big-endian; a text or a byte slice follows its 16-bit length.
type Encoder struct{ buf []byte }

// Bytes returns the written bytes.
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

// Time writes an instant as nanoseconds since 1970, UTC. It must be one that
// CheckTime accepts.
func (e *Encoder) Time(t time.Time) { e.U64(uint64(t.UnixNano())) }

// Raw writes bytes without their length, which the reader must know.
func (e *Encoder) Raw(b []byte) { e.buf = append(e.buf, b...) }

// Block writes the length of at most 65,535 bytes, then the bytes; more is a
// bug.
func (e *Encoder) Block(b []byte) {
	if len(b) > 0xffff {
		panic("authn: block of more than 65535 bytes")
	}
	e.U16(uint16(len(b)))
	e.Raw(b)
}

// Text writes a text as a block.
func (e *Encoder) Text(s string) { e.Block([]byte(s)) }

// Decoder reads the output of an Encoder. After the first malformed field every
// read returns a zero value, and Close returns the error.
type Decoder struct {
	rest []byte
	bad  bool
}

// NewDecoder returns a Decoder that reads from b and does not modify it.
func NewDecoder(b []byte) *Decoder { return &Decoder{rest: b} }

// Raw reads n bytes and returns a copy.
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

// Bool reads a byte that must be 0 or 1.
func (d *Decoder) Bool() bool {
	v := d.U8()
	if v > 1 {
		d.bad = true
	}
	return v == 1
}

// Time reads an instant.
func (d *Decoder) Time() time.Time { return time.Unix(0, int64(d.U64())).UTC() }

// Block reads a length and that many bytes.
func (d *Decoder) Block() []byte {
	n := int(d.U16())
	if d.bad || n > len(d.rest) {
		d.bad = true
		return nil
	}
	return d.Raw(n)
}

// Text reads a text, which must be UTF-8.
func (d *Decoder) Text() string {
	b := d.Block()
	if !utf8.Valid(b) {
		d.bad = true
	}
	return string(b)
}

// Left returns the number of unread bytes.
func (d *Decoder) Left() int { return len(d.rest) }

// Fail marks the input as malformed, for a caller that found an invalid value.
func (d *Decoder) Fail() { d.bad = true }

// Close returns ErrMalformed if a field was malformed or unread bytes are left.
func (d *Decoder) Close() error {
	if d.bad || len(d.rest) > 0 {
		return ErrMalformed
	}
	return nil
}

// Fields passes over the fields of a message: it writes them to an Encoder or
// reads them from a Decoder. A message lists its fields once for both, so that
// decoding and encoding always agree.
type Fields struct {
	enc *Encoder // nil while reading
	dec *Decoder // nil while writing
}

// Fields returns a pass that writes to the encoder.
func (e *Encoder) Fields() Fields { return Fields{enc: e} }

// Fields returns a pass that reads from the decoder.
func (d *Decoder) Fields() Fields { return Fields{dec: d} }

// Reading reports whether the pass reads.
func (f Fields) Reading() bool { return f.dec != nil }

// Require marks the input as malformed if ok is false.
func (f Fields) Require(ok bool) {
	if f.Reading() && !ok {
		f.dec.Fail()
	}
}

// U8 passes bytes.
func (f Fields) U8(vs ...*byte) { pass(f, vs, (*Encoder).U8, (*Decoder).U8) }

// U64 passes numbers of 64 bits.
func (f Fields) U64(vs ...*uint64) { pass(f, vs, (*Encoder).U64, (*Decoder).U64) }

// I64 passes numbers of 64 bits with a sign.
func (f Fields) I64(vs ...*int64) {
	pass(f, vs, func(e *Encoder, v int64) { e.U64(uint64(v)) }, func(d *Decoder) int64 { return int64(d.U64()) })
}

// Int8 passes numbers of 8 bits without a sign.
func (f Fields) Int8(vs ...*int) {
	pass(f, vs, func(e *Encoder, v int) { e.U8(byte(v)) }, func(d *Decoder) int { return int(d.U8()) })
}

// Int16 passes numbers of 16 bits without a sign.
func (f Fields) Int16(vs ...*int) {
	pass(f, vs, func(e *Encoder, v int) { e.U16(uint16(v)) }, func(d *Decoder) int { return int(d.U16()) })
}

// Bool passes flags.
func (f Fields) Bool(vs ...*bool) { pass(f, vs, (*Encoder).Bool, (*Decoder).Bool) }

// Time passes instants.
func (f Fields) Time(vs ...*time.Time) { pass(f, vs, (*Encoder).Time, (*Decoder).Time) }

// Text passes texts.
func (f Fields) Text(vs ...*string) { pass(f, vs, (*Encoder).Text, (*Decoder).Text) }

// Block passes byte slices with their lengths.
func (f Fields) Block(vs ...*[]byte) { pass(f, vs, (*Encoder).Block, (*Decoder).Block) }

// Raw passes n bytes each.
func (f Fields) Raw(n int, vs ...*[]byte) {
	pass(f, vs, (*Encoder).Raw, func(d *Decoder) []byte { return d.Raw(n) })
}

func pass[T any](f Fields, vs []*T, write func(*Encoder, T), read func(*Decoder) T) {
	for _, v := range vs {
		if f.Reading() {
			*v = read(f.dec)
		} else {
			write(f.enc, *v)
		}
	}
}

// PassOneOf passes a value as its position in a list, counted from 1, in one
// byte.
func PassOneOf[T comparable](f Fields, v *T, all []T) {
	n := slices.Index(all, *v) + 1
	f.Int8(&n)
	if n < 1 || n > len(all) {
		f.Require(false)
		return
	}
	*v = all[n-1]
}

// PassList passes the 16-bit length of a list, at most longest, and then its
// elements.
func PassList[T any](f Fields, list *[]T, longest int, element func(Fields, *T)) {
	n := len(*list)
	f.Int16(&n)
	f.Require(n <= longest)
	for i := range n {
		if f.Reading() {
			if f.dec.bad {
				return
			}
			*list = append(*list, *new(T))
		}
		element(f, &(*list)[i])
	}
}

// CheckTime reports whether an instant can be encoded: the years 1678 to 2261.
func CheckTime(t time.Time) bool { return t.Year() > 1677 && t.Year() < 2262 }
