package cli

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

const (
	day  = 24 * time.Hour
	week = 7 * day
)

// daysOrWeeks cuts a number of days or weeks off the front of a text.
func daysOrWeeks(text string) (number string, unit time.Duration, rest string, ok bool) {
	digits := len(text) - len(strings.TrimLeft(text, "0123456789"))
	if digits == 0 || digits == len(text) {
		return "", 0, text, false
	}
	switch text[digits] {
	case 'd':
		unit = day
	case 'w':
		unit = week
	default:
		return "", 0, text, false
	}
	return text[:digits], unit, text[digits+1:], true
}

// parseSpan reads a span of time: Go's durations with w and d in front of
// them, such as "31d", "1w2d3h4m5s" or "500ms".
func parseSpan(text string) (time.Duration, error) {
	bad := usage([]string{"write it like 90s, 5m, 12h, 31d or 1w2d3h"}, "%q is no span of time", text)
	rest, negative := strings.CutPrefix(text, "-")
	if rest == "" {
		return 0, bad
	}
	var sum time.Duration
	for {
		number, unit, behind, ok := daysOrWeeks(rest)
		if !ok {
			break
		}
		n, err := strconv.ParseInt(number, 10, 32)
		if err != nil {
			return 0, bad
		}
		// 584 years are more than a Duration holds; a sum that wraps is caught below.
		if n > int64(maxSpan/unit) || sum > maxSpan-time.Duration(n)*unit {
			return 0, bad
		}
		sum += time.Duration(n) * unit
		rest = behind
	}
	if rest != "" {
		if strings.HasPrefix(rest, "-") || strings.HasPrefix(rest, "+") {
			return 0, bad
		}
		d, err := time.ParseDuration(rest)
		if err != nil || d > maxSpan-sum {
			return 0, bad
		}
		sum += d
	}
	if negative {
		sum = -sum
	}
	return sum, nil
}

// maxSpan is the longest span that is taken: 200 years.
const maxSpan = 200 * 365 * day

// spanText writes a span as a person says it, in its two largest units.
func spanText(d time.Duration) string {
	if d < 0 {
		return "-" + spanText(-d)
	}
	units := []struct {
		one  time.Duration
		name string
	}{{day, "d"}, {time.Hour, "h"}, {time.Minute, "m"}, {time.Second, "s"}}
	var parts []string
	for _, u := range units {
		if n := d / u.one; n > 0 {
			parts = append(parts, fmt.Sprintf("%d%s", n, u.name))
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
