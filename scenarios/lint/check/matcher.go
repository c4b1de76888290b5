package check

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/offauth/offauth/authn/verb"
	"github.com/offauth/offauth/scenarios/lint/resolve"
	"github.com/offauth/offauth/scenarios/lint/shape"
	"github.com/offauth/offauth/scenarios/spelling"
	"github.com/offauth/offauth/scenarios/state"
	"github.com/offauth/offauth/scenarios/story"
	"github.com/offauth/offauth/scenarios/syntax"
	"github.com/offauth/offauth/scenarios/value"
)

// Against describes the value that a matcher is compared with: its name in messages
// and its kind.
type Against struct {
	Label string
	Kind  state.Kind
}

// Matcher checks a matcher: a value, a list of matchers, or a mapping of operators.
// A mapping without operators matches fields of a mapping, so it is a mistake if the
// value is not a mapping.
func (l *values) Matcher(n *syntax.Node, s *resolve.Scope, a Against) {
	switch n.Kind {
	case syntax.Map:
		l.matcherMap(n, s, a)
	case syntax.List:
		item := Against{"an item of " + a.Label, state.Any}
		switch a.Kind {
		case state.List:
			item.Kind = state.Text
		case state.Any:
		default:
			l.Foundf(n.Pos, "OA202", "write one_of: [A, B] for one of several", "%s must be %s, got a list", a.Label,
				kindWords[a.Kind])
			return
		}
		for _, v := range n.Items {
			l.Matcher(v, s, item)
		}
	default:
		l.checkEqual(n, s, a)
	}
}

// matcherMap checks a mapping of operators or fields.
func (l *values) matcherMap(n *syntax.Node, s *resolve.Scope, a Against) {
	some := slices.ContainsFunc(n.Pairs, func(p syntax.Pair) bool { return slices.Contains(story.Operators, p.Key) })
	if !some && a.Kind == state.Any &&
		!slices.ContainsFunc(n.Pairs, func(p syntax.Pair) bool { return slipOfOperator(p.Key) }) {
		for _, p := range n.Pairs {
			l.Matcher(p.Value, s, Against{p.Key, state.Any})
		}
		return
	}
	if len(n.Pairs) == 0 {
		l.Foundf(n.Pos, "OA201", "write a value, or an operator such as {ge: 1}", "%s must be %s, got an empty mapping",
			a.Label, kindWords[a.Kind])
	}
	for _, p := range n.Pairs {
		if slices.Contains(story.Operators, p.Key) {
			l.operator(p, s, a)
		} else {
			l.Foundf(p.At, "OA101", spelling.Suggest(p.Key, story.Operators), "unknown operator %q", p.Key)
		}
	}
}

// slipOfOperator reports whether a key is an operator with one typing error.
func slipOfOperator(key string) bool {
	return slices.ContainsFunc(story.Operators, func(name string) bool {
		return len(key) > 2 && spelling.Distance(strings.ToLower(key), name) <= 1
	})
}

// checkEqual checks that a value has the kind of the value that it must equal.
func (l *values) checkEqual(n *syntax.Node, s *resolve.Scope, a Against) {
	known := l.Refs(n, s)
	if len(known) == 0 {
		l.CheckReference(n, s, a)
	}
	for _, v := range known {
		l.checkLiteral(v, s, a)
	}
}

// CheckReference checks the kind of a reference whose value is only known in play.
func (l *values) CheckReference(n *syntax.Node, s *resolve.Scope, a Against) {
	if kind := l.TextKind(n, s); neverEqual(kind, a.Kind) {
		l.Foundf(n.Pos, "OA202", "", "%s must be %s, and %s gives %s", a.Label, kindWords[a.Kind], n.Text, kindWords[kind])
	}
}

// checkLiteral checks one value that is known before play.
func (l *values) checkLiteral(n *syntax.Node, s *resolve.Scope, a Against) {
	switch {
	case n.Kind == syntax.Float:
		l.RefsIn(n, s)
	case n.Kind == syntax.Null && a.Kind != state.Any:
		l.Foundf(n.Pos, "OA202", "what is not there is {absent: true}", "%s is never nothing", a.Label)
	case n.Kind == syntax.Map || n.Kind == syntax.List: // a row's value
		if l.Size(n) <= value.MaxSize {
			l.Matcher(n, s, a)
		}
	case a.Kind == state.List:
		l.Foundf(n.Pos, "OA202", fmt.Sprintf("write {contains: %s}, or a list", n.Text), "%s must be a list, got %s", a.Label,
			resolve.Say(n))
	case a.Kind != state.Any && a.Kind != state.Scalar:
		l.Value(a.Label, shape.Field{Kind: fieldKinds[a.Kind]}, n)
	}
}

// operator checks one operator with its operand.
func (l *values) operator(p syntax.Pair, s *resolve.Scope, a Against) {
	v := p.Value
	l.checkOperator(p, a)
	switch p.Key {
	case "matches":
		l.pattern(v, s)
	case "gt", "ge", "lt", "le":
		l.ordered(p.Key, v, s, a)
	case "between":
		l.between(v, s, a)
	case "one_of", "all", "any":
		if v.Kind == syntax.Text && strings.Contains(v.Text, "${") {
			l.RefsIn(v, s)
			return
		}
		if v.Kind != syntax.List || len(v.Items) == 0 {
			l.Foundf(v.Pos, "OA201", "write "+p.Key+": [A, B]", "%s must be a list, got %s", p.Key, resolve.Say(v))
			return
		}
		for _, item := range v.Items {
			l.Matcher(item, s, a)
		}
	case "len":
		l.Matcher(v, s, Against{"len", state.Int})
	case "absent":
		l.Typed("absent", shape.Field{Kind: shape.BoolKind}, v, s)
	case "contains":
		item := Against{"contains", state.Text}
		if a.Kind == state.Any {
			item.Kind = state.Any
		}
		l.Matcher(v, s, item)
	case "exactly":
		l.RefsIn(v, s)
	default: // not, eq, ne
		l.Matcher(v, s, a)
	}
}

