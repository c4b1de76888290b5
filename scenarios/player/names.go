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

// names resolves the references of a story.
type names struct {
	in         Instance
	stage      *stage.Stage
	values     *eval.Eval
	table      *state.Table
	stack      *stack
	steps      map[string]*record // by the step's id
	vars       map[string]any
	evaluating map[string]bool // vars that are being evaluated
}

// scope holds the parameters and saved values that references see. A fragment has
// its own scope and does not see that of its caller.
type scope struct {
	params map[string]any
	saved  map[string]any
}

func newScope(params map[string]any) *scope {
	return &scope{params: params, saved: map[string]any{}}
}

// record is the outcome of a step that has an id or is pending.
type record struct {
	step *story.Step
	name string
	from stage.Mark
	res  *stage.Outcome
	// ended is when a pending Action ended; zero while it has not.
	ended time.Time
}

// errAbsent is returned for a valid path that has no value now.
var errAbsent = errors.New("there is none")

// look returns the value at a path; it implements value.Lookup. A mapping or list
// of the file is returned as a *syntax.Node.
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
		return n.variable(rest)
	case "params":
		return n.valueAt(n.stack.scope().params, rest)
	case "saved":
		return n.valueAt(n.stack.scope().saved, rest)
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
		return n.entryAt(n.in.Case.Values, rest)
	case "matrix":
		return n.entryAt(n.in.Point, rest)
	case "policy":
		return n.setting(rest)
	case "steps":
		return n.stepResult(rest)
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

// valueAt returns the value at a path in values.
func (n *names) valueAt(values map[string]any, path []string) (any, error) {
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
			return n.nodeAt(in, path[i:])
		default:
			return nil, errAbsent
		}
	}
	return v, nil
}

// nodeAt returns the value at a path in a node.
func (n *names) nodeAt(v *syntax.Node, path []string) (any, error) {
	for _, part := range path {
		if v = v.Get(part); v == nil {
			return nil, errAbsent
		}
	}
	return n.values.Shallow(v)
}

// entryAt returns the value at a path in entries of the file.
func (n *names) entryAt(entries []story.Entry, path []string) (any, error) {
	v, ok := entry(entries, path[0])
	if !ok {
		return nil, errAbsent
	}
	return n.nodeAt(v, path[1:])
}

// variable returns the value of a var, which may refer to earlier vars.
func (n *names) variable(path []string) (any, error) {
	name := dotted(path)
	if v, ok := n.vars[name]; ok {
		return v, nil
	}
	if n.evaluating[name] {
		return nil, fmt.Errorf("vars.%s needs itself", name)
	}
	n.evaluating[name] = true
	defer delete(n.evaluating, name)
	v, err := n.entryAt(n.in.Story.Vars, path)
	if err == nil {
		n.vars[name] = v
	}
	return v, err
}

// loop returns the counter of the innermost loop of the current scope, from 1.
func (n *names) loop(path []string) (any, error) {
	if round := n.stack.round(); dotted(path) == "n" && round > 0 {
		return round, nil
	}
	return nil, errAbsent
}

// clock returns the start, the world's time, or the time of an actor's own clock.
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

// stepResult returns the value at a path in the outcome of an earlier step.
func (n *names) stepResult(path []string) (any, error) {
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
		return n.valueAt(r.res.Fields(), path[2:])
	}
	return nil, errAbsent
}

// hideVars turns the vars that the story declares secret into secrets, and adds
// them to masks.
func (n *names) hideVars(masks *mask.Masks) error {
	for _, name := range n.in.Story.Secrets {
		v, err := n.variable([]string{name})
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

// state returns the value at a path in the current state of the world.
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

// setting returns the current value of a setting, by its key without the family.
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

// named returns the value at a path, and whether there is one.
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
