package lint

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/offauth/offauth/scenarios/spelling"
	"github.com/offauth/offauth/scenarios/state"
	"github.com/offauth/offauth/scenarios/syntax"
	"github.com/offauth/offauth/scenarios/value"
)

// against is what a matcher is held against: what it is called in messages,
// and the kind of value that it always has.
type against struct {
	label string
	kind  state.Kind
}

// matcher judges a matcher: a value, a list of matchers, or a mapping of
// operators. A mapping without operators matches a part of a mapping, so it is
// a mistake where the value is known to be no mapping.
func (l *values) matcher(n *syntax.Node, s *scope, a against) {
	switch n.Kind {
	case syntax.Map:
		l.matcherMap(n, s, a)
	case syntax.List:
		item := against{"an item of " + a.label, state.Any}
		switch a.kind {
		case state.List:
			item.kind = state.Text
		case state.Any:
		default:
			l.found(n.Pos, "OA202", "write one_of: [A, B] for one of several", "%s must be %s, got a list", a.label, kindWords[a.kind])
			return
		}
		for _, v := range n.Items {
			l.matcher(v, s, item)
		}
	default:
		l.wanted(n, s, a)
	}
}

// matcherMap judges a mapping of operators, or of the parts of a mapping.
func (l *values) matcherMap(n *syntax.Node, s *scope, a against) {
	some := slices.ContainsFunc(n.Pairs, func(p syntax.Pair) bool { return slices.Contains(operators, p.Key) })
	if !some && a.kind == state.Any && !slices.ContainsFunc(n.Pairs, func(p syntax.Pair) bool { return slipOfOperator(p.Key) }) {
		for _, p := range n.Pairs {
			l.matcher(p.Value, s, against{p.Key, state.Any})
		}
		return
	}
	if len(n.Pairs) == 0 {
		l.found(n.Pos, "OA201", "write a value, or an operator such as {ge: 1}", "%s must be %s, got an empty mapping", a.label, kindWords[a.kind])
	}
	for _, p := range n.Pairs {
		if slices.Contains(operators, p.Key) {
			l.operator(p, s, a)
		} else {
			l.found(p.At, "OA101", suggest(p.Key, operators), "unknown operator %q", p.Key)
		}
	}
}

// slipOfOperator reports whether a key is an operator but for one slip.
func slipOfOperator(key string) bool {
	return slices.ContainsFunc(operators, func(name string) bool {
		return len(key) > 2 && spelling.Distance(strings.ToLower(key), name) <= 1
	})
}

// wanted judges a value that must be equal: by the kind of what it is compared
// with, as nothing is equal to a value of another kind.
func (l *values) wanted(n *syntax.Node, s *scope, a against) {
	known := l.refs(n, s)
	if len(known) == 0 {
		l.gives(n, s, a)
	}
	for _, v := range known {
		l.fits(v, s, a)
	}
}

// gives judges a reference whose value is known in play alone, but not its
// kind.
func (l *values) gives(n *syntax.Node, s *scope, a against) {
	if kind := l.textKind(n, s); never(kind, a.kind) {
		l.found(n.Pos, "OA202", "", "%s must be %s, and %s gives %s", a.label, kindWords[a.kind], n.Text, kindWords[kind])
	}
}

// fits judges one value that is known.
func (l *values) fits(n *syntax.Node, s *scope, a against) {
	switch {
	case n.Kind == syntax.Float:
		l.refsIn(n, s)
	case n.Kind == syntax.Null && a.kind != state.Any:
		l.found(n.Pos, "OA202", "what is not there is {absent: true}", "%s is never nothing", a.label)
	case n.Kind == syntax.Map || n.Kind == syntax.List: // a row's value
		if l.size(n) <= value.MaxSize {
			l.matcher(n, s, a)
		}
	case a.kind == state.List:
		l.found(n.Pos, "OA202", fmt.Sprintf("write {contains: %s}, or a list", n.Text), "%s must be a list, got %s", a.label, say(n))
	case a.kind != state.Any && a.kind != state.Scalar:
		l.value(a.label, field{kind: fieldKinds[a.kind]}, n)
	}
}

// operator judges one operator with its operand.
func (l *values) operator(p syntax.Pair, s *scope, a against) {
	v := p.Value
	l.applies(p, a)
	switch p.Key {
	case "matches":
		l.pattern(v, s)
	case "gt", "ge", "lt", "le":
		l.ordered(p.Key, v, s, a)
	case "between":
		l.between(v, s, a)
	case "one_of", "all", "any":
		if v.Kind == syntax.Text && strings.Contains(v.Text, "${") {
			l.refsIn(v, s)
			return
		}
		if v.Kind != syntax.List || len(v.Items) == 0 {
			l.found(v.Pos, "OA201", "write "+p.Key+": [A, B]", "%s must be a list, got %s", p.Key, say(v))
			return
		}
		for _, item := range v.Items {
			l.matcher(item, s, a)
		}
	case "len":
		l.matcher(v, s, against{"len", state.Int})
	case "absent":
		l.typed("absent", field{kind: kBool}, v, s)
	case "contains":
		item := against{"contains", state.Text}
		if a.kind == state.Any {
			item.kind = state.Any
		}
		l.matcher(v, s, item)
	case "exactly":
		l.refsIn(v, s)
	default: // not, eq, ne
		l.matcher(v, s, a)
	}
}