// checkOperator reports an operator that does not apply to the kind of value.
func (l *values) checkOperator(p syntax.Pair, a Against) {
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
	if a.Kind != state.Any && a.Kind != state.Scalar && !slices.Contains(kinds, a.Kind) {
		l.Foundf(p.At, "OA202", "", "%s is %s, which has no %s", a.Label, kindWords[a.Kind], p.Key)
	}
}

// pattern checks a regular expression.
func (l *values) pattern(v *syntax.Node, s *resolve.Scope) {
	for _, known := range l.Refs(v, s) {
		if !l.Text("matches", known) {
			continue
		}
		if _, err := regexp.Compile(known.Text); err != nil {
			l.Foundf(known.Pos, "OA208", "RE2, as in https://github.com/google/re2/wiki/Syntax", "%s", plainRegexp(err))
		}
	}
}

// ordered checks the operand of a comparison, and returns it if it is known.
func (l *values) ordered(label string, v *syntax.Node, s *resolve.Scope, a Against) *syntax.Node {
	nodes := l.Refs(v, s)
	for _, known := range nodes {
		if resolve.OrderedKind(known) == state.Any {
			l.Foundf(known.Pos, "OA202", "", "%s compares numbers, durations and instants, got %s", label, resolve.Say(known))
		} else if a.Kind == state.Int || a.Kind == state.Span || a.Kind == state.Instant {
			l.Value(a.Label, shape.Field{Kind: fieldKinds[a.Kind]}, known)
		}
	}
	if len(nodes) == 1 {
		return nodes[0]
	}
	return nil
}

// between checks two bounds; the first must not be greater than the second.
func (l *values) between(v *syntax.Node, s *resolve.Scope, a Against) {
	if v.Kind == syntax.Text && strings.Contains(v.Text, "${") {
		l.RefsIn(v, s)
		return
	}
	if v.Kind != syntax.List || len(v.Items) != 2 {
		l.Foundf(v.Pos, "OA201", "write between: [LOW, HIGH]", "between must be a list of two, got %s", resolve.Say(v))
		return
	}
	low, high := l.ordered("between", v.Items[0], s, a), l.ordered("between", v.Items[1], s, a)
	if low != nil && high != nil && above(low, high) {
		l.Foundf(v.Pos, "OA203", fmt.Sprintf("write between: [%s, %s]", high.Text, low.Text),
			"nothing lies between %s and %s: the first is the higher", low.Text, high.Text)
	}
}

// above reports whether a is greater than b.
func above(a, b *syntax.Node) bool {
	if x, ok := resolve.Integer(a); ok {
		y, ok := resolve.Integer(b)
		return ok && x > y
	}
	if x, ok := resolve.Duration(a); ok {
		y, ok := resolve.Duration(b)
		return ok && x > y
	}
	x, ok := resolve.Instant(a)
	y, same := resolve.Instant(b)
	return ok && same && x.After(y)
}

func plainRegexp(err error) string {
	return "bad regular expression: " + regexp.MustCompile(`^error parsing regexp: `).ReplaceAllString(err.Error(), "")
}

// wholeNumber returns the help for a value that should be a whole number.
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

// kindWords has the words for kinds of values in messages, fieldKinds the
// corresponding kinds of the table of keys.
var (
	kindWords = map[state.Kind]string{
		state.Any: "a value", state.Scalar: "one value", state.Bool: "true or false", state.Int: "a whole number",
		state.Text: "a text",
		state.Span: "a duration", state.Instant: "an instant", state.List: "a list",
	}
	fieldKinds = map[state.Kind]shape.Kind{
		state.Bool: shape.BoolKind, state.Int: shape.IntKind, state.Text: shape.TextKind, state.Span: shape.DurationKind,
		state.Instant: shape.InstantKind,
	}
)

// neverEqual reports whether values of two kinds can never be equal. A text may be a
// duration or an instant.
func neverEqual(want, got state.Kind) bool {
	if want == got || want == state.Any || got == state.Any {
		return false
	}
	if want == state.Scalar || got == state.Scalar {
		return want == state.List || got == state.List
	}
	read := func(text, as state.Kind) bool { return text == state.Text && (as == state.Span || as == state.Instant) }
	return !read(want, got) && !read(got, want)
}

// Typed checks a value that may be a reference, and each value that the reference may
// have. It returns the value with the field's kind.
func (l *values) Typed(label string, f shape.Field, n *syntax.Node, s *resolve.Scope) story.Value {
	known := l.Refs(n, s)
	for kind, is := range fieldKinds {
		if len(known) == 0 && is == f.Kind {
			l.CheckReference(n, s, Against{label, kind})
		}
	}
	for _, v := range known {
		l.Value(label, f, v)
	}
	return story.Compile(argKinds[f.Kind], n)
}

// argKinds maps kinds of fields to kinds of arguments; all others are texts.
var argKinds = map[shape.Kind]verb.ArgKind{shape.BoolKind: verb.Flag, shape.IntKind: verb.Number,
	shape.DurationKind: verb.Span, shape.InstantKind: verb.Instant}
