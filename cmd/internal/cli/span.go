package cli

import (
	"errors"
	"time"

	"github.com/offauth/offauth/authn"
)

// parseSpan reads a span of time as it is typed.
func parseSpan(text string) (time.Duration, error) {
	d, err := authn.ParseSpan(text)
	if errors.Is(err, authn.ErrLongSpan) {
		return 0, usage(nil, "%s is %s", text, err)
	}
	if err != nil {
		return 0, usage([]string{"write it like 90s, 5m, 12h, 31d or 1w2d3h"}, "%q is no span of time", text)
	}
	return d, nil
}

// spanText writes a span as a person says it, in its two largest units.
func spanText(d time.Duration) string { return authn.SpanText(d) }
