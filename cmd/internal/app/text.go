package app

import (
	"cmp"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/offauth/offauth/authn"
)

// Indent indents each line by two spaces.
func Indent(lines []string) []string {
	out := make([]string, len(lines))
	for i, l := range lines {
		out[i] = "  " + l
	}
	return out
}

// Bullets returns the items with a dash before each.
func Bullets(items []string) []string {
	out := make([]string, len(items))
	for i, item := range items {
		out[i] = "- " + item
	}
	return out
}

// Yes returns "yes" or "-".
func Yes(is bool) string {
	if is {
		return "yes"
	}
	return "-"
}

// Commas returns the names with commas between them, or "-".
func Commas(names []string) string {
	return cmp.Or(strings.Join(names, ", "), "-")
}

// LowerFirst returns a text with its first letter in lower case.
func LowerFirst(s string) string {
	if s == "" {
		return s
	}
	return strings.ToLower(s[:1]) + s[1:]
}

// OneLine joins the lines of a message (a driver's, say) into one.
func OneLine(s string) string {
	return strings.Join(strings.Fields(s), " ")
}

// RuleText returns a rule on one line.
func RuleText(r authn.Rule) string { return fmt.Sprintf("%s [%s] %s", r.ID, r.Source, r.Text) }

// Beginning shortens a text to 40 characters.
func Beginning(text string) string {
	if runes := []rune(text); len(runes) > 40 {
		return string(runes[:39]) + "…"
	}
	return text
}

// Wrapped breaks a text into lines of at most width bytes.
func Wrapped(text string, width int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && len(line)+1+len(word) > width {
			lines, line = append(lines, line), ""
		}
		line = strings.TrimPrefix(line+" "+word, " ")
	}
	return append(lines, line)
}

// ParseSpan parses a span of time as users type it.
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

// SpanText returns a span in its two largest units.
func SpanText(d time.Duration) string { return authn.SpanText(d) }

// Instant parses a time in RFC 3339.
func Instant(text string) (time.Time, error) {
	t, err := time.Parse(time.RFC3339Nano, text)
	if err != nil || !authn.CheckTime(t) {
		return t, Usage([]string{"write it like 2032-03-01T08:00:00Z or 2032-03-01T08:00:00+01:00"},
			"%q is no time that the simulation can take", text)
	}
	return t, nil
}

// SinceOf parses an instant, or a span before now.
func SinceOf(text string, now time.Time) (time.Time, error) {
	if span, err := ParseSpan(text); err == nil && span >= 0 {
		return now.Add(-span), nil
	}
	return Instant(text)
}
