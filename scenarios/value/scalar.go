package value

import (
	"fmt"
	"strconv"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/scenarios/syntax"
)

// Literal returns the value of a scalar without references.
func Literal(n *syntax.Node) (any, error) {
	switch n.Kind {
	case syntax.Null:
		return nil, nil
	case syntax.Bool:
		return n.Text == "true", nil
	case syntax.Int:
		i, err := strconv.ParseInt(n.Text, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("%s is no whole number of 64 bits", n.Text)
		}
		return i, nil
	case syntax.Text:
		return n.Text, nil
	}
	return nil, fmt.Errorf("%s: there are no fractions in scenarios", n.Text)
}

// Span converts a value to a duration.
func Span(v any) (time.Duration, error) {
	switch v := v.(type) {
	case time.Duration:
		return v, nil
	case string:
		if d, err := authn.ParseSpan(v); err == nil {
			return d, nil
		}
		return 0, fmt.Errorf("%q is no duration, such as 5s or 31d", v)
	}
	return 0, fmt.Errorf("this must be a duration, got %s", TypeName(v))
}

// Instant converts a value to an instant.
func Instant(v any) (time.Time, error) {
	switch v := v.(type) {
	case time.Time:
		return v.UTC(), nil
	case string:
		if t, err := time.Parse(time.RFC3339Nano, v); err == nil {
			return t.UTC(), nil
		}
		return time.Time{}, fmt.Errorf("%q is no instant, such as 2026-03-02T08:00:00Z", v)
	}
	return time.Time{}, fmt.Errorf("this must be an instant, got %s", TypeName(v))
}
