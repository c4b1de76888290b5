package compose

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode"

	"github.com/offauth/offauth/authn"
)

// pair is a key of a mapping with its value, as YAML.
type pair struct{ key, value string }

// flow writes a mapping on one line. An empty one is no text at all.
func flow(pairs []pair) string {
	if len(pairs) == 0 {
		return ""
	}
	parts := make([]string, len(pairs))
	for i, p := range pairs {
		parts[i] = scalar(p.key) + ": " + p.value
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

// list writes a list on one line, of values that are YAML already.
func list(values []string) string { return "[" + strings.Join(values, ", ") + "]" }

// words writes a list of texts.
func words[S ~string](texts []S) string {
	values := make([]string, len(texts))
	for i, t := range texts {
		values[i] = scalar(string(t))
	}
	return list(values)
}

// bare is what needs no quotes anywhere: it begins with a letter, and has no
// sign that means something inside of braces.
var bare = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_./-]*( [A-Za-z0-9_./-]+)*$`) })

// scalar writes a text so that it is read as that text: what YAML would take
// for a boolean, a number or a null has quotes.
func scalar(text string) string {
	switch strings.ToLower(text) {
	case "true", "false", "yes", "no", "on", "off", "y", "n", "null":
		return `"` + text + `"`
	}
	if bare().MatchString(text) {
		return text
	}
	return quote(text)
}

// quote writes a text between quotes. What a terminal or an editor would obey
// instead of showing it is escaped; other letters stay as they are.
func quote(text string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range text {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case r == '\r':
			b.WriteString(`\r`)
		case plainRune(r):
			b.WriteRune(r)
		case r < 0x100:
			fmt.Fprintf(&b, `\x%02x`, r)
		case r < 0x10000:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			fmt.Fprintf(&b, `\U%08x`, r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// plainRune reports whether a letter may stand in a file as it is. Marks of
// direction, blanks that are none, and line ends that YAML knows and editors
// do not are no such letters.
func plainRune(r rune) bool {
	return r == ' ' || unicode.IsGraphic(r) && !unicode.Is(unicode.Zs, r) && r != 0xfeff && r != unicode.ReplacementChar
}

// literal writes a text that stands where a reference may stand: a "${" of
// its own is none.
func literal(text string) string { return scalar(escape(text)) }

func escape(text string) string { return strings.ReplaceAll(text, "${", "$${") }

// setting writes the value of a setting: numbers, durations and booleans
// bare, a list as a list.
func setting(text string) string {
	if _, err := strconv.ParseInt(text, 10, 64); err == nil && text == "0" || err == nil && text[0] >= '1' && text[0] <= '9' {
		return text
	}
	if text == "true" || text == "false" || spanText().MatchString(text) {
		return text
	}
	items := strings.Split(text, ",")
	if len(items) == 1 {
		return literal(text)
	}
	for i, item := range items {
		item = strings.TrimSpace(item)
		if item == "" {
			return literal(text) // a list with a hole is the text that was typed
		}
		items[i] = literal(item)
	}
	return list(items)
}

// spanText is a span of time as a person writes it.
var spanText = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^([0-9]+(w|d|h|ms|m|s))+$`) })

// span writes a span of time with the units that it needs, such as 1d2h or
// 4.999s.
func span(d time.Duration) string {
	if d == 0 {
		return "0s"
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
	return b.String()
}

// instant writes a time.
func instant(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }
