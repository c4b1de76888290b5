package oath

import (
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// ErrSuite is the error for a text that is not an OCRA suite (RFC 6287, section
// 6).
var ErrSuite = errors.New("not an OCRA suite")

// format is how a question is written (RFC 6287, section 6.3, table 2).
type format byte

const (
	alphanumeric format = 'A'
	numeric      format = 'N'
	hexadecimal  format = 'H'
)

// Suite says how an OCRA response is computed, and from what (RFC 6287,
// section 6). It is a value that can be compared; the zero Suite is none.
type Suite struct {
	hash    Hash
	digits  int // 0: no truncation
	counter bool
	format  format
	length  int  // of the question, at most
	pin     Hash // 0: no PIN
	session int  // bytes, 0: no session
	steps   int  // with unit: the granularity of the time
	unit    byte // S, M, H; 0: no time
}

// ParseSuite reads a suite such as "OCRA-1:HOTP-SHA256-8:C-QN08-PSHA1"
// (RFC 6287, section 6):
//
//	OCRA-1:HOTP-<SHA1|SHA256|SHA512>-<0|4..10>:[C-]Q<A|N|H><04..64>
//	       [-P<SHA1|SHA256|SHA512>][-S<001..999>][-T<1..59 S|M, 0..48 H>]
//
// It is strict, since the text goes into every response: no lower case, no
// default left out, no other order, no other number of digits. What is read
// is written back, by [Suite.String], as the same text.
func ParseSuite(text string) (Suite, error) {
	function, input, ok := strings.Cut(strings.TrimPrefix(text, "OCRA-1:"), ":")
	if !ok || !strings.HasPrefix(text, "OCRA-1:") {
		return Suite{}, fmt.Errorf("%w: it has the form OCRA-1:HOTP-…:…", ErrSuite)
	}
	var s Suite
	if err := s.parseFunction(function); err != nil {
		return Suite{}, err
	}
	if err := s.parseInput(strings.Split(input, "-")); err != nil {
		return Suite{}, err
	}
	return s, nil
}

// parseFunction reads the crypto function (RFC 6287, section 6.2).
func (s *Suite) parseFunction(text string) error {
	parts := strings.Split(text, "-")
	if len(parts) != 3 || parts[0] != "HOTP" {
		return fmt.Errorf("%w: the function is HOTP-hash-digits", ErrSuite)
	}
	var ok bool
	if s.hash, ok = hashNamed(parts[1]); !ok {
		return fmt.Errorf("%w: the hash is SHA1, SHA256 or SHA512", ErrSuite)
	}
	s.digits, ok = bounded(parts[2], 0, 10)
	if !ok || s.digits > 0 && s.digits < 4 {
		return fmt.Errorf("%w: a response has 4 to 10 digits, or 0 for no truncation", ErrSuite)
	}
	return nil
}

// parseInput reads the data input (RFC 6287, section 6.3).
func (s *Suite) parseInput(parts []string) error {
	if parts[0] == "C" {
		s.counter, parts = true, parts[1:]
	}
	if len(parts) == 0 || !s.parseQuestion(parts[0]) {
		return fmt.Errorf("%w: the question is QA, QN or QH and 04 to 64", ErrSuite)
	}
	parts = parts[1:]
	for _, read := range []func(string) bool{s.parsePIN, s.parseSession, s.parseTime} {
		if len(parts) > 0 && read(parts[0]) {
			parts = parts[1:]
		}
	}
	if len(parts) > 0 {
		return fmt.Errorf("%w: behind the question stand P and a hash, S001 to S999, T and a step, in this order", ErrSuite)
	}
	return nil
}

func (s *Suite) parseQuestion(text string) (ok bool) {
	if len(text) != 4 || text[0] != 'Q' {
		return false
	}
	s.format = format(text[1])
	if s.format != alphanumeric && s.format != numeric && s.format != hexadecimal {
		return false
	}
	s.length, ok = bounded(strings.TrimPrefix(text[2:], "0"), 4, 64)
	return ok
}

func (s *Suite) parsePIN(text string) (ok bool) {
	name, ok := strings.CutPrefix(text, "P")
	if ok {
		s.pin, ok = hashNamed(name)
	}
	return ok
}

func (s *Suite) parseSession(text string) (ok bool) {
	if len(text) != 4 || text[0] != 'S' {
		return false
	}
	s.session, ok = bounded(strings.TrimLeft(text[1:], "0"), 1, 999)
	return ok
}

// parseTime reads the granularity of the time (RFC 6287, section 6.3, table 3).
func (s *Suite) parseTime(text string) (ok bool) {
	if len(text) < 3 || text[0] != 'T' {
		return false
	}
	low, high, unit := 1, 59, text[len(text)-1]
	switch unit {
	case 'S', 'M':
	case 'H':
		low, high = 0, 48
	default:
		return false
	}
	if s.steps, ok = bounded(text[1:len(text)-1], low, high); ok {
		s.unit = unit
	}
	return ok
}

// bounded parses a decimal number without a sign or leading zeros.
func bounded(text string, low, high int) (int, bool) {
	n, err := strconv.Atoi(text)
	return n, err == nil && strconv.Itoa(n) == text && low <= n && n <= high
}

// String is the text of the suite, as it goes into every response (RFC 6287,
// section 5.1).
func (s Suite) String() string {
	if s == (Suite{}) {
		return ""
	}
	var b strings.Builder
	fmt.Fprintf(&b, "OCRA-1:HOTP-%s-%d:", s.hash, s.digits)
	if s.counter {
		b.WriteString("C-")
	}
	fmt.Fprintf(&b, "Q%c%02d", s.format, s.length)
	if s.pin != 0 {
		fmt.Fprintf(&b, "-P%s", s.pin)
	}
	if s.session != 0 {
		fmt.Fprintf(&b, "-S%03d", s.session)
	}
	if s.unit != 0 {
		fmt.Fprintf(&b, "-T%d%c", s.steps, s.unit)
	}
	return b.String()
}

// Digits is the length of a response in decimal digits; 0 means that the whole
// HMAC is the response (RFC 6287, section 6.2).
func (s Suite) Digits() int { return s.digits }

// HashPIN hashes a PIN as the suite wants it, for [Input.PINHash] (RFC 6287,
// section 5.1). It is nil if the suite wants none.
func (s Suite) HashPIN(pin string) []byte {
	switch s.pin {
	case SHA1:
		sum := sha1.Sum([]byte(pin))
		return sum[:]
	case SHA256:
		sum := sha256.Sum256([]byte(pin))
		return sum[:]
	case SHA512:
		sum := sha512.Sum512([]byte(pin))
		return sum[:]
	}
	return nil
}

// TimeStep is the number of the suite's time steps from the epoch to t, for
// [Input.Time] (RFC 6287, section 5.1). A suite without a time gives
// [ErrUnexpected]. One with T0H, which the grammar allows, has steps of no
// length and gives [ErrStep]: the number is then for the parties to agree on.
func (s Suite) TimeStep(t time.Time) (uint64, error) {
	seconds := uint64(s.steps)
	switch s.unit {
	case 0:
		return 0, &InputError{Field: "time", Err: ErrUnexpected}
	case 'M':
		seconds *= 60
	case 'H':
		seconds *= 60 * 60
	}
	if seconds == 0 {
		return 0, ErrStep
	}
	if t.Unix() < 0 {
		return 0, ErrBeforeT0
	}
	return uint64(t.Unix()) / seconds, nil
}
