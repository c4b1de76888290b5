package resolve

import (
	"strings"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/scenarios/state"
	"github.com/offauth/offauth/scenarios/syntax"
	"github.com/offauth/offauth/scenarios/value"
)

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

// TextKind returns the kind of the value of a text with references: that of a single
// reference or of a sum. It returns Any if the kind is only known in play, or if the
// text has no references.
func (l *References) TextKind(n *syntax.Node, s *Scope) state.Kind {
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
		return l.PathKind(terms[0].Path, s)
	}
	return l.sumKind(terms, s)
}

// sumKind returns the kind of a sum, or Any if it is not known.
func (l *References) sumKind(terms []value.Term, s *Scope) state.Kind {
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
			return state.Any // the player reports the mistake
		}
	}
	return sum
}

func (l *References) termKind(t value.Term, s *Scope) state.Kind {
	switch t.Literal.(type) {
	case int64:
		return state.Int
	case time.Duration:
		return state.Span
	}
	k := l.PathKind(t.Path, s)
	if k != state.Text {
		return k
	}
	for i, n := range l.stands(t.Path, 0) { // in a sum, a text may be a number, duration or instant
		now := OrderedKind(n)
		if i > 0 && now != k {
			return state.Any
		}
		k = now
	}
	return k
}

// PathKind returns the kind of the value of a reference.
func (l *References) PathKind(path []string, s *Scope) state.Kind {
	if len(path) < 2 {
		return state.Any
	}
	switch path[0] {
	case "vars", "case", "matrix":
		return l.tableKind(path)
	case "params":
		kinds := map[string]state.Kind{"string": state.Text, "integer": state.Int, "boolean": state.Bool,
			"duration": state.Text, "instant": state.Text}
		if p, ok := s.Params[path[1]]; ok && len(path) == 2 {
			return kinds[p.Type]
		}
	case "saved":
		if v, ok := s.Saved[path[1]]; ok && len(path) == 2 {
			return v.Kind
		}
	case "steps":
		return l.stepKind(path, s)
	case "loop":
		if s.Loop {
			return state.Int
		}
	case "clock":
		if path[1] == "now" || path[1] == "start" {
			return state.Instant
		}
	case "policy":
		if v, ok := l.Settings[strings.Join(path[1:], ".")]; ok {
			return state.SettingKind(v)
		}
	case "state":
		if s.state {
			return l.StateKind(path[1:])
		}
	default:
		if len(path) == 3 && path[1] == "clock" {
			return state.Instant
		}
	}
	return state.Any
}

// tableKind returns the common kind of all values of a column, axis or var, or Any.
func (l *References) tableKind(path []string) state.Kind {
	kind := state.Any
	for i, n := range l.valuesOf(path) {
		if n == nil || i > 0 && nodeKind(n) != kind {
			return state.Any
		}
		kind = nodeKind(n)
	}
	return kind
}

func (l *References) stepKind(path []string, s *Scope) state.Kind {
	switch _, ok := s.IDs[path[1]]; {
	case !ok:
	case len(path) == 3 && path[2] == "ok":
		return state.Bool
	case len(path) == 3 && path[2] == "error":
		return state.Text
	case len(path) == 4 && path[2] == "result":
		return l.Results[s.IDs[path[1]]][path[3]]
	}
	return state.Any
}

// StateKind returns the kind of a path of state, or Any.
func (l *References) StateKind(path []string) state.Kind {
	if len(path) == 1 && path[0] == "clock" {
		return state.Instant
	}
	a, ok := l.Actor(path[0])
	if !ok && path[0] != "server" || len(path) < 2 {
		return state.Any
	}
	if !ok || a.Role == authn.RoleAdmin {
		a.Role = authn.RoleServer
	}
	row, _, _ := l.state.Find(a.Role, path[1:])
	return row.Kind
}

// SavedKind returns the kind of the value at a path of save.
func (l *References) SavedKind(path string, sub Subject) state.Kind {
	root, rest, _ := strings.Cut(path, ".")
	switch root {
	case "result":
		return l.Results[sub.Verb][rest]
	case "state":
		return l.StateKind(strings.Split(rest, "."))
	}
	return state.Any
}

// OrderedKind returns the kind of a value that has an order, or Any.
func OrderedKind(n *syntax.Node) state.Kind {
	if _, ok := Integer(n); ok {
		return state.Int
	}
	if _, ok := Duration(n); ok {
		return state.Span
	}
	if _, ok := Instant(n); ok {
		return state.Instant
	}
	return state.Any
}

// Subject is what an expectation is about: a verb, a kind of step or the
// whole story.
type Subject struct {
	// Kind is StepVerb, another kind of step, or "story".
	Kind string
	// Name is the verb's spelling or the kind, for messages.
	Name string
	// Verb is the verb that determines refusals and results, or empty.
	Verb string
	// Fragment is the fragment of a call, or nil.
	Fragment *Fragment
}
