package player

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/scenarios/story"
	"github.com/offauth/offauth/scenarios/syntax"
)

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
	from mark
	res  *outcome
	// ended is when a pending Action ended; zero while it has not.
	ended time.Time
}

// scope is the one of the step that is being played.
func (p *Player) scope() *scope {
	if len(p.frames) == 0 {
		return p.root
	}
	return p.frames[len(p.frames)-1].scope
}

// errAbsent says that a path names nothing now, though it could.
var errAbsent = errors.New("there is none")

// look returns what a path names; it implements value.Lookup. A value of the
// file that is a mapping or a list comes as its *syntax.Node.
func (p *Player) look(path []string) (any, error) {
	v, err := p.lookUp(path)
	if errors.Is(err, errAbsent) {
		return nil, fmt.Errorf("nothing is called %s: %w", dotted(path), err)
	}
	return v, err
}

func (p *Player) lookUp(path []string) (any, error) {
	rest := path[1:]
	switch path[0] {
	case "vars":
		return p.varNamed(rest)
	case "params":
		return p.within(p.scope().params, rest)
	case "saved":
		return p.within(p.scope().saved, rest)
	case "loop":
		return p.loop(rest)
	case "case":
		if p.in.Case == nil {
			return nil, errAbsent
		}
		if rest[0] == "name" && len(rest) == 1 {
			if _, ok := entry(p.in.Case.Values, "name"); !ok {
				return p.in.Case.Name, nil
			}
		}
		return p.ofFile(p.in.Case.Values, rest)
	case "matrix":
		return p.ofFile(p.in.Point, rest)
	case "policy":
		return p.setting(rest)
	case "steps":
		return p.ofStep(rest)
	case "state":
		return p.state(rest)
	case "clock":
		return p.clock(rest, "")
	case "actor":
		if len(rest) == 3 && rest[1] == "clock" {
			return p.clock(rest[2:], rest[0])
		}
		return nil, errAbsent
	}
	if len(path) == 3 && path[1] == "clock" {
		return p.clock(path[2:], path[0])
	}
	return nil, fmt.Errorf("%s begins with %s, which is no root of references", dotted(path), path[0])
}

// within follows a path through values.
func (p *Player) within(values map[string]any, path []string) (any, error) {
	v, ok := any(values), true
	for i, part := range path {
		switch in := v.(type) {
		case map[string]any:
			if v, ok = in[part]; !ok {
				return nil, errAbsent
			}
		case *syntax.Node:
			return p.below(in, path[i:])
		default:
			return nil, errAbsent
		}
	}
	return v, nil
}

// below follows a path through a value of the file.
func (p *Player) below(n *syntax.Node, path []string) (any, error) {
	for _, part := range path {
		if n = n.Get(part); n == nil {
			return nil, errAbsent
		}
	}
	return p.shallow(n)
}

// ofFile follows a path through values of the file.
func (p *Player) ofFile(entries []story.Entry, path []string) (any, error) {
	n, ok := entry(entries, path[0])
	if !ok {
		return nil, errAbsent
	}
	return p.below(n, path[1:])
}

// varNamed returns a constant; one may use those before it.
func (p *Player) varNamed(path []string) (any, error) {
	name := dotted(path)
	if v, ok := p.vars[name]; ok {
		return v, nil
	}
	if p.looks[name] {
		return nil, fmt.Errorf("vars.%s needs itself", name)
	}
	p.looks[name] = true
	defer delete(p.looks, name)
	v, err := p.ofFile(p.in.Story.Vars, path)
	if err == nil {
		p.vars[name] = v
	}
	return v, err
}

// loop returns the counter of the innermost loop of the scope, from 1.
func (p *Player) loop(path []string) (any, error) {
	if dotted(path) != "n" {
		return nil, errAbsent
	}
	for _, f := range slices.Backward(p.frames) {
		if f.scope == p.scope() && f.round > 0 {
			return f.round, nil
		}
	}
	return nil, errAbsent
}

// clock returns the world's time, or what an actor's own clock shows.
func (p *Player) clock(path []string, name string) (any, error) {
	switch dotted(path) {
	case "start":
		return p.in.Story.Start.UTC(), nil
	case "now":
		if name == "" {
			return p.now, nil
		}
		a, err := p.actorNamed(name)
		if err != nil {
			return nil, err
		}
		s, err := p.snapshot()
		if err != nil {
			return nil, err
		}
		for _, l := range s.Links {
			if l.Site == a.site() {
				return p.now.Add(l.Skew), nil
			}
		}
	}
	return nil, errAbsent
}

// ofStep returns what an earlier step came to.
func (p *Player) ofStep(path []string) (any, error) {
	r, ok := p.steps[path[0]]
	if !ok || r.res == nil || len(path) < 2 {
		return nil, errAbsent
	}
	switch path[1] {
	case "ok":
		return r.res.accepted(), nil
	case "error":
		if r.res.refusal == nil {
			return nil, errAbsent
		}
		return string(r.res.refusal.Code), nil
	case "result":
		return p.within(r.res.fields(), path[2:])
	}
	return nil, errAbsent
}

// text returns a scalar's value as a text.
func (p *Player) text(n *syntax.Node) (string, error) {
	v, err := p.value(n)
	if err != nil {
		return "", err
	}
	text, ok := v.(string)
	if !ok {
		return "", fmt.Errorf("this must be a text, got %s", typeName(v))
	}
	return text, nil
}

// hideVars makes out the secrets among the constants.
func (p *Player) hideVars() error {
	for _, name := range p.in.Story.Secrets {
		v, err := p.varNamed([]string{name})
		if err != nil {
			return fmt.Errorf("vars.%s: %w", name, err)
		}
		switch v := v.(type) {
		case string:
			p.vars[name] = authn.NewSecret(v)
			p.masks.declare(name, authn.NewSecret(v))
		case authn.Secret:
			p.masks.declare(name, v)
		}
	}
	return nil
}
