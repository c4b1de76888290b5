package oath

import (
	"crypto/subtle"
	"encoding/binary"
	"math"
)

// The lengths of a code (RFC 4226, section 4, R4; a truncated value has 31
// bits, so ten digits hold all of it).
const (
	MinDigits     = 6
	MaxDigits     = 10
	DefaultDigits = 6
)

// The defaults of a validating server (rules A3, A4; RFC 4226, section 7.4
// leaves both numbers open).
const (
	// DefaultLookAhead is how many counters after the expected one are tried.
	DefaultLookAhead = 10
	// DefaultResync is how far after the expected counter the second of two
	// consecutive codes may lie.
	DefaultResync = 100
)

// lastCounter is the highest counter that is ever looked for: behind the one
// after it the state, which is the matched counter + 1, would begin again at
// 0 and revive every code.
const lastCounter = math.MaxUint64 - 1

// HOTP makes the codes of a counter under one secret (RFC 4226).
type HOTP struct {
	mac    *mac
	fast   *counterMAC // the same for less, or nil
	digits int
}

// NewHOTP prepares a secret for codes of 6 to 10 digits. RFC 4226 knows SHA-1
// alone; the other hashes are those of RFC 6238, section 1.2. The secret is
// not kept as it is.
func NewHOTP(hash Hash, secret []byte, digits int) (*HOTP, error) {
	if digits < MinDigits || digits > MaxDigits {
		return nil, ErrDigits
	}
	m, err := newMAC(hash, secret, 8)
	if err != nil {
		return nil, err
	}
	return &HOTP{mac: m, fast: newCounterMAC(hash, secret, m), digits: digits}, nil
}

// Digits is the length of the codes (RFC 4226, section 5.1).
func (h *HOTP) Digits() int { return h.digits }

// Append appends the code of a counter to dst, leading zeros included
// (RFC 4226, section 5.3).
func (h *HOTP) Append(dst []byte, counter uint64) []byte {
	return appendDigits(dst, h.truncated(counter), h.digits)
}

// Code is the code of a counter as text (RFC 4226, section 5.3).
func (h *HOTP) Code(counter uint64) string {
	return string(h.Append(make([]byte, 0, MaxDigits), counter))
}

// Find looks for a code among the counters from and to, both included, and
// gives the lowest that has it. It computes all of them whatever it finds:
// its time depends on how many there are, and on nothing else (rule A9).
func (h *HOTP) Find(code string, from, to uint64) (counter uint64, ok bool) {
	want, ok := number(code, h.digits)
	if !ok || from > to {
		return 0, false
	}
	var found uint64 // all ones once there was a match
	for c := from; ; c++ {
		first := same(want, h.value(c)) &^ found
		counter |= c & first
		found |= first
		if c == to {
			return counter, found != 0
		}
	}
}

// Verify judges a code by the rules of a validating server (RFC 4226, sections
// 7.2 and 7.4; rules A2, A3). Next is the lowest counter that may be accepted,
// ahead how many after it are tried too. On success the answer is the matched
// counter + 1, which the caller must store before it tells; otherwise it is
// next, unchanged.
//
// Six digits recur. A text that was accepted can be the code of a later
// counter as well, and is then a new value; the chance is that of a guess.
func (h *HOTP) Verify(code string, next, ahead uint64) (newNext uint64, ok bool) {
	c, ok := h.Find(code, next, upTo(next, ahead))
	if !ok {
		return next, false
	}
	return c + 1, true
}

// Resync judges two consecutive codes of a generator that has run ahead
// (RFC 4226, section 7.4; rule A4). Both must lie among the counters next to
// next + within. On success the answer is the counter behind the second;
// otherwise it is next, unchanged. Like [HOTP.Find] it computes the whole
// window whatever it finds.
func (h *HOTP) Resync(first, second string, next, within uint64) (newNext uint64, ok bool) {
	a, okA := number(first, h.digits)
	b, okB := number(second, h.digits)
	if !okA || !okB || next > lastCounter {
		return next, false
	}
	var before, counter, found uint64 // before: the counter before had first
	for c, to := next, upTo(next, within); ; c++ {
		v := h.value(c)
		pair := before & same(b, v) &^ found
		counter |= c & pair
		found |= pair
		before = same(a, v)
		if c == to {
			break
		}
	}
	if found == 0 {
		return next, false
	}
	return counter + 1, true
}

// truncated is the 31 bits that the code of a counter is the end of.
func (h *HOTP) truncated(counter uint64) uint32 {
	if h.fast != nil {
		return truncate(h.fast.of(counter))
	}
	return truncate(h.mac.of(binary.BigEndian.AppendUint64(h.mac.msg, counter)))
}

// value is the code of a counter as a number.
func (h *HOTP) value(counter uint64) uint32 {
	return uint32(uint64(h.truncated(counter)) % powers[h.digits])
}

// upTo returns the end of a window, which never wraps around.
func upTo(from, width uint64) uint64 {
	if from > lastCounter || width > lastCounter-from {
		return lastCounter
	}
	return from + width
}

// number reads a code of exactly so many decimal digits. A number above 31
// bits can be typed, with ten digits, and is no code.
func number(code string, digits int) (uint32, bool) {
	if len(code) != digits {
		return 0, false
	}
	var n uint64
	for i := range len(code) {
		d := code[i] - '0'
		if d > 9 {
			return 0, false
		}
		n = n*10 + uint64(d)
	}
	return uint32(n), n <= math.MaxInt32
}

// same returns all ones if two codes are equal, and 0 otherwise, in constant
// time.
func same(a, b uint32) uint64 {
	return -uint64(subtle.ConstantTimeEq(int32(a), int32(b)))
}
