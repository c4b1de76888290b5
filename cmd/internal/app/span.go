package app

import (
	"errors"
	"time"

	"github.com/offauth/offauth/authn"
)

// ParseSpan reads a span of time as it is typed.
func ParseSpan(text string) (time.Duration, error) {
	d, err := authn.ParseSpan(text)
	if errors.Is(err, authn.ErrLongSpan) {
		return 0, Usage(nil, "%s is %s", text, err)
	}
	if err != nil {
		return 0, Usage([]string{"write it like 90s, 5m, 12h, 31d or 1w2d3h"}, "%q is no span of time", text)
	}
	return d, nil
}

// SpanText writes a span as a person says it, in its two largest units.
func SpanText(d time.Duration) string { return authn.SpanText(d) }

// Instant reads a time of RFC 3339.
func Instant(text string) (time.Time, error) {
	t, err := time.Parse(time.RFC3339Nano, text)
	if err != nil || !authn.CheckTime(t) {
		return t, Usage([]string{"write it like 2032-03-01T08:00:00Z or 2032-03-01T08:00:00+01:00"}, "%q is no time that the simulation can take", text)
	}
	return t, nil
}

// SinceOf reads an instant, or a span before now.
func SinceOf(text string, now time.Time) (time.Time, error) {
	if span, err := ParseSpan(text); err == nil && span >= 0 {
		return now.Add(-span), nil
	}
	return Instant(text)
}
