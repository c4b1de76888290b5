package player

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/scenarios/player/eval"
	"github.com/offauth/offauth/scenarios/player/mask"
	"github.com/offauth/offauth/scenarios/player/stage"
	"github.com/offauth/offauth/scenarios/state"
	"github.com/offauth/offauth/scenarios/story"
	"github.com/offauth/offauth/scenarios/syntax"
)

// names finds what the references of a story name.
type names struct {
	in         Instance
	stage      *stage.Stage
	values     *eval.Eval
	table      *state.Table
	stack      *stack
	steps      map[string]*record // of those that have an id
	vars       map[string]any
	evaluating map[string]bool // vars that are being worked out
}

// scope is what references may name at one place: a fragment has its own
// saved values and sees none of its caller's.
type scope struct {
	params map[string]any
	saved  map[string]any
}

func newScope(params map[string]any) *scope {
	return &scope{params: params, saved: map[string]any{}}
}

// record is what is known of a step that has an id.
type record struct {
	step *story.Step
	name string
	from stage.Mark
	res  *stage.Outcome
	// ended is when a pending Action ended; zero while it has not.
	ended time.Time
}

// errAbsent reports that a path names nothing now, though it could.
var errAbsent = errors.New("there is none")

// look returns what a path names; it implements value.Lookup. A value of the
// file that is a mapping or a list comes as its *syntax.Node.
func (n *names) look(path []string) (any, error) {
	v, err := n.lookUp(path)
	if errors.Is(err, errAbsent) {
		return nil, fmt.Errorf("nothing is called %s: %w", dotted(path), err)
	}
	return v, err
}

func (n *names) lookUp(path []string) (any, error) {
	rest := path[1:]
	switch path[0] {
	case "vars":
		return n.varNamed(rest)
	case "params":
		return n.within(n.stack.scope().params, rest)
	case "saved":
		return n.within(n.stack.scope().saved, rest)
	case "loop":
		return n.loop(rest)
	case "case":
		if n.in.Case == nil {
			return nil, errAbsent
		}
		if rest[0] == "name" && len(rest) == 1 {
			if _, ok := entry(n.in.Case.Values, "name"); !ok {
				return n.in.Case.Name, nil
			}
		}
		return n.ofFile(n.in.Case.Values, rest)
	case "matrix":
		return n.ofFile(n.in.Point, rest)
	case "policy":
		return n.setting(rest)
	case "steps":
		return n.ofStep(rest)
	case "state":
		return n.state(rest)
	case "clock":
		return n.clock(rest, "")
	case "actor":
		if len(rest) == 3 && rest[1] == "clock" {
			return n.clock(rest[2:], rest[0])
		}
		return nil, errAbsent
	}
	if len(path) == 3 && path[1] == "clock" {
		return n.clock(path[2:], path[0])
	}
	return nil, fmt.Errorf("%s begins with %s, which is no root of references", dotted(path), path[0])
}

// within follows a path through values.
func (n *names) within(values map[string]any, path []string) (any, error) {
	v := any(values)
	for i, part := range path {
		switch in := v.(type) {
		case map[string]any:
			next, ok := in[part]
			if !ok {
				return nil, errAbsent
			}
			v = next
		case *syntax.Node:
			return n.below(in, path[i:])
		default:
			return nil, errAbsent
		}
	}
	return v, nil
}

// below follows a path through a value of the file.
func (n *names) below(v *syntax.Node, path []string) (any, error) {
	for _, part := range path {
		if v = v.Get(part); v == nil {
			return nil, errAbsent
		}
	}
	return n.values.Shallow(v)
}

// ofFile follows a path through values of the file.
func (n *names) ofFile(entries []story.Entry, path []string) (any, error) {
	v, ok := entry(entries, path[0])
	if !ok {
		return nil, errAbsent
	}
	return n.below(v, path[1:])
}

