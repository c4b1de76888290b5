package player

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/scenarios/syntax"
)

// operators are the words of matchers.
var operators = []string{
	"eq", "ne", "gt", "ge", "lt", "le", "between", "one_of", "not", "matches", "len", "contains", "absent", "all", "any", "exactly",
}

// isOperators reports whether a mapping is one of operators only.
func isOperators(n *syntax.Node) bool {
	if n.Kind != syntax.Map || len(n.Pairs) == 0 {
		return false
	}
	for _, pair := range n.Pairs {
		if !slices.Contains(operators, pair.Key) {
			return false
		}
	}
	return true
}

// operator holds a value against one operator.
func (p *Player) operator(pair syntax.Pair, got any, there bool, what string) []failing {
	n := pair.Value
	fits, expected, err := true, pair.Key+" "+p.spelled(n), error(nil)
	switch pair.Key {
	case "absent":
		v, e := p.shallow(n)
		fits, err = (v == true) == !there, e
		expected = "absent: " + p.show("", v)
	case "all":
		return p.matchAll(n, got, there, what)
	case "any":
		return p.matchAny(pair, got, there, what)
	case "not":
		missed := p.match(n, got, there, what)
		if wrong := mistaken(missed); len(wrong) > 0 {
			return wrong
		}
		fits = len(missed) > 0
	case "eq":
		return p.match(n, got, there, what)
	case "ne":
		v, e := p.value(n)
		fits, err = !there || !equal(v, got), e
	default:
		if !there {
			return []failing{p.miss(n, what, expected, got, there)}
		}
		return p.operatorOn(pair, got, what, expected)
	}
	return p.judged(n, what, expected, got, there, fits, err)
}

// judged makes a failure of what does not fit or cannot be judged.
func (p *Player) judged(n *syntax.Node, what, expected string, got any, there, fits bool, err error) []failing {
	switch {
	case err != nil:
		return []failing{{at: n.Pos, code: CodeReference, what: what, expected: expected, got: err.Error()}}
	case !fits:
		return []failing{p.miss(n, what, expected, got, there)}
	}
	return nil
}

// operatorOn does the operators that need a value.
func (p *Player) operatorOn(pair syntax.Pair, got any, what, expected string) []failing {
	n := pair.Value
	var fits bool
	var err error
	switch pair.Key {
	case "gt", "ge", "lt", "le":
		var order int
		order, err = p.order(got, n)
		fits = map[string]bool{"gt": order > 0, "ge": order >= 0, "lt": order < 0, "le": order <= 0}[pair.Key]
	case "between":
		fits, err = p.between(n, got)
	case "one_of":
		return p.matchAny(pair, got, true, what)
	case "matches":
		fits, err = p.matches(n, got)
	case "len":
		var size int64
		if size, err = length(got); err == nil {
			return p.match(n, size, true, what+": len")
		}
	case "contains":
		fits, err = p.contains(n, got)
	case "exactly":
		var m *syntax.Node
		if m, err = p.mapping(n); err == nil {
			fields, ok := got.(map[string]any)
			fits = ok && len(fields) == len(m.Pairs)
			if fits {
				return p.matchFields(m, got, true, what)
			}
		}
	}
	return p.judged(n, what, expected, got, true, fits, err)
}

// order compares numbers, durations and instants.
func (p *Player) order(got any, n *syntax.Node) (int, error) {
	want, err := p.value(n)
	if err != nil {
		return 0, err
	}
	switch got := got.(type) {
	case int64:
		if want, ok := want.(int64); ok {
			return cmp.Compare(got, want), nil
		}
	case time.Duration:
		d, err := span(want)
		return cmp.Compare(got, d), err
	case time.Time:
		t, err := instant(want)
		return got.Compare(t), err
	case string: // of a row or a setting, which may hold a span or an instant
		if d, err := span(got); err == nil {
			to, err := span(want)
			return cmp.Compare(d, to), err
		}
		if t, err := instant(got); err == nil {
			to, err := instant(want)
			return t.Compare(to), err
		}
	}
	return 0, fmt.Errorf("%s and %s have no order", typeName(got), typeName(want))
}

// between wants a value from the first to the second, both included.
func (p *Player) between(n *syntax.Node, got any) (bool, error) {
	list, err := p.list(n)
	if err != nil || len(list) != 2 {
		return false, cmp.Or(err, fmt.Errorf("between takes two values"))
	}
	low, err := p.order(got, list[0])
	if err != nil {
		return false, err
	}
	high, err := p.order(got, list[1])
	return low >= 0 && high <= 0, err
}

// list returns the items of a list, also where a reference stands for it.
func (p *Player) list(n *syntax.Node) ([]*syntax.Node, error) {
	v, err := p.shallow(n)
	if err != nil {
		return nil, err
	}
	list, ok := v.(*syntax.Node)
	if !ok || list.Kind != syntax.List {
		return nil, fmt.Errorf("this must be a list, got %s", typeName(v))
	}
	return list.Items, nil
}

// matchAll wants every matcher to fit.
func (p *Player) matchAll(n *syntax.Node, got any, there bool, what string) []failing {
	list, err := p.list(n)
	if err != nil {
		return p.judged(n, what, "all", got, there, false, err)
	}
	var all []failing
	for _, item := range list {
		all = append(all, p.match(item, got, there, what)...)
	}
	return all
}

// matchAny wants one matcher to fit.
func (p *Player) matchAny(pair syntax.Pair, got any, there bool, what string) []failing {
	list, err := p.list(pair.Value)
	if err != nil {
		return p.judged(pair.Value, what, pair.Key, got, there, false, err)
	}
	var wrong []failing
	for _, item := range list {
		missed := p.match(item, got, there, what)
		if len(missed) == 0 {
			return nil
		}
		wrong = append(wrong, mistaken(missed)...)
	}
	if len(wrong) > 0 {
		return wrong
	}
	return p.judged(pair.Value, what, pair.Key+" "+p.spelled(pair.Value), got, there, false, nil)
}

// matches holds a text or a secret against a regular expression.
func (p *Player) matches(n *syntax.Node, got any) (bool, error) {
	pattern, err := p.text(n)
	if err != nil {
		return false, err
	}
	re, ok := p.regexps[pattern]
	if !ok {
		if re, err = regexp.Compile(pattern); err != nil {
			return false, err
		}
		p.regexps[pattern] = re
	}
	switch got := got.(type) {
	case string:
		return re.MatchString(got), nil
	case authn.Secret:
		return re.MatchString(got.Reveal()), nil
	}
	return false, fmt.Errorf("%s is no text", typeName(got))
}

// length counts the signs of a text, the items of a list, the fields of a
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
	return 0, fmt.Errorf("%s has no length", typeName(got))
}

// contains wants a part of a text, an item of a list, a field of a mapping.
func (p *Player) contains(n *syntax.Node, got any) (bool, error) {
	switch got := got.(type) {
	case []any:
		return slices.ContainsFunc(got, func(item any) bool { return len(p.match(n, item, true, "")) == 0 }), nil
	case string:
		part, err := p.text(n)
		return strings.Contains(got, part), err
	case authn.Secret:
		part, err := p.text(n)
		return strings.Contains(got.Reveal(), part), err
	case map[string]any:
		name, err := p.text(n)
		_, ok := got[name]
		return ok, err
	}
	return false, fmt.Errorf("%s contains nothing", typeName(got))
}
