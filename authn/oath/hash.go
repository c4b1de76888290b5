package oath

import (
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"slices"
)

// Hash is the hash function below the HMAC (RFC 4226, section 5.3; RFC 6238,
// section 1.2; RFC 6287, section 6.2).
type Hash int

// The hash functions that the RFCs name.
const (
	SHA1 Hash = iota + 1
	SHA256
	SHA512
)

// MinSecret is the length of the shortest secret in bytes: 128 bits (RFC 4226,
// section 4, R6).
const MinSecret = 16

// What a generator can be refused for. RFC 4226, section 4, R4 and R6.
var (
	ErrHash   = errors.New("no such hash function")
	ErrSecret = fmt.Errorf("a secret has at least %d bytes", MinSecret)
	ErrDigits = fmt.Errorf("a code has %d to %d digits", MinDigits, MaxDigits)
)

// String returns the name of the hash in an OCRA suite (RFC 6287, section 6.2).
func (h Hash) String() string {
	switch h {
	case SHA1:
		return "SHA1"
	case SHA256:
		return "SHA256"
	case SHA512:
		return "SHA512"
	}
	return "none"
}

// Size returns the length of the hash in bytes, or 0 for an unknown one.
func (h Hash) Size() int {
	switch h {
	case SHA1:
		return sha1.Size
	case SHA256:
		return sha256.Size
	case SHA512:
		return sha512.Size
	}
	return 0
}

// hashNamed is the inverse of String.
func hashNamed(name string) (Hash, bool) {
	for h := SHA1; h <= SHA512; h++ {
		if h.String() == name {
			return h, true
		}
	}
	return 0, false
}

func (h Hash) new() hash.Hash {
	switch h {
	case SHA1:
		return sha1.New()
	case SHA256:
		return sha256.New()
	}
	return sha512.New()
}

// mac is an HMAC under one secret, prepared so that the next message costs no
// allocation. It stands behind a pointer wherever it is used, so that fmt
// prints an address and not what is in it.
type mac struct {
	hmac hash.Hash
	msg  []byte // what the caller builds its message in
	sum  [sha512.Size]byte
}

func newMAC(h Hash, secret []byte, space int) (*mac, error) {
	if h.Size() == 0 {
		return nil, ErrHash
	}
	if len(secret) < MinSecret {
		return nil, ErrSecret
	}
	m := &mac{hmac: hmac.New(h.new, secret), msg: make([]byte, 0, space)}
	// The first Reset makes crypto/hmac keep the states behind the two padded
	// keys, which saves two of four compressions in every message after it.
	m.hmac.Reset()
	return m, nil
}

// of is the HMAC of msg. It is overwritten by the next.
func (m *mac) of(msg []byte) []byte {
	m.hmac.Reset()
	m.hmac.Write(msg)
	return m.hmac.Sum(m.sum[:0])
}

// truncate returns 31 bits of an HMAC (RFC 4226, section 5.3). The last byte
// determines the offset; for the longer hashes it is not byte 19.
func truncate(sum []byte) uint32 {
	at := sum[len(sum)-1] & 0x0f
	return binary.BigEndian.Uint32(sum[at:at+4]) & 0x7fffffff
}

// powers are the powers of ten up to the tenth, which does not fit in 32 bits.
var powers = [MaxDigits + 1]uint64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10}

// appendDigits writes the last digits of v, leading zeros included. It makes
// room and writes in place: appending from a buffer of its own costs twice the
// digits themselves.
func appendDigits(dst []byte, v uint32, digits int) []byte {
	from := len(dst)
	dst = slices.Grow(dst, digits)[:from+digits]
	for i := len(dst) - 1; i >= from; i-- {
		dst[i] = '0' + byte(v%10)
		v /= 10
	}
	return dst
}
