package resolve

import (
	"slices"
	"strings"

	"github.com/offauth/offauth/scenarios/spelling"
	"github.com/offauth/offauth/scenarios/state"
	"github.com/offauth/offauth/scenarios/story"
	"github.com/offauth/offauth/scenarios/syntax"
	"github.com/offauth/offauth/scenarios/value"
)

// Scope holds the names that a reference may use at one place. Steps are read in the
// order in which they are played, so names of later steps are not yet in it.
type Scope struct {
	Saved  map[string]*Save
	Params map[string]story.Param // nil outside of fragments
	Loop   bool
	IDs    map[string]string // the verb or kind of each step that came before
	// state reports whether references to state are allowed: in checks and saves.
	state bool
	// Bare allows only vars, case and matrix, as the story does not exist yet.
	Bare bool
	// Before holds the earlier vars if the reference is in a var; otherwise it is nil.
	Before map[string]bool
	Where  string
}

// Save is a value that a step saves under a name.
type Save struct {
	At   syntax.Pos
	Used bool
	Kind state.Kind
}

// NewScope returns an empty scope; where names the place in messages.
func NewScope(where string) *Scope {
	return &Scope{Saved: map[string]*Save{}, IDs: map[string]string{}, Where: where}
}

// Roots are the first words of references.
var Roots = []string{"vars", "policy", "params", "case", "matrix", "saved", "steps", "clock", "state", "loop"}

// References checks references and returns what they refer to.
type References struct {
	world
	Usage usage
	Sizes map[*syntax.Node]int
}

// Refs checks all references in a value, and returns the nodes that it may have as
// values: the node itself if it has no reference, or the values of all rows for
// ${case.x}. It returns nil if the value is only known in play.
func (l *References) Refs(n *syntax.Node, s *Scope) []*syntax.Node {
	if n.Kind != syntax.Text || !strings.Contains(n.Text, "${") {
		return []*syntax.Node{n}
	}
	l.Size(n)
	t, err := value.Parse(n.Text)
	if err != nil {
		l.Foundf(n.Pos, "OA206", "write ${path}, or a sum such as ${saved.issued + 7d}", "%s", strings.TrimSpace(err.Error()))
		return nil
	}
	if t.Plain() {
		return []*syntax.Node{n}
	}
	for _, part := range t.Parts {
		if part.Expr == nil {
			continue
		}
		for _, term := range part.Expr.Terms {
			if term.Path != nil {
				l.Reference(l.at(n, part.Expr), term.Path, s)
			}
		}
	}
	if e := t.Whole(); e != nil && len(e.Terms) == 1 && !e.Terms[0].Minus {
		if e.Terms[0].Path == nil {
			return nil
		}
		return l.stands(e.Terms[0].Path, 0)
	}
	return nil
}

// at returns the position of a reference in a text on one line.
func (l *References) at(n *syntax.Node, e *value.Expr) syntax.Pos {
	at := n.Pos
	quote := 0
	if n.Quoted {
		quote = 1
	}
	length := len([]rune(e.Text)) + 3
	if e.At+length+2*quote <= n.Len {
		at.Col += e.At + quote
		at.Len = length
	}
	return at
}

// stands returns the possible values of a reference to a case, an axis or a var.
func (l *References) stands(path []string, depth int) []*syntax.Node {
	if depth > 16 {
		return nil
	}
	var known []*syntax.Node
	for _, n := range l.valuesOf(path) {
		if n == nil {
			continue
		}
		if n.Kind != syntax.Text || !strings.Contains(n.Text, "${") {
			known = append(known, n)
			continue
		}
		if t, err := value.Parse(n.Text); err == nil {
			if e := t.Whole(); e != nil && len(e.Terms) == 1 && e.Terms[0].Path != nil {
				known = append(known, l.stands(e.Terms[0].Path, depth+1)...)
			}
		}
	}
	return known
}

// Reference checks one path.
func (l *References) Reference(at syntax.Pos, path []string, s *Scope) {
	bad := func(help, format string, args ...any) { l.Foundf(at, "OA206", help, format, args...) }
	root, name := path[0], path[1]
	if s.Bare && root != "vars" && root != "case" && root != "matrix" {
		bad("here stand vars, case and matrix alone", "${%s} is not known before the story begins", strings.Join(path, "."))
		return
	}
	if l.Alone && (root == "vars" || root == "case" || root == "matrix") {
		return
	}
	switch root {
	case "vars":
		l.Usage.Vars[name] = true
		if l.Vars[name] == nil {
			l.Usage.Vars[spelling.Nearest(name, Keys(l.Vars))] = true
			bad(spelling.Suggest(name, Keys(l.Vars)), "no such var: %q", name)
		} else if s.Before != nil && !s.Before[name] {
			bad("move it up", "the var %q stands below this one", name)
		}
	case "case":
		l.caseKey(at, name)
	case "matrix":
		names := []string{}
		for _, axis := range l.Axes {
			names = append(names, axis.Name)
		}
		if !slices.Contains(names, name) {
			bad(spelling.Suggest(name, names), "no such axis: %q", name)
		}
	case "params":
		switch _, ok := s.Params[name]; {
		case s.Params == nil:
			bad("params are a fragment's", "there are no params here")
		case !ok:
			bad(spelling.Suggest(name, Keys(s.Params)), "the fragment has no parameter %q", name)
		}
	case "saved":
		if v, ok := s.Saved[name]; ok {
			v.Used = true
		} else {
			if near := s.Saved[spelling.Nearest(name, Keys(s.Saved))]; near != nil {
				near.Used = true // the intended name
			}
			bad(spelling.Suggest(name, Keys(s.Saved)), "%q is not saved before this", name)
		}
	default:
		l.otherRoot(at, path, s)
	}
}