// varNamed returns a constant; one may use those before it.
func (n *names) varNamed(path []string) (any, error) {
	name := dotted(path)
	if v, ok := n.vars[name]; ok {
		return v, nil
	}
	if n.evaluating[name] {
		return nil, fmt.Errorf("vars.%s needs itself", name)
	}
	n.evaluating[name] = true
	defer delete(n.evaluating, name)
	v, err := n.ofFile(n.in.Story.Vars, path)
	if err == nil {
		n.vars[name] = v
	}
	return v, err
}

// loop returns the counter of the innermost loop of the scope, from 1.
func (n *names) loop(path []string) (any, error) {
	if round := n.stack.round(); dotted(path) == "n" && round > 0 {
		return round, nil
	}
	return nil, errAbsent
}

// clock returns the world's time, or what an actor's own clock shows.
func (n *names) clock(path []string, name string) (any, error) {
	switch dotted(path) {
	case "start":
		return n.in.Story.Start.UTC(), nil
	case "now":
		if name == "" {
			return n.stage.Now(), nil
		}
		a, err := n.stage.Actor(name)
		if err != nil {
			return nil, err
		}
		s, err := n.stage.View()
		if err != nil {
			return nil, err
		}
		for _, l := range s.Links {
			if l.Site == a.Site() {
				return n.stage.Now().Add(l.Skew), nil
			}
		}
	}
	return nil, errAbsent
}

// ofStep returns what an earlier step came to.
func (n *names) ofStep(path []string) (any, error) {
	r, ok := n.steps[path[0]]
	if !ok || r.res == nil || len(path) < 2 {
		return nil, errAbsent
	}
	switch path[1] {
	case "ok":
		return r.res.Accepted(), nil
	case "error":
		if r.res.Refusal == nil {
			return nil, errAbsent
		}
		return string(r.res.Refusal.Code), nil
	case "result":
		return n.within(r.res.Fields(), path[2:])
	}
	return nil, errAbsent
}

// hideVars makes out the secrets among the constants.
func (n *names) hideVars(masks *mask.Masks) error {
	for _, name := range n.in.Story.Secrets {
		v, err := n.varNamed([]string{name})
		if err != nil {
			return fmt.Errorf("vars.%s: %w", name, err)
		}
		switch v := v.(type) {
		case string:
			n.vars[name] = authn.NewSecret(v)
			masks.AddDeclared(name, authn.NewSecret(v))
		case authn.Secret:
			masks.AddDeclared(name, v)
		}
	}
	return nil
}

// state returns what a path names in the world as it is now.
func (n *names) state(path []string) (any, error) {
	role, name, rest := authn.RoleWorld, "", path
	if a, err := n.stage.Actor(path[0]); err == nil {
		role, name, rest = a.Role, a.Name, path[1:]
	}
	row, names, ok := n.table.Find(role, rest)
	if !ok {
		return nil, fmt.Errorf("state has no path %s", dotted(path))
	}
	s, err := n.stage.View()
	if err != nil {
		return nil, err
	}
	v, ok := row.Get(s, name, names)
	if !ok {
		return nil, errAbsent
	}
	if v = eval.Plain(v); v == nil {
		return nil, errAbsent
	}
	return v, nil
}

// setting returns a setting of the policy as it stands, by its key without the
// family.
func (n *names) setting(path []string) (any, error) {
	s, err := n.stage.View()
	if err != nil {
		return nil, err
	}
	key := authn.SettingKey(string(n.in.Story.Family()) + "." + dotted(path))
	for _, v := range s.Policy {
		if v.Key == key {
			return state.Setting(v.Value), nil
		}
	}
	return nil, errAbsent
}

// named returns what a path names, and whether there is anything.
func (n *names) named(path string) (v any, there bool, err error) {
	parts := strings.Split(path, ".")
	if len(parts) < 2 {
		return nil, false, fmt.Errorf("%q has no root, as in saved.%s", path, path)
	}
	v, err = n.lookUp(parts)
	if errors.Is(err, errAbsent) {
		return nil, false, nil
	}
	if node, ok := v.(*syntax.Node); ok && err == nil {
		v, err = n.values.Value(node)
	}
	return v, err == nil, err
}
