// Package match compares values of the world with the matchers of a story.
package match

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/scenarios/player/eval"
	"github.com/offauth/offauth/scenarios/player/mask"
	"github.com/offauth/offauth/scenarios/story"
	"github.com/offauth/offauth/scenarios/syntax"
	"github.com/offauth/offauth/scenarios/value"
)

// The codes of misses.
const (
	CodeExpect    = "expect"    // the value differs
	CodeReference = "reference" // the matcher does not apply to the value
)

// Miss is a value that does not match, with the position of its matcher.
type Miss struct {
	At                        syntax.Pos
	Code, What, Expected, Got string
}

// Matcher compares values with matchers.
type Matcher struct {
	*eval.Eval
	*mask.Masks
	regexps map[string]*regexp.Regexp
}

// New returns a Matcher that evaluates with values and masks secrets with masks.
func New(values *eval.Eval, masks *mask.Masks) *Matcher {
	return &Matcher{values, masks, map[string]*regexp.Regexp{}}
}

// Match compares a value with a matcher, and returns the misses. A scalar or list
// must be equal in value and type, a mapping must contain the named fields, and of
// a mapping of operators all must hold. there is false for an absent value.
func (m *Matcher) Match(n *syntax.Node, got any, there bool, what string) []Miss {
	v, err := m.Shallow(n)
	if err != nil {
		return []Miss{{At: n.Pos, Code: CodeReference, What: what, Got: err.Error()}}
	}
	inner, ok := v.(*syntax.Node)
	switch {
	case !ok:
		if !there || !equal(v, got) {
			return []Miss{m.unequal(n, what, v, got, there)}
		}
		return nil
	case inner.Kind == syntax.List:
		return m.matchList(inner, got, there, what)
	case isOperators(inner):
		var all []Miss
		for _, pair := range inner.Pairs {
			all = append(all, m.operator(pair, got, there, what)...)
		}
		return all
	}
	return m.matchFields(inner, got, there, what)
}

// miss returns the Miss of a value.
func (m *Matcher) miss(n *syntax.Node, what, expected string, got any, there bool) Miss {
	f := Miss{At: n.Pos, Code: CodeExpect, What: what, Expected: expected, Got: "nothing"}
	if there {
		_, field, _ := strings.Cut(what, ": ")
		f.Got = m.Show(secretKind(what, field), got)
	}
	return f
}

// unequal returns the Miss of two values that differ. It adds their kinds if these
// differ, since the number 24 and the text 24 look the same.
func (m *Matcher) unequal(n *syntax.Node, what string, want, got any, there bool) Miss {
	f := m.miss(n, what, m.Spelled(n), got, there)
	if text, ok := want.(string); ok {
		if _, secret := got.(authn.Secret); secret { // a literal compared with a secret is secret
			f.Expected = m.Show("secret", authn.NewSecret(text))
		}
	}
	a, known := scalarKind(want)
	b, also := scalarKind(got)
	if _, err := parseAs(want, got); there && known && also && a != b && err != nil {
		f.Expected, f.Got = f.Expected+" ("+a+")", f.Got+" ("+b+")"
	}
	return f
}

// scalarKind returns the kind of a scalar; false for a mapping, list or secret.
func scalarKind(v any) (string, bool) {
	switch v.(type) {
	case bool, int64, string, time.Duration, time.Time:
		_, kind, _ := strings.Cut(value.TypeName(v), " ")
		return kind, true
	}
	return "", false
}

// parseAs converts the wanted value to the type of got, if that is a duration or
// instant.
func parseAs(want, got any) (any, error) {
	switch got.(type) {
	case time.Duration:
		return value.Span(want)
	case time.Time:
		return value.Instant(want)
	}
	return nil, fmt.Errorf("%s is not %s", value.TypeName(want), value.TypeName(got))
}

// Mistaken returns the misses that are mistakes of the story, since their matcher
// does not apply to the value. "not" does not turn them into a match.
func Mistaken(all []Miss) []Miss {
	return slices.DeleteFunc(slices.Clone(all), func(f Miss) bool { return f.Code != CodeReference })
}

// secretKind returns the kind for the name of a secret that a check shows first.
func secretKind(what, field string) string {
	if field != "" {
		what = field
	}
	return what[strings.LastIndexByte(what, '.')+1:]
}

// Spelled returns the text of a wanted value, with its reference if it is one.
func (m *Matcher) Spelled(n *syntax.Node) string {
	v, err := m.Value(n)
	if err != nil {
		return n.Text
	}
	text := m.Show("secret", v)
	if of := m.Reference(n.Text); of != "" {
		text += " (" + of + ")"
	}
	return text
}

// matchList checks that got is a list of the same length and all items match.
func (m *Matcher) matchList(n *syntax.Node, got any, there bool, what string) []Miss {
	list, ok := eval.Plain(got).([]any)
	if !there || !ok || len(list) != len(n.Items) {
		return []Miss{m.miss(n, what, m.Spelled(n), got, there)}
	}
	var all []Miss
	for i, item := range n.Items {
		all = append(all, m.Match(item, list[i], true, fmt.Sprintf("%s[%d]", what, i))...)
	}
	return all
}