// otherRoot checks references with the other roots.
func (l *References) otherRoot(at syntax.Pos, path []string, s *Scope) {
	bad := func(help, format string, args ...any) { l.Foundf(at, "OA206", help, format, args...) }
	switch root, name := path[0], path[1]; root {
	case "steps":
		l.stepReference(at, path, s)
	case "clock":
		if len(path) != 2 || name != "now" && name != "start" {
			bad("one of: clock.now, clock.start", "no such reference: %q", strings.Join(path, "."))
		}
	case "policy":
		if _, ok := l.Settings[strings.Join(path[1:], ".")]; !ok && l.Tables != nil {
			bad(spelling.Suggest(strings.Join(path[1:], "."), Keys(l.Settings)), "no such setting: %q",
				strings.Join(path[1:], "."))
		}
	case "loop":
		if len(path) != 2 || name != "n" || !s.Loop {
			bad("${loop.n} counts from 1 in the steps of a repeat", "no such reference: %q", strings.Join(path, "."))
		}
	case "state":
		if !s.state {
			bad("save it first: save: {NAME: state.PATH}",
				"state is looked at in save, check and expect alone, so that a story cannot steer on it")
			return
		}
		l.StatePath(at, path[1:])
	default:
		if _, ok := l.Actor(root); ok && len(path) == 3 && name == "clock" && path[2] == "now" {
			return
		}
		bad(spelling.Suggest(root, Roots), "references do not begin with %q", root)
	}
}

// caseKey checks that the rows have a key.
func (l *References) caseKey(at syntax.Pos, name string) {
	if len(l.Cases) == 0 {
		l.Foundf(at, "OA206", "add cases: [{name: ..., "+name+": ...}]", "there are no cases, and so no ${case.%s}", name)
		return
	}
	var keys []string
	for _, row := range l.Cases {
		for _, p := range row.Pairs {
			if p.Key == name {
				return
			}
			keys = append(keys, p.Key)
		}
	}
	l.Foundf(at, "OA206", spelling.Suggest(name, slices.Compact(slices.Sorted(slices.Values(keys)))),
		"the cases have no %q", name)
}

// stepReference checks ${steps.ID.ok}, .error and .result.FIELD.
func (l *References) stepReference(at syntax.Pos, path []string, s *Scope) {
	bad := func(help, format string, args ...any) { l.Foundf(at, "OA206", help, format, args...) }
	does, ok := s.IDs[path[1]]
	switch {
	case !ok:
		bad(spelling.Suggest(path[1], Keys(s.IDs)), "no step before this has the id %q", path[1])
	case len(path) == 3 && (path[2] == "ok" || path[2] == "error"):
	case len(path) == 4 && path[2] == "result":
		l.ResultField(at, does, path[3])
	default:
		bad("steps."+path[1]+".ok, .error or .result.FIELD", "no such reference: %q", strings.Join(path, "."))
	}
}

// ResultField checks that a verb's result has a field.
func (l *References) ResultField(at syntax.Pos, verb, name string) {
	fields, ok := l.Results[verb]
	if !ok || len(fields) == 0 {
		l.Foundf(at, "OA206", "", "%s gives no result", verb)
		return
	}
	if _, ok := fields[name]; !ok {
		l.Foundf(at, "OA206", spelling.Suggest(name, Keys(fields)), "%s gives no %q", verb, name)
	}
}

// StatePath checks a path into the world's state.
func (l *References) StatePath(at syntax.Pos, path []string) {
	whole := strings.Join(path, ".")
	if whole == "clock" {
		return
	}
	if a, ok := l.Actor(whole); ok {
		l.Foundf(at, "OA311", spelling.OneOf(l.state.Paths(a.Role)), "%s is a %s; name a part of its state, as in %s.PATH",
			whole, a.Role, whole)
		return
	}
	if len(path) < 2 {
		l.Foundf(at, "OA311", spelling.Suggest(whole, append(l.names(), "clock")), "no such state: %q", whole)
		return
	}
	a, ok := l.Actor(path[0])
	if !ok {
		if path[0] == "server" {
			a.Role = "server"
		} else if l.Open {
			return
		} else {
			l.Foundf(at, "OA304", spelling.Suggest(path[0], l.names()), "no such actor: %q", path[0])
			return
		}
	}
	role := a.Role
	if role == "admin" {
		role = "server"
	}
	if _, _, ok := l.state.Find(role, path[1:]); !ok {
		l.Foundf(at, "OA311", spelling.Suggest(strings.Join(path[1:], "."), l.state.Paths(role)),
			"a %s has no state %q", role, strings.Join(path[1:], "."))
	}
}
