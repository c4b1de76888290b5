package cli

import (
	"fmt"
	"strings"
	"time"

	"github.com/offauth/offauth/authn"
)

// parseSpan reads a span of time as it is typed.
func parseSpan(text string) (time.Duration, error) {
	d, err := authn.ParseSpan(text)
	if err != nil {
		return 0, usage([]string{"write it like 90s, 5m, 12h, 31d or 1w2d3h"}, "%q is no span of time", text)
	}
	return d, nil
}

// spanText writes a span as a person says it, in its two largest units.
func spanText(d time.Duration) string {
	if d < 0 {
		return "-" + spanText(-d)
	}
	units := []struct {
		one  time.Duration
		name string
	}{{authn.Day, "d"}, {time.Hour, "h"}, {time.Minute, "m"}, {time.Second, "s"}}
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
