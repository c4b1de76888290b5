package lint

import (
	"regexp"
	"slices"

	"github.com/offauth/offauth/scenarios/syntax"
)

// matcher judges a matcher: a value, or a mapping of operators. A mapping
// without operators matches a part of a mapping.
func (l *loader) matcher(n *syntax.Node, s *scope) {
	if n.Kind != syntax.Map {
		l.refsIn(n, s)
		return
	}
	some, all := false, true
	for _, p := range n.Pairs {
		is := slices.Contains(operators, p.Key)
		some, all = some || is, all && is
	}
	if some && !all {
		for _, p := range n.Pairs {
			if !slices.Contains(operators, p.Key) {
				l.found(p.At, "OA101", suggest(p.Key, operators), "unknown operator %q", p.Key)
			}
		}
	}
	if !some && len(n.Pairs) == 1 && nearest(n.Pairs[0].Key, operators) != "" && len(n.Pairs[0].Key) > 3 {
		l.found(n.Pairs[0].At, "OA101", suggest(n.Pairs[0].Key, operators), "unknown operator %q", n.Pairs[0].Key)
		return
	}
	for _, p := range n.Pairs {
		if !some {
			l.matcher(p.Value, s)
			continue
		}
		l.operator(p, s)
	}
}

// operator judges one operator with its operand.
func (l *loader) operator(p syntax.Pair, s *scope) {
	v := p.Value
	switch p.Key {
	case "matches":
		for _, known := range l.refs(v, s) {
			if !l.text("matches", known) {
				continue
			}
			if _, err := regexp.Compile(known.Text); err != nil {
				l.found(known.Pos, "OA208", "RE2, as in https://github.com/google/re2/wiki/Syntax", "%s", plainRegexp(err))
			}
		}
	case "gt", "ge", "lt", "le":
		for _, known := range l.refs(v, s) {
			if _, ok := integer(known); ok {
				continue
			}
			if _, ok := duration(known); ok {
				continue
			}
			if _, ok := instant(known); !ok {
				l.found(known.Pos, "OA202", "", "%s compares numbers, durations and instants, got %s", p.Key, say(known))
			}
		}
	case "between":
		if v.Kind != syntax.List || len(v.Items) != 2 {
			l.found(v.Pos, "OA201", "write between: [LOW, HIGH]", "between must be a list of two, got %s", say(v))
			return
		}
		l.refsIn(v, s)
	case "one_of", "all", "any":
		if v.Kind != syntax.List || len(v.Items) == 0 {
			l.found(v.Pos, "OA201", "write "+p.Key+": [A, B]", "%s must be a list, got %s", p.Key, say(v))
			return
		}
		for _, item := range v.Items {
			l.matcher(item, s)
		}
	case "len":
		if v.Kind == syntax.Map {
			l.matcher(v, s)
			return
		}
		for _, known := range l.refs(v, s) {
			l.count("len", known, 0)
		}
	case "absent":
		l.typed("absent", field{kind: kBool}, v, s)
	case "not", "contains":
		l.matcher(v, s)
	default: // eq, ne, exactly: plain values
		l.refsIn(v, s)
	}
}

func plainRegexp(err error) string {
	return "bad regular expression: " + regexp.MustCompile(`^error parsing regexp: `).ReplaceAllString(err.Error(), "")
}