// matchFields checks the named fields and ignores others.
func (m *Matcher) matchFields(n *syntax.Node, got any, there bool, what string) []Miss {
	fields, ok := got.(map[string]any)
	switch {
	case !there:
		return []Miss{m.miss(n, what, m.Spelled(n), got, there)}
	case !ok:
		f := m.miss(n, what, "a value or operators", got, there)
		f.Code, f.Got = CodeReference, fmt.Sprintf("a mapping without operators, and the value is %s, %s",
			value.TypeName(got), f.Got)
		return []Miss{f}
	}
	var all []Miss
	for _, pair := range n.Pairs {
		v, there := fields[pair.Key]
		all = append(all, m.Match(pair.Value, v, there, what+": "+pair.Key)...)
	}
	return all
}

// sameSpan reports whether two texts are equal durations.
func sameSpan(a, b string) bool {
	if a == "" || b == "" || strings.IndexByte("0123456789-", b[0]) < 0 {
		return false
	}
	x, err := authn.ParseSpan(a)
	if err != nil {
		return false
	}
	y, err := authn.ParseSpan(b)
	return err == nil && x == y
}

// equal compares a value of the file with one of the world. If got is a duration,
// instant or secret, a text of the file is converted to that. Otherwise the types
// must be equal: "6" is not 6.
func equal(want, got any) bool {
	switch got := got.(type) {
	case time.Duration:
		d, err := value.Span(want)
		return err == nil && d == got
	case time.Time:
		t, err := value.Instant(want)
		return err == nil && t.Equal(got)
	case authn.Secret:
		switch want := want.(type) {
		case authn.Secret:
			return want.Equal(got)
		case string:
			return authn.NewSecret(want).Equal(got)
		}
		return false
	case string:
		switch want := want.(type) {
		case authn.Secret:
			return want.Equal(authn.NewSecret(got))
		case time.Duration: // the world has some durations as texts
			d, err := authn.ParseSpan(got)
			return err == nil && d == want
		case string: // 1h equals 1h0m0s
			return want == got || sameSpan(want, got)
		}
	case []any:
		list, ok := want.([]any)
		return ok && slices.EqualFunc(list, got, equal)
	case map[string]any:
		fields, ok := want.(map[string]any)
		if !ok {
			return false
		}
		for name, v := range fields {
			if there, ok := got[name]; !ok || !equal(v, there) {
				return false
			}
		}
		return true
	}
	switch want.(type) {
	case []any, map[string]any:
		return false
	}
	return want == got
}

// isOperators reports whether a node is a mapping of operators only.
func isOperators(n *syntax.Node) bool {
	if n.Kind != syntax.Map || len(n.Pairs) == 0 {
		return false
	}
	for _, pair := range n.Pairs {
		if !slices.Contains(story.Operators, pair.Key) {
			return false
		}
	}
	return true
}

// operator compares a value with one operator.
func (m *Matcher) operator(pair syntax.Pair, got any, there bool, what string) []Miss {
	n := pair.Value
	var fits bool
	var err error
	expected := pair.Key + " " + m.Spelled(n)
	switch pair.Key {
	case "absent":
		v, e := m.Shallow(n)
		fits, err = (v == true) == !there, e
		expected = "absent: " + m.Show("", v)
	case "all":
		return m.matchAll(n, got, there, what)
	case "any":
		return m.matchAny(pair, got, there, what)
	case "not":
		missed := m.Match(n, got, there, what)
		if wrong := Mistaken(missed); len(wrong) > 0 {
			return wrong
		}
		fits = len(missed) > 0
	case "eq":
		return m.Match(n, got, there, what)
	case "ne":
		v, e := m.Value(n)
		fits, err = !there || !equal(v, got), e
	default:
		if !there {
			return []Miss{m.miss(n, what, expected, got, there)}
		}
		return m.operatorOn(pair, got, what, expected)
	}
	return m.judged(n, what, expected, got, there, fits, err)
}

// judged returns a Miss for an error or for a value that does not fit.
func (m *Matcher) judged(n *syntax.Node, what, expected string, got any, there, fits bool, err error) []Miss {
	switch {
	case err != nil:
		return []Miss{{At: n.Pos, Code: CodeReference, What: what, Expected: expected, Got: err.Error()}}
	case !fits:
		return []Miss{m.miss(n, what, expected, got, there)}
	}
	return nil
}

