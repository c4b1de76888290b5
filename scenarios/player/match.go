package player

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/scenarios/syntax"
)

// parseInt reads a whole number.
func parseInt(text string) (int64, error) { return strconv.ParseInt(text, 10, 64) }

// match holds a value against a matcher, and gives what does not fit: a scalar
// and a list are equality with type, a mapping is partial, a mapping of
// operators is all of them. there is false for a value that is not there.
func (p *Player) match(n *syntax.Node, got any, there bool, what string) []failing {
	v, err := p.shallow(n)
	if err != nil {
		return []failing{{at: n.Pos, code: CodeReference, what: what, got: err.Error()}}
	}
	inner, ok := v.(*syntax.Node)
	switch {
	case !ok:
		if !there || !equal(v, got) {
			return []failing{p.unequal(n, what, v, got, there)}
		}
		return nil
	case inner.Kind == syntax.List:
		return p.matchList(inner, got, there, what)
	case isOperators(inner):
		var all []failing
		for _, pair := range inner.Pairs {
			all = append(all, p.operator(pair, got, there, what)...)
		}
		return all
	}
	return p.matchFields(inner, got, there, what)
}

// miss words what does not fit.
func (p *Player) miss(n *syntax.Node, what, expected string, got any, there bool) failing {
	f := failing{at: n.Pos, code: CodeExpect, what: what, expected: expected, got: "nothing"}
	if there {
		_, field, _ := strings.Cut(what, ": ")
		f.got = p.show(secretKind(what, field), got)
	}
	return f
}

// unequal words two values that differ, with their kinds where those differ:
// 24 and 24 look alike.
func (p *Player) unequal(n *syntax.Node, what string, want, got any, there bool) failing {
	f := p.miss(n, what, p.spelled(n), got, there)
	if text, ok := want.(string); ok {
		if _, secret := got.(authn.Secret); secret { // what is compared with a secret is one
			f.expected = p.show("secret", authn.NewSecret(text))
		}
	}
	a, known := scalarKind(want)
	b, also := scalarKind(got)
	if _, err := parseAs(want, got); there && known && also && a != b && err != nil {
		f.expected, f.got = f.expected+" ("+a+")", f.got+" ("+b+")"
	}
	return f
}

// scalarKind returns the kind of a value that is no mapping, list or secret.
func scalarKind(v any) (string, bool) {
	switch v.(type) {
	case bool, int64, string, time.Duration, time.Time:
		_, kind, _ := strings.Cut(typeName(v), " ")
		return kind, true
	}
	return "", false
}

// parseAs reads a wanted value as the kind of another; the error says that it
// cannot be read so.
func parseAs(want, got any) (any, error) {
	switch got.(type) {
	case time.Duration:
		return span(want)
	case time.Time:
		return instant(want)
	}
	return nil, fmt.Errorf("%s is not %s", typeName(want), typeName(got))
}

// mistaken returns those of what did not fit that are mistakes of the story: what
// cannot be asked of a value at all fits neither it nor its opposite.
func mistaken(all []failing) []failing {
	return slices.DeleteFunc(slices.Clone(all), func(f failing) bool { return f.code != CodeReference })
}

// secretKind names a secret that turns up in a check first.
func secretKind(what, field string) string {
	if field != "" {
		what = field
	}
	return what[strings.LastIndexByte(what, '.')+1:]
}

// spelled writes a wanted value, with the reference that gave it.
func (p *Player) spelled(n *syntax.Node) string {
	v, err := p.value(n)
	if err != nil {
		return n.Text
	}
	text := p.show("secret", v)
	if strings.Contains(n.Text, "${") {
		if t, err := p.template(n.Text); err == nil && t.Whole() != nil {
			text += " (" + t.Whole().Text + ")"
		}
	}
	return text
}

// matchList wants a list of the same length whose items all match.
func (p *Player) matchList(n *syntax.Node, got any, there bool, what string) []failing {
	list, ok := plain(got).([]any)
	if !there || !ok || len(list) != len(n.Items) {
		return []failing{p.miss(n, what, p.spelled(n), got, there)}
	}
	var all []failing
	for i, item := range n.Items {
		all = append(all, p.match(item, list[i], true, fmt.Sprintf("%s[%d]", what, i))...)
	}
	return all
}

// matchFields wants the fields that are named, whatever else there is.
func (p *Player) matchFields(n *syntax.Node, got any, there bool, what string) []failing {
	fields, ok := got.(map[string]any)
	switch {
	case !there:
		return []failing{p.miss(n, what, p.spelled(n), got, there)}
	case !ok:
		f := p.miss(n, what, "a value or operators", got, there)
		f.code, f.got = CodeReference, fmt.Sprintf("a mapping without operators, and the value is %s, %s", typeName(got), f.got)
		return []failing{f}
	}
	var all []failing
	for _, pair := range n.Pairs {
		v, there := fields[pair.Key]
		all = append(all, p.match(pair.Value, v, there, what+": "+pair.Key)...)
	}
	return all
}

// sameSpan reports whether two texts are spans of one length.
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

// equal compares a value of the file with one of the world. A text of the file
// is what the other is: a duration, an instant, a secret. Otherwise the types
// must agree: "6" is not 6.
func equal(want, got any) bool {
	switch got := got.(type) {
	case time.Duration:
		d, err := span(want)
		return err == nil && d == got
	case time.Time:
		t, err := instant(want)
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
		case time.Duration: // a span that the world writes as a text
			d, err := authn.ParseSpan(got)
			return err == nil && d == want
		case string: // which writes 1h as 1h0m0s
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
