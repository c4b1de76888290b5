package authn

import (
	"errors"
	"strconv"
	"strings"
	"time"
)

// Day and Week are fixed spans: no rule depends on daylight saving time.
const (
	Day  = 24 * time.Hour
	Week = 7 * Day
)

// Counted returns a number with its noun in the singular or the plural: "1
// day", "2 days", "3 wrong tries".
func Counted[N int | int64 | uint64](n N, noun string) string {
	if n != 1 {
		if stem, ok := strings.CutSuffix(noun, "y"); ok && !strings.HasSuffix(stem, "a") {
			noun = stem + "ie"
		}
		noun += "s"
	}
	return strconv.FormatInt(int64(n), 10) + " " + noun
}

// MaxSpan is the longest accepted span: 200 years.
const MaxSpan = 200 * 365 * Day

// ErrBadSpan is the error for a text that is not a span of time.
var ErrBadSpan = errors.New("no span of time")

// ErrLongSpan is the error for a span of time above MaxSpan.
var ErrLongSpan = errors.New("longer than 200 years, the longest span of time that is taken")

// ParseSpan parses a span of time: Go's durations with leading weeks and days,
// such as "31d", "1w2d3h4m5s" or "500ms", with a minus in front if negative. A
// number without a unit is an error, except 0. The error is ErrBadSpan or
// ErrLongSpan.
func ParseSpan(text string) (time.Duration, error) {
	rest, negative := strings.CutPrefix(text, "-")
	if rest == "" {
		return 0, ErrBadSpan
	}
	var sum time.Duration
	for {
		number, unit, behind, ok := daysOrWeeks(rest)
		if !ok {
			break
		}
		n, err := strconv.ParseInt(number, 10, 64)
		if err != nil || n > int64(MaxSpan/unit) || sum > MaxSpan-time.Duration(n)*unit {
			return 0, ErrLongSpan // a valid number that is too long for an int64
		}
		sum += time.Duration(n) * unit
		rest = behind
	}
	if rest != "" {
		if strings.HasPrefix(rest, "-") || strings.HasPrefix(rest, "+") {
			return 0, ErrBadSpan
		}
		d, err := time.ParseDuration(rest)
		switch {
		case err != nil && overflows(rest):
			return 0, ErrLongSpan
		case err != nil:
			return 0, ErrBadSpan
		case d > MaxSpan-sum:
			return 0, ErrLongSpan
		}
		sum += d
	}
	if negative {
		sum = -sum
	}
	return sum, nil
}

// overflows reports whether a text that time.ParseDuration refuses has the form
// of a span, with a number that is too large. It is a valid span if each number
// is cut to one digit.
func overflows(text string) bool {
	var short strings.Builder
	was := false
	for _, r := range text {
		digit := r >= '0' && r <= '9'
		if !digit || !was {
			short.WriteRune(r)
		}
		was = digit
	}
	_, err := time.ParseDuration(short.String())
	return err == nil
}

// daysOrWeeks splits a leading number of days or weeks off a text.
func daysOrWeeks(text string) (number string, unit time.Duration, rest string, ok bool) {
	digits := len(text) - len(strings.TrimLeft(text, "0123456789"))
	if digits == 0 || digits == len(text) {
		return "", 0, text, false
	}
	switch text[digits] {
	case 'd':
		unit = Day
	case 'w':
		unit = Week
	default:
		return "", 0, text, false
	}
	return text[:digits], unit, text[digits+1:], true
}

// SpanText returns a span in its two largest units, for people.
func SpanText(d time.Duration) string {
	if d < 0 {
		return "-" + SpanText(-d)
	}
	units := []struct {
		one  time.Duration
		name string
	}{{Day, "d"}, {time.Hour, "h"}, {time.Minute, "m"}, {time.Second, "s"}}
	var parts []string
	for _, u := range units {
		if n := d / u.one; n > 0 {
			parts = append(parts, strconv.FormatInt(int64(n), 10)+u.name)
			d -= n * u.one
		}
		if len(parts) == 2 {
			break
		}
	}
	switch {
	case len(parts) > 0:
		return strings.Join(parts, " ")
	case d > 0:
		return d.String()
	}
	return "0s"
}
