package oath

import (
	"errors"
	"time"
)

// The defaults of a validating server (rule A5).
const (
	// DefaultStep is the length of a time step (RFC 6238, section 4.1).
	DefaultStep = 30 * time.Second
	// DefaultTolerance is how many steps a code may be early or late
	// (RFC 6238, section 5.2).
	DefaultTolerance = 1
)

// What the time can be refused for. RFC 6238, section 4.
var (
	ErrStep     = errors.New("a time step is one second or more, in whole seconds")
	ErrBeforeT0 = errors.New("the time lies before the first time step")
)

// TOTP makes the codes of the time (RFC 6238): HOTP with the number of time
// steps as its counter.
type TOTP struct {
	hotp *HOTP
	step uint64 // seconds
	t0   int64  // Unix time
}

// NewTOTP counts time steps of a length from T0, a Unix time in seconds, 0 for
// the epoch (RFC 6238, section 4.1). It shares h, and so its scratch space.
func NewTOTP(h *HOTP, step time.Duration, t0 int64) (*TOTP, error) {
	if step < time.Second || step%time.Second != 0 {
		return nil, ErrStep
	}
	return &TOTP{hotp: h, step: uint64(step / time.Second), t0: t0}, nil
}

// At is the number of the step that t lies in, T in RFC 6238, section 4.2. It
// has 64 bits; steps before T0 have no number.
func (o *TOTP) At(t time.Time) (uint64, error) {
	now := t.Unix()
	if now < o.t0 {
		return 0, ErrBeforeT0
	}
	// The difference of two int64 may not fit in one, but fits in a uint64.
	return (uint64(now) - uint64(o.t0)) / o.step, nil
}

// Append appends the code of the time t to dst (RFC 6238, section 4.2).
func (o *TOTP) Append(dst []byte, t time.Time) ([]byte, error) {
	step, err := o.At(t)
	if err != nil {
		return nil, err
	}
	return o.hotp.Append(dst, step), nil
}

// Code is the code of the time t as text (RFC 6238, section 4.2).
func (o *TOTP) Code(t time.Time) (string, error) {
	step, err := o.At(t)
	if err != nil {
		return "", err
	}
	return o.hotp.Code(step), nil
}

// Verify judges a code at the time t by the rules of a validating server
// (RFC 6238, section 5.2; rules A2, A5). It may be as many steps early or late
// as tolerance says, but no step below next is accepted. On success the answer
// is the matched step + 1, which the caller must store before it tells and
// hand in next time, so that no step is accepted twice; otherwise it is next,
// unchanged. Before T0 nothing is accepted.
//
// The time that it takes depends on how many steps there are to try, which the
// clock and next say, and not on which of them matches (rule A9).
func (o *TOTP) Verify(code string, t time.Time, next, tolerance uint64) (newNext uint64, ok bool) {
	now, err := o.At(t)
	if err != nil {
		return next, false
	}
	from := next
	if now > tolerance {
		from = max(next, now-tolerance)
	}
	step, ok := o.hotp.Find(code, from, upTo(now, tolerance))
	if !ok {
		return next, false
	}
	return step + 1, true
}
