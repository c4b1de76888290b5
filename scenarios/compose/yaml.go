package compose

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/scenarios/syntax"
)

// literal returns the node of a text, with "${" escaped so that it is not a
// reference.
func literal(text string) *syntax.Node { return syntax.Word(escape(text)) }

func escape(text string) string { return strings.ReplaceAll(text, "${", "$${") }

// setting returns the node of a setting's value: numbers, durations and booleans
// without quotes, and a list as a list.
func setting(text string) *syntax.Node {
	if settingText().MatchString(text) {
		return syntax.Literal(text)
	}
	items := strings.Split(text, ",")
	if len(items) == 1 {
		return literal(text)
	}
	for i, item := range items {
		if items[i] = escape(strings.TrimSpace(item)); items[i] == "" {
			return literal(text) // a list with an empty item stays a text
		}
	}
	return syntax.Words(items)
}

// settingText matches a number, a boolean, or a duration.
var settingText = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(0|[1-9][0-9]{0,18}|true|false|([0-9]+(w|d|h|ms|m|s))+)$`)
})

// span returns the node of a duration, such as 1d2h or 4.999s.
func span(d time.Duration) *syntax.Node {
	if d == 0 {
		return syntax.Literal("0s")
	}
	var b strings.Builder
	if d < 0 {
		b.WriteByte('-')
		d = -d
	}
	for _, u := range []struct {
		unit time.Duration
		name string
	}{{authn.Day, "d"}, {time.Hour, "h"}, {time.Minute, "m"}} {
		if n := d / u.unit; n > 0 {
			fmt.Fprintf(&b, "%d%s", n, u.name)
			d -= n * u.unit
		}
	}
	switch {
	case d == 0:
	case d < time.Second && d%time.Millisecond == 0 && b.Len() == 0:
		fmt.Fprintf(&b, "%dms", d/time.Millisecond)
	default:
		seconds := strconv.FormatInt(int64(d/time.Second), 10)
		if rest := d % time.Second; rest > 0 {
			seconds += strings.TrimRight(fmt.Sprintf(".%09d", rest), "0")
		}
		b.WriteString(seconds + "s")
	}
	return syntax.Literal(b.String())
}

// instant returns the node of a time.
func instant(t time.Time) *syntax.Node { return syntax.Literal(t.UTC().Format(time.RFC3339Nano)) }

// pair returns a key with its value.
func pair(key string, value *syntax.Node) syntax.Pair { return syntax.Pair{Key: key, Value: value} }