// applies finds an operator that cannot be asked of a kind of value.
func (l *values) applies(p syntax.Pair, a against) {
	var kinds []state.Kind
	switch p.Key {
	case "gt", "ge", "lt", "le", "between":
		kinds = []state.Kind{state.Int, state.Span, state.Instant}
	case "matches":
		kinds = []state.Kind{state.Text}
	case "len", "contains":
		kinds = []state.Kind{state.Text, state.List}
	case "exactly":
	default:
		return
	}
	if a.kind != state.Any && a.kind != state.Scalar && !slices.Contains(kinds, a.kind) {
		l.found(p.At, "OA202", "", "%s is %s, which has no %s", a.label, kindWords[a.kind], p.Key)
	}
}

// pattern judges a regular expression.
func (l *values) pattern(v *syntax.Node, s *scope) {
	for _, known := range l.refs(v, s) {
		if !l.text("matches", known) {
			continue
		}
		if _, err := regexp.Compile(known.Text); err != nil {
			l.found(known.Pos, "OA208", "RE2, as in https://github.com/google/re2/wiki/Syntax", "%s", plainRegexp(err))
		}
	}
}

// ordered judges what a value is compared with, and gives it where it is known.
func (l *values) ordered(label string, v *syntax.Node, s *scope, a against) *syntax.Node {
	nodes := l.refs(v, s)
	for _, known := range nodes {
		if orderedKind(known) == state.Any {
			l.found(known.Pos, "OA202", "", "%s compares numbers, durations and instants, got %s", label, say(known))
		} else if a.kind == state.Int || a.kind == state.Span || a.kind == state.Instant {
			l.value(a.label, field{kind: fieldKinds[a.kind]}, known)
		}
	}
	if len(nodes) == 1 {
		return nodes[0]
	}
	return nil
}

// orderedKind returns the kind of a value that has an order, or Any.
func orderedKind(n *syntax.Node) state.Kind {
	if _, ok := integer(n); ok {
		return state.Int
	}
	if _, ok := duration(n); ok {
		return state.Span
	}
	if _, ok := instant(n); ok {
		return state.Instant
	}
	return state.Any
}

// between judges two ends, of which the first must not lie above the second.
func (l *values) between(v *syntax.Node, s *scope, a against) {
	if v.Kind == syntax.Text && strings.Contains(v.Text, "${") {
		l.refsIn(v, s)
		return
	}
	if v.Kind != syntax.List || len(v.Items) != 2 {
		l.found(v.Pos, "OA201", "write between: [LOW, HIGH]", "between must be a list of two, got %s", say(v))
		return
	}
	low, high := l.ordered("between", v.Items[0], s, a), l.ordered("between", v.Items[1], s, a)
	if low != nil && high != nil && above(low, high) {
		l.found(v.Pos, "OA203", fmt.Sprintf("write between: [%s, %s]", high.Text, low.Text), "nothing lies between %s and %s: the first is the higher", low.Text, high.Text)
	}
}

// above reports whether one value of an order is higher than another.
func above(a, b *syntax.Node) bool {
	if x, ok := integer(a); ok {
		y, ok := integer(b)
		return ok && x > y
	}
	if x, ok := duration(a); ok {
		y, ok := duration(b)
		return ok && x > y
	}
	x, ok := instant(a)
	y, same := instant(b)
	return ok && same && x.After(y)
}

func plainRegexp(err error) string {
	return "bad regular expression: " + regexp.MustCompile(`^error parsing regexp: `).ReplaceAllString(err.Error(), "")
}

// wholeNumber returns advice on what was to be a whole number and is none.
func wholeNumber(n *syntax.Node) string {
	if n.Kind == syntax.Text {
		if _, err := strconv.ParseInt(n.Text, 10, 64); err == nil {
			return "write " + n.Text + ", without quotes"
		}
		return ""
	}
	if n.Kind != syntax.Int && n.Kind != syntax.Float {
		return ""
	}
	digits := strings.TrimLeft(n.Text, "+-")
	_, err := strconv.ParseInt(digits, 10, 64)
	switch {
	case err == nil && digits[0] == '0':
		return "write it in tens without zeros in front: " + strings.TrimLeft(digits, "0")
	case strings.HasPrefix(n.Text, "0"):
		return "write it in tens: 8, not 0o10 or 0x8"
	case n.Kind == syntax.Int && !strings.Contains(n.Text, "_"):
		return "a whole number has 64 bits: at most 9223372036854775807; quote it if it is a text"
	}
	return "write its digits alone: 1000, not 1e3 or 1_000"
}
