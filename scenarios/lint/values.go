package lint

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/scenarios/syntax"
)

var slug = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[a-z0-9][a-z0-9-]*$`) })

// say says what a node is, for a message.
func say(n *syntax.Node) string {
	switch n.Kind {
	case syntax.Null:
		return "nothing"
	case syntax.Bool:
		return "the boolean " + n.Text
	case syntax.Int, syntax.Float:
		return "the number " + n.Text
	case syntax.Text:
		if len([]rune(n.Text)) > 40 {
			return "a text"
		}
		return fmt.Sprintf("the text %q", n.Text)
	case syntax.Map:
		return "a mapping"
	}
	return "a list"
}

// values judges values and matchers.
type values struct{ references }

// value judges a value of a simple kind that stands there itself, with no
// reference in it.
func (l *values) value(label string, f field, n *syntax.Node) {
	wrong := func(want, help string) { l.found(n.Pos, "OA202", help, "%s must be %s, got %s", label, want, say(n)) }
	switch f.kind {
	case kText, kGolden, kActorName, kRule:
		l.text(label, n)
	case kSlug:
		if l.text(label, n) && !slug().MatchString(n.Text) {
			wrong("lower-case letters, digits and -", "such as pins-run-out")
		}
	case kBool, kTrue:
		if n.Kind != syntax.Bool {
			wrong("true or false", truth(n))
		} else if f.kind == kTrue && n.Text != "true" {
			l.found(n.Pos, "OA203", "leave it out", "%s can only be true", label)
		}
	case kInt:
		if _, ok := integer(n); !ok {
			wrong("a whole number", wholeNumber(n))
		}
	case kDuration:
		if _, ok := duration(n); !ok {
			help := "write 500ms, 5s, 1h30m or 1w2d"
			if n.Kind == syntax.Int {
				help = fmt.Sprintf("a bare number has no unit: write %ss, %sm or %sd", n.Text, n.Text, n.Text)
			}
			wrong("a duration", help)
		}
	case kInstant:
		if _, ok := instant(n); !ok {
			wrong("an instant", "RFC 3339 with an offset, such as 2026-03-02T08:00:00Z")
		}
	case kChoice:
		l.choice(label, f.choice, n)
	}
}

// text wants a text; digits that are none get the advice to quote them.
func (l *values) text(label string, n *syntax.Node) bool {
	switch n.Kind {
	case syntax.Text:
		return true
	case syntax.Int, syntax.Float:
		l.found(n.Pos, "OA202", fmt.Sprintf("quote it, so that no digit is lost: %q", n.Text), "%s must be a text, got the number %s", label, n.Text)
	case syntax.Bool:
		help := fmt.Sprintf("quote it: %q", n.Text)
		if label == "skip" {
			help = "say why, as in skip: waits for the new server"
		}
		l.found(n.Pos, "OA202", help, "%s must be a text, got %s", label, say(n))
	default:
		l.found(n.Pos, "OA202", "", "%s must be a text, got %s", label, say(n))
	}
	return false
}

// choice wants one of some words.
func (l *values) choice(label string, words []string, n *syntax.Node) {
	for _, w := range words {
		if (n.Kind == syntax.Text || n.Kind == syntax.Bool) && n.Text == w {
			return
		}
	}
	if n.Kind == syntax.Map || n.Kind == syntax.List || n.Kind == syntax.Null {
		l.found(n.Pos, "OA202", oneOf(words), "%s must be a word, got %s", label, say(n))
		return
	}
	l.found(n.Pos, "OA307", suggest(n.Text, words), "%s cannot be %q", label, n.Text)
}

// integer reads a whole number as it is written in tens, without zeros in
// front.
func integer(n *syntax.Node) (int64, bool) {
	if n == nil || n.Kind != syntax.Int {
		return 0, false
	}
	digits := strings.TrimLeft(n.Text, "+-")
	if len(digits) > 1 && digits[0] == '0' {
		return 0, false
	}
	v, err := strconv.ParseInt(n.Text, 10, 64)
	return v, err == nil
}

// duration reads a span of time; 0 needs no unit.
func duration(n *syntax.Node) (time.Duration, bool) {
	if n == nil || n.Kind != syntax.Text && n.Text != "0" {
		return 0, false
	}
	d, err := authn.ParseSpan(n.Text)
	return d, err == nil
}

// instant reads RFC 3339.
func instant(n *syntax.Node) (time.Time, bool) {
	if n == nil || n.Kind != syntax.Text {
		return time.Time{}, false
	}
	at, err := time.Parse(time.RFC3339Nano, n.Text)
	return at, err == nil && at.Year() > 1 && at.Year() < 9000
}

// count wants a whole number that is not below least.
func (l *values) count(label string, n *syntax.Node, least int64) int {
	v, ok := integer(n)
	if !ok {
		l.value(label, field{kind: kInt}, n)
		return 0
	}
	if v < least || v > math.MaxInt32 {
		l.found(n.Pos, "OA202", "", "%s must be at least %d, got the number %s", label, least, n.Text)
		return 0
	}
	return int(v)
}

// truth returns advice on a word that older YAML took for a boolean.
func truth(n *syntax.Node) string {
	if n.Kind != syntax.Text {
		return ""
	}
	switch strings.ToLower(n.Text) {
	case "yes", "on", "y", "true":
		return "write true"
	case "no", "off", "n", "false":
		return "write false"
	}
	return ""
}
