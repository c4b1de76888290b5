package lint

import (
	"strings"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/verb"
	"github.com/offauth/offauth/scenarios/state"
	"github.com/offauth/offauth/scenarios/story"
	"github.com/offauth/offauth/scenarios/syntax"
	"github.com/offauth/offauth/scenarios/value"
)

// kindWords are the kinds of values in messages, fieldKinds those of the table
// of keys that are judged alike.
var (
	kindWords = map[state.Kind]string{
		state.Any: "a value", state.Scalar: "one value", state.Bool: "true or false", state.Int: "a whole number", state.Text: "a text",
		state.Span: "a duration", state.Instant: "an instant", state.List: "a list",
	}
	fieldKinds = map[state.Kind]kind{
		state.Bool: kBool, state.Int: kInt, state.Text: kText, state.Span: kDuration, state.Instant: kInstant,
	}
)

// never reports whether no value of one kind is equal to one of the other. A
// text may be read as a duration or an instant.
func never(want, got state.Kind) bool {
	if want == got || want == state.Any || got == state.Any {
		return false
	}
	if want == state.Scalar || got == state.Scalar {
		return want == state.List || got == state.List
	}
	read := func(text, as state.Kind) bool { return text == state.Text && (as == state.Span || as == state.Instant) }
	return !read(want, got) && !read(got, want)
}

// nodeKind returns the kind of a value of the file. A text may be a duration.
func nodeKind(n *syntax.Node) state.Kind {
	switch n.Kind {
	case syntax.Bool:
		return state.Bool
	case syntax.Int:
		return state.Int
	case syntax.Text:
		if strings.Contains(n.Text, "${") {
			return state.Any
		}
		return state.Text
	case syntax.List:
		return state.List
	}
	return state.Any
}

// textKind returns the kind of a text's value: of a reference alone what it
// names, of a sum what it comes to; Any for what is known in play alone, and
// for a text without references.
func (l *references) textKind(n *syntax.Node, s *scope) state.Kind {
	if n.Kind != syntax.Text || !strings.Contains(n.Text, "${") {
		return state.Any
	}
	t, err := value.Parse(n.Text)
	switch {
	case err != nil || t.Plain():
		return state.Any
	case t.Whole() == nil:
		return state.Text
	}
	terms := t.Whole().Terms
	if len(terms) == 1 && !terms[0].Minus && terms[0].Path != nil {
		return l.pathKind(terms[0].Path, s)
	}
	return l.sumKind(terms, s)
}

// sumKind returns the kind of a sum, or Any where it is not known.
func (l *references) sumKind(terms []value.Term, s *scope) state.Kind {
	sum := state.Any
	for i, t := range terms {
		k := l.termKind(t, s)
		switch {
		case k == state.Any || k == state.Text || k == state.Scalar:
			return state.Any
		case i == 0:
			sum = k
		case sum == state.Instant && k == state.Instant && t.Minus:
			sum = state.Span
		case sum == state.Span && k == state.Instant && !t.Minus:
			sum = state.Instant
		case sum == state.Instant && k == state.Span:
		case sum != k:
			return state.Any // which the player refuses, with its reason
		}
	}
	return sum
}

func (l *references) termKind(t value.Term, s *scope) state.Kind {
	switch t.Literal.(type) {
	case int64:
		return state.Int
	case time.Duration:
		return state.Span
	}
	k := l.pathKind(t.Path, s)
	if k != state.Text {
		return k
	}
	for i, n := range l.stands(t.Path, 0) { // in a sum, a text is what it can be read as
		now := orderedKind(n)
		if i > 0 && now != k {
			return state.Any
		}
		k = now
	}
	return k
}

// pathKind returns the kind of what a reference names.
func (l *references) pathKind(path []string, s *scope) state.Kind {
	if len(path) < 2 {
		return state.Any
	}
	switch path[0] {
	case "vars", "case", "matrix":
		return l.tableKind(path)
	case "params":
		kinds := map[string]state.Kind{"string": state.Text, "integer": state.Int, "boolean": state.Bool, "duration": state.Text, "instant": state.Text}
		if p, ok := s.params[path[1]]; ok && len(path) == 2 {
			return kinds[p.Type]
		}
	case "saved":
		if v, ok := s.saved[path[1]]; ok && len(path) == 2 {
			return v.kind
		}
	case "steps":
		return l.stepKind(path, s)
	case "loop":
		if s.loop {
			return state.Int
		}
	case "clock":
		if path[1] == "now" || path[1] == "start" {
			return state.Instant
		}
	case "policy":
		if v, ok := l.settings[strings.Join(path[1:], ".")]; ok {
			return state.SettingKind(v)
		}
	case "state":
		if s.state {
			return l.stateKind(path[1:])
		}
	default:
		if len(path) == 3 && path[1] == "clock" {
			return state.Instant
		}
	}
	return state.Any
}

// tableKind returns the kind that all values of a column, an axis or a constant
// have, or Any.
func (l *references) tableKind(path []string) state.Kind {
	kind := state.Any
	for i, n := range l.valuesOf(path) {
		if n == nil || i > 0 && nodeKind(n) != kind {
			return state.Any
		}
		kind = nodeKind(n)
	}
	return kind
}

func (l *references) stepKind(path []string, s *scope) state.Kind {
	switch _, ok := s.ids[path[1]]; {
	case !ok:
	case len(path) == 3 && path[2] == "ok":
		return state.Bool
	case len(path) == 3 && path[2] == "error":
		return state.Text
	case len(path) == 4 && path[2] == "result":
		return l.results[s.ids[path[1]]][path[3]]
	}
	return state.Any
}

// stateKind returns the kind of a path of state, or Any.
func (l *references) stateKind(path []string) state.Kind {
	if len(path) == 1 && path[0] == "clock" {
		return state.Instant
	}
	a, ok := l.actor(path[0])
	if !ok && path[0] != "server" || len(path) < 2 {
		return state.Any
	}
	if !ok || a.role == authn.RoleAdmin {
		a.role = authn.RoleServer
	}
	row, _, _ := l.state.Find(a.role, path[1:])
	return row.Kind
}

// savedKind returns the kind of what a path of save names.
func (l *references) savedKind(path string, sub subject) state.Kind {
	root, rest, _ := strings.Cut(path, ".")
	switch root {
	case "result":
		return l.results[sub.verb][rest]
	case "state":
		return l.stateKind(strings.Split(rest, "."))
	}
	return state.Any
}

// typed judges a value that may be a reference: each thing that it can stand
// for, at its own place. It returns the value, of the field's kind.
func (l *values) typed(label string, f field, n *syntax.Node, s *scope) story.Value {
	known := l.refs(n, s)
	for kind, is := range fieldKinds {
		if len(known) == 0 && is == f.kind {
			l.gives(n, s, against{label, kind})
		}
	}
	for _, v := range known {
		l.value(label, f, v)
	}
	return story.Compile(argKinds[f.kind], n)
}

// argKinds are the kinds of fields as those of arguments; all others are texts.
var argKinds = map[kind]verb.ArgKind{kBool: verb.Flag, kInt: verb.Number, kDuration: verb.Span, kInstant: verb.Instant}
