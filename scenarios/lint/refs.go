package lint

import (
	"slices"
	"strings"

	"github.com/offauth/offauth/scenarios/state"
	"github.com/offauth/offauth/scenarios/story"
	"github.com/offauth/offauth/scenarios/syntax"
	"github.com/offauth/offauth/scenarios/value"
)

// scope is what a reference may name in a place. The steps are gone through
// in the order in which they are played, so what is saved later is not there
// yet.
type scope struct {
	saved  map[string]*save
	params map[string]story.Param // nil outside of fragments
	loop   bool
	ids    map[string]string // the verb or kind of each step that came before
	// state says that a check or a save is looked at.
	state bool
	// bare allows vars alone: the place is read before the story is made.
	bare bool
	// before lists the vars that stand above, where vars refer to vars.
	before map[string]bool
	where  string
}

type save struct {
	at   syntax.Pos
	used bool
	kind state.Kind
}

func newScope(where string) *scope {
	return &scope{saved: map[string]*save{}, ids: map[string]string{}, where: where}
}

// roots are the first words of references.
var roots = []string{"vars", "policy", "params", "case", "matrix", "saved", "steps", "clock", "state", "loop"}

// references judges references.
type references struct {
	world
	usage usage
	sizes map[*syntax.Node]int
}

// refs judges all references in a value, and gives the nodes that it can stand
// for as far as they are known: itself, if there is no reference in it; the
// rows' values for ${case.x}. It gives nil for what is known in play alone.
func (l *references) refs(n *syntax.Node, s *scope) []*syntax.Node {
	if n.Kind != syntax.Text || !strings.Contains(n.Text, "${") {
		return []*syntax.Node{n}
	}
	l.size(n)
	t, err := value.Parse(n.Text)
	if err != nil {
		l.found(n.Pos, "OA206", "write ${path}, or a sum such as ${saved.issued + 7d}", "%s", strings.TrimSpace(err.Error()))
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
				l.reference(l.at(n, part.Expr), term.Path, s)
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

// at is the place of a reference in a text on one line.
func (l *references) at(n *syntax.Node, e *value.Expr) syntax.Pos {
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

// stands returns what a reference to a table or a constant stands for.
func (l *references) stands(path []string, depth int) []*syntax.Node {
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

// reference judges one path.
func (l *references) reference(at syntax.Pos, path []string, s *scope) {
	bad := func(help, format string, args ...any) { l.found(at, "OA206", help, format, args...) }
	root, name := path[0], path[1]
	if s.bare && root != "vars" && root != "case" && root != "matrix" {
		bad("here stand vars, case and matrix alone", "${%s} is not known before the story begins", strings.Join(path, "."))
		return
	}
	if l.alone && (root == "vars" || root == "case" || root == "matrix") {
		return
	}
	switch root {
	case "vars":
		l.usage.vars[name] = true
		if l.vars[name] == nil {
			l.usage.vars[nearest(name, keysOf(l.vars))] = true
			bad(suggest(name, keysOf(l.vars)), "no such var: %q", name)
		} else if s.before != nil && !s.before[name] {
			bad("move it up", "the var %q stands below this one", name)
		}
	case "case":
		l.caseKey(at, name)
	case "matrix":
		names := []string{}
		for _, axis := range l.axes {
			names = append(names, axis.Name)
		}
		if !slices.Contains(names, name) {
			bad(suggest(name, names), "no such axis: %q", name)
		}
	case "params":
		switch _, ok := s.params[name]; {
		case s.params == nil:
			bad("params are a fragment's", "there are no params here")
		case !ok:
			bad(suggest(name, keysOf(s.params)), "the fragment has no parameter %q", name)
		}
	case "saved":
		if v, ok := s.saved[name]; ok {
			v.used = true
		} else {
			if near := s.saved[nearest(name, keysOf(s.saved))]; near != nil {
				near.used = true // which was meant
			}
			bad(suggest(name, keysOf(s.saved)), "%q is not saved before this", name)
		}
	default:
		l.otherRoot(at, path, s)
	}
}

// otherRoot judges the roots that need more than a name.
func (l *references) otherRoot(at syntax.Pos, path []string, s *scope) {
	bad := func(help, format string, args ...any) { l.found(at, "OA206", help, format, args...) }
	switch root, name := path[0], path[1]; root {
	case "steps":
		l.stepReference(at, path, s)
	case "clock":
		if len(path) != 2 || name != "now" && name != "start" {
			bad("one of: clock.now, clock.start", "no such reference: %q", strings.Join(path, "."))
		}
	case "policy":
		if _, ok := l.settings[strings.Join(path[1:], ".")]; !ok && l.tables != nil {
			bad(suggest(strings.Join(path[1:], "."), keysOf(l.settings)), "no such setting: %q", strings.Join(path[1:], "."))
		}
	case "loop":
		if len(path) != 2 || name != "n" || !s.loop {
			bad("${loop.n} counts from 1 in the steps of a repeat", "no such reference: %q", strings.Join(path, "."))
		}
	case "state":
		if !s.state {
			bad("save it first: save: {NAME: state.PATH}", "state is looked at in save, check and expect alone, so that a story cannot steer on it")
			return
		}
		l.statePath(at, path[1:])
	default:
		if _, ok := l.actor(root); ok && len(path) == 3 && name == "clock" && path[2] == "now" {
			return
		}
		bad(suggest(root, roots), "references do not begin with %q", root)
	}
}

// caseKey wants a key that the rows have.
func (l *references) caseKey(at syntax.Pos, name string) {
	if len(l.cases) == 0 {
		l.found(at, "OA206", "add cases: [{name: ..., "+name+": ...}]", "there are no cases, and so no ${case.%s}", name)
		return
	}
	var keys []string
	for _, row := range l.cases {
		for _, p := range row.Pairs {
			if p.Key == name {
				return
			}
			keys = append(keys, p.Key)
		}
	}
	l.found(at, "OA206", suggest(name, slices.Compact(slices.Sorted(slices.Values(keys)))), "the cases have no %q", name)
}

// stepReference judges ${steps.ID.ok}, .error and .result.FIELD.
func (l *references) stepReference(at syntax.Pos, path []string, s *scope) {
	bad := func(help, format string, args ...any) { l.found(at, "OA206", help, format, args...) }
	does, ok := s.ids[path[1]]
	switch {
	case !ok:
		bad(suggest(path[1], keysOf(s.ids)), "no step before this has the id %q", path[1])
	case len(path) == 3 && (path[2] == "ok" || path[2] == "error"):
	case len(path) == 4 && path[2] == "result":
		l.resultField(at, does, path[3])
	default:
		bad("steps."+path[1]+".ok, .error or .result.FIELD", "no such reference: %q", strings.Join(path, "."))
	}
}

// resultField wants a field that a verb gives.
func (l *references) resultField(at syntax.Pos, verb, name string) {
	fields, ok := l.results[verb]
	if !ok || len(fields) == 0 {
		l.found(at, "OA206", "", "%s gives no result", verb)
		return
	}
	if _, ok := fields[name]; !ok {
		l.found(at, "OA206", suggest(name, keysOf(fields)), "%s gives no %q", verb, name)
	}
}

// statePath judges a path into the world's state.
func (l *references) statePath(at syntax.Pos, path []string) {
	whole := strings.Join(path, ".")
	if whole == "clock" {
		return
	}
	if a, ok := l.actor(whole); ok {
		l.found(at, "OA311", oneOf(l.state.Paths(a.role)), "%s is a %s; name a part of its state, as in %s.PATH", whole, a.role, whole)
		return
	}
	if len(path) < 2 {
		l.found(at, "OA311", suggest(whole, append(l.names(), "clock")), "no such state: %q", whole)
		return
	}
	a, ok := l.actor(path[0])
	if !ok {
		if path[0] == "server" {
			a.role = "server"
		} else if l.open {
			return
		} else {
			l.found(at, "OA304", suggest(path[0], l.names()), "no such actor: %q", path[0])
			return
		}
	}
	role := a.role
	if role == "admin" {
		role = "server"
	}
	if _, _, ok := l.state.Find(role, path[1:]); !ok {
		l.found(at, "OA311", suggest(strings.Join(path[1:], "."), l.state.Paths(role)), "a %s has no state %q", role, strings.Join(path[1:], "."))
	}
}
