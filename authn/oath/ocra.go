package oath

import (
	"crypto/sha512"
	"crypto/subtle"
	"encoding/binary"
	"encoding/hex"
	"errors"
)

// What an input can be refused for; each comes in an [InputError] that names
// the field (RFC 6287, section 5.1).
var (
	ErrMissing    = errors.New("the suite wants it")
	ErrUnexpected = errors.New("the suite has no place for it")
	ErrLength     = errors.New("its length is not what the suite allows")
	ErrCharacter  = errors.New("it has a character that the suite does not allow")
)

// InputError says which input of a response does not fit its suite, and in Err
// why (RFC 6287, section 5.1). It never says what the input was.
type InputError struct {
	// Field is "counter", "question", "peer question", "PIN hash", "session"
	// or "time".
	Field string
	// Err is [ErrMissing], [ErrUnexpected], [ErrLength] or [ErrCharacter].
	Err error
}

// Error implements error (RFC 6287, section 5.1).
func (e *InputError) Error() string { return "OCRA " + e.Field + ": " + e.Err.Error() }

// Unwrap returns the reason (RFC 6287, section 5.1).
func (e *InputError) Unwrap() error { return e.Err }

// Input is the input of a response (RFC 6287, section 5.1). It must have
// exactly the fields that the suite names.
type Input struct {
	// Counter is C, the number of computations so far.
	Counter *uint64
	// Question is Q, the challenge: 4 characters up to the suite's length, of
	// digits (QN), hexadecimal digits of either case (QH), or ASCII letters
	// and digits (QA).
	Question string
	// Peer is a second question, which follows the first: in a mutual
	// challenge-response (section 7.2) the one that the computing party made
	// itself. Empty otherwise.
	Peer string
	// PINHash is P, as [Suite.HashPIN] gives it.
	PINHash []byte
	// Session is S, from 1 byte up to the suite's length; it is padded with
	// zeros on the left.
	Session []byte
	// Time is T, the number of time steps, as [Suite.TimeStep] gives it.
	Time *uint64
}

// OCRA computes responses of one suite under one secret (RFC 6287).
type OCRA struct {
	suite Suite
	mac   *mac
	fixed int // how much of the message is the suite's text and the 0 behind it
}

// NewOCRA prepares a secret for the responses of a suite (RFC 6287, section
// 5.1). The secret is not kept as it is.
func NewOCRA(suite Suite, secret []byte) (*OCRA, error) {
	if suite == (Suite{}) {
		return nil, ErrSuite
	}
	fixed := append([]byte(suite.String()), 0)
	space := len(fixed) + 8 + questionSize + sha512.Size + suite.session + 8
	m, err := newMAC(suite.hash, secret, space)
	if err != nil {
		return nil, err
	}
	m.msg = append(m.msg, fixed...)
	return &OCRA{suite: suite, mac: m, fixed: len(fixed)}, nil
}

// Suite is the suite of the responses (RFC 6287, section 6).
func (o *OCRA) Suite() Suite { return o.suite }

// Append appends the response to dst (RFC 6287, section 5.2): decimal digits
// with their leading zeros, or, for a suite without truncation, the whole HMAC
// in lower-case hexadecimal. The error is an [*InputError].
func (o *OCRA) Append(dst []byte, in Input) ([]byte, error) {
	if err := o.suite.check(&in); err != nil {
		return nil, err
	}
	sum := o.mac.of(o.message(&in))
	if o.suite.digits == 0 {
		return hex.AppendEncode(dst, sum), nil
	}
	return appendDigits(dst, truncate(sum), o.suite.digits), nil
}

// Code is the response as text (RFC 6287, section 5.2).
func (o *OCRA) Code(in Input) (string, error) {
	code, err := o.Append(nil, in)
	return string(code), err
}

// Verify compares a typed response with the right one in constant time
// (RFC 6287, section 7.1; rule A9). That a challenge is answered once, and
// that a counter moves only on success, is the caller's to keep.
func (o *OCRA) Verify(code string, in Input) (bool, error) {
	var space [2 * sha512.Size]byte
	want, err := o.Append(space[:0], in)
	if err != nil {
		return false, err
	}
	return subtle.ConstantTimeCompare([]byte(code), want) == 1, nil
}

// check reports whether an input fits the suite.
func (s *Suite) check(in *Input) error {
	switch {
	case s.counter != (in.Counter != nil):
		return misfit("counter", s.counter)
	case in.Question == "":
		return misfit("question", true)
	case (s.pin != 0) != (len(in.PINHash) > 0):
		return misfit("PIN hash", s.pin != 0)
	case (s.session != 0) != (len(in.Session) > 0):
		return misfit("session", s.session != 0)
	case (s.unit != 0) != (in.Time != nil):
		return misfit("time", s.unit != 0)
	case len(in.PINHash) != s.pin.Size():
		return &InputError{Field: "PIN hash", Err: ErrLength}
	case len(in.Session) > s.session:
		return &InputError{Field: "session", Err: ErrLength}
	}
	if err := s.checkQuestion("question", in.Question); err != nil || in.Peer == "" {
		return err
	}
	return s.checkQuestion("peer question", in.Peer)
}

// misfit returns the error for an input that is missing or unexpected.
func misfit(field string, wanted bool) error {
	if wanted {
		return &InputError{Field: field, Err: ErrMissing}
	}
	return &InputError{Field: field, Err: ErrUnexpected}
}

func (s *Suite) checkQuestion(field, text string) error {
	if len(text) < minQuestion || len(text) > s.length {
		return &InputError{Field: field, Err: ErrLength}
	}
	if !s.format.writes(text) {
		return &InputError{Field: field, Err: ErrCharacter}
	}
	return nil
}

// message is the data input of a checked input (RFC 6287, section 5.1):
// suite | 00 | C | Q | P | S | T. What the suite does not name takes no place
// (errata 4115). It is overwritten by the next.
func (o *OCRA) message(in *Input) []byte {
	msg := o.mac.msg[:o.fixed]
	if in.Counter != nil {
		msg = binary.BigEndian.AppendUint64(msg, *in.Counter)
	}
	msg = appendQuestion(msg, o.suite.format, in.Question, in.Peer)
	msg = append(msg, in.PINHash...)
	for range o.suite.session - len(in.Session) {
		msg = append(msg, 0)
	}
	msg = append(msg, in.Session...)
	if in.Time != nil {
		msg = binary.BigEndian.AppendUint64(msg, *in.Time)
	}
	return msg
}