// operatorOn compares a value that is present with one operator.
func (m *Matcher) operatorOn(pair syntax.Pair, got any, what, expected string) []Miss {
	n := pair.Value
	var fits bool
	var err error
	switch pair.Key {
	case "gt", "ge", "lt", "le":
		var order int
		order, err = m.order(got, n)
		fits = map[string]bool{"gt": order > 0, "ge": order >= 0, "lt": order < 0, "le": order <= 0}[pair.Key]
	case "between":
		fits, err = m.between(n, got)
	case "one_of":
		return m.matchAny(pair, got, true, what)
	case "matches":
		fits, err = m.matches(n, got)
	case "len":
		var size int64
		if size, err = length(got); err == nil {
			return m.Match(n, size, true, what+": len")
		}
	case "contains":
		fits, err = m.contains(n, got)
	case "exactly":
		var of *syntax.Node
		if of, err = m.Mapping(n); err == nil {
			fields, ok := got.(map[string]any)
			fits = ok && len(fields) == len(of.Pairs)
			if fits {
				return m.matchFields(of, got, true, what)
			}
		}
	}
	return m.judged(n, what, expected, got, true, fits, err)
}

// order compares numbers, durations and instants.
func (m *Matcher) order(got any, n *syntax.Node) (int, error) {
	want, err := m.Value(n)
	if err != nil {
		return 0, err
	}
	switch got := got.(type) {
	case int64:
		if want, ok := want.(int64); ok {
			return cmp.Compare(got, want), nil
		}
	case time.Duration:
		d, err := value.Span(want)
		return cmp.Compare(got, d), err
	case time.Time:
		t, err := value.Instant(want)
		return got.Compare(t), err
	case string: // a row or setting may hold a duration or instant as a text
		if d, err := value.Span(got); err == nil {
			to, err := value.Span(want)
			return cmp.Compare(d, to), err
		}
		if t, err := value.Instant(got); err == nil {
			to, err := value.Instant(want)
			return t.Compare(to), err
		}
	}
	return 0, fmt.Errorf("%s and %s have no order", value.TypeName(got), value.TypeName(want))
}

// between reports whether a value is between two others, inclusive.
func (m *Matcher) between(n *syntax.Node, got any) (bool, error) {
	list, err := m.List(n)
	if err != nil || len(list) != 2 {
		return false, cmp.Or(err, fmt.Errorf("between takes two values"))
	}
	low, err := m.order(got, list[0])
	if err != nil {
		return false, err
	}
	high, err := m.order(got, list[1])
	return low >= 0 && high <= 0, err
}

// matchAll returns the misses of all matchers of a list.
func (m *Matcher) matchAll(n *syntax.Node, got any, there bool, what string) []Miss {
	list, err := m.List(n)
	if err != nil {
		return m.judged(n, what, "all", got, there, false, err)
	}
	var all []Miss
	for _, item := range list {
		all = append(all, m.Match(item, got, there, what)...)
	}
	return all
}

// matchAny returns no Miss if one matcher of a list fits.
func (m *Matcher) matchAny(pair syntax.Pair, got any, there bool, what string) []Miss {
	list, err := m.List(pair.Value)
	if err != nil {
		return m.judged(pair.Value, what, pair.Key, got, there, false, err)
	}
	var wrong []Miss
	for _, item := range list {
		missed := m.Match(item, got, there, what)
		if len(missed) == 0 {
			return nil
		}
		wrong = append(wrong, Mistaken(missed)...)
	}
	if len(wrong) > 0 {
		return wrong
	}
	return m.judged(pair.Value, what, pair.Key+" "+m.Spelled(pair.Value), got, there, false, nil)
}

// matches reports whether a text or secret matches a regular expression.
func (m *Matcher) matches(n *syntax.Node, got any) (bool, error) {
	pattern, err := m.Text(n)
	if err != nil {
		return false, err
	}
	re, ok := m.regexps[pattern]
	if !ok {
		if re, err = regexp.Compile(pattern); err != nil {
			return false, err
		}
		m.regexps[pattern] = re
	}
	switch got := got.(type) {
	case string:
		return re.MatchString(got), nil
	case authn.Secret:
		return re.MatchString(got.Reveal()), nil
	}
	return false, fmt.Errorf("%s is no text", value.TypeName(got))
}

// length returns the number of characters of a text, items of a list or fields of a
// mapping.
func length(got any) (int64, error) {
	switch got := got.(type) {
	case string:
		return int64(utf8.RuneCountInString(got)), nil
	case authn.Secret:
		return int64(got.Len()), nil
	case []any:
		return int64(len(got)), nil
	case map[string]any:
		return int64(len(got)), nil
	}
	return 0, fmt.Errorf("%s has no length", value.TypeName(got))
}

// contains reports whether a text contains a part, a list an item, or a mapping a
// field.
func (m *Matcher) contains(n *syntax.Node, got any) (bool, error) {
	switch got := got.(type) {
	case []any:
		return slices.ContainsFunc(got, func(item any) bool { return len(m.Match(n, item, true, "")) == 0 }), nil
	case string:
		part, err := m.Text(n)
		return strings.Contains(got, part), err
	case authn.Secret:
		part, err := m.Text(n)
		return strings.Contains(got.Reveal(), part), err
	case map[string]any:
		name, err := m.Text(n)
		_, ok := got[name]
		return ok, err
	}
	return false, fmt.Errorf("%s contains nothing", value.TypeName(got))
}
