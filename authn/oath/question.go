package oath

import "math/bits"

// The bounds of a question (RFC 6287, section 5.1 and 6.3).
const (
	minQuestion  = 4
	questionSize = 128 // bytes of the message, whatever was asked
)

// writes reports whether all of the text is in the format's alphabet.
func (f format) writes(text string) bool {
	for i := range len(text) {
		c := text[i]
		ok := '0' <= c && c <= '9'
		switch f {
		case hexadecimal:
			ok = ok || 'a' <= c|0x20 && c|0x20 <= 'f'
		case alphanumeric:
			ok = ok || 'a' <= c|0x20 && c|0x20 <= 'z'
		}
		if !ok {
			return false
		}
	}
	return true
}

// appendQuestion writes the question, and behind it the other party's if there
// is one, as the 128 bytes that go into the message. All formats are padded on
// the right with zeros (RFC 6287, section 5.1): alphanumeric ones by bytes, the
// others by nibbles, for they are hexadecimal text of any length (rule A7).
func appendQuestion(dst []byte, f format, question, peer string) []byte {
	var zero [questionSize]byte
	at := len(dst)
	dst = append(dst, zero[:]...)
	switch f {
	case alphanumeric:
		n := copy(dst[at:], question)
		copy(dst[at+n:], peer)
	case hexadecimal:
		out := nibbles{to: dst[at:]}
		for _, text := range [2]string{question, peer} {
			for i := range len(text) {
				out.put(hexValue(text[i]))
			}
		}
	case numeric:
		var n natural
		n.read(question)
		n.read(peer)
		n.write(nibbles{to: dst[at:]})
	}
	return dst
}

// nibbles writes hexadecimal digits one after the other into zeroed bytes.
type nibbles struct {
	to []byte
	n  int
}

func (p *nibbles) put(v byte) {
	p.to[p.n/2] |= v << (4 * (1 - p.n%2))
	p.n++
}

// hexValue is the value of a hexadecimal digit of either case.
func hexValue(c byte) byte {
	if c <= '9' {
		return c - '0'
	}
	return (c | 0x20) - 'a' + 10
}

// natural is a number of up to 128 decimal digits, two questions of 64; they
// need 426 bits. The lowest word is first.
type natural struct {
	words [7]uint64
	used  int
}

// read appends decimal digits to the number.
func (n *natural) read(digits string) {
	for i := range len(digits) {
		carry := uint64(digits[i] - '0')
		for w := range n.used {
			high, low := bits.Mul64(n.words[w], 10)
			low, over := bits.Add64(low, carry, 0)
			n.words[w], carry = low, high+over
		}
		if carry > 0 {
			n.words[n.used] = carry
			n.used++
		}
	}
}

// write writes the number in hexadecimal, the highest digit first and not a 0.
// Nothing at all is as good as the text "0", since zeros are what follows.
func (n *natural) write(out nibbles) {
	begun := false
	for w := n.used - 1; w >= 0; w-- {
		for shift := 60; shift >= 0; shift -= 4 {
			v := byte(n.words[w]>>shift) & 0x0f
			begun = begun || v != 0
			if begun {
				out.put(v)
			}
		}
	}
}
