package player

import (
	"errors"
	"fmt"

	"github.com/offauth/offauth/scenarios/story"
	"github.com/offauth/offauth/scenarios/syntax"
)

// deepest is how deep calls and loops may nest.
const deepest = 64

// call enters a fragment.
func (p *Player) call(s *story.Step) {
	frag, params, err := p.prepare(s)
	if err != nil {
		p.fail(failing{at: s.Pos, code: CodeReference, what: p.name, got: err.Error()})
		return
	}
	p.frames = append(p.frames, &frame{steps: frag.Steps, scope: newScope(params), by: s, frag: frag, name: p.masks.free("call " + frag.Name), from: p.mark()})
}

// prepare finds the fragment of a call, and works its arguments out.
func (p *Player) prepare(s *story.Step) (*story.Fragment, map[string]any, error) {
	name, err := p.text(s.Value)
	if err != nil {
		return nil, nil, err
	}
	frag, ok := p.in.Story.Fragments[name]
	if !ok {
		return nil, nil, fmt.Errorf("no fragment is called %q", name)
	}
	if len(p.frames) > deepest {
		return nil, nil, fmt.Errorf("%s is called within %d other calls", name, deepest)
	}
	params := map[string]any{}
	for _, param := range frag.Params {
		n, given := entry(s.With, param.Name)
		if !given {
			n = param.Default
		}
		if n == nil {
			return nil, nil, fmt.Errorf("%s needs the argument %s", name, param.Name)
		}
		if params[param.Name], err = p.bind(n); err != nil {
			return nil, nil, fmt.Errorf("%s: %w", param.Name, err)
		}
	}
	return frag, params, nil
}

// bind works a value out where it stands. A mapping or a list stays a node,
// which keeps its place in the file, with its references' values beside it.
func (p *Player) bind(n *syntax.Node) (any, error) {
	if _, err := p.value(n); err != nil {
		return nil, err // of what is too large, for one
	}
	return p.bindParts(n)
}

func (p *Player) bindParts(n *syntax.Node) (any, error) {
	v, err := p.shallow(n)
	inner, ok := v.(*syntax.Node)
	if err != nil || !ok {
		return v, err
	}
	bound := *inner
	bound.Pairs = append([]syntax.Pair(nil), inner.Pairs...)
	bound.Items = append([]*syntax.Node(nil), inner.Items...)
	for i := range bound.Pairs {
		if bound.Pairs[i].Value, err = p.bindNode(bound.Pairs[i].Value); err != nil {
			return nil, err
		}
	}
	for i := range bound.Items {
		if bound.Items[i], err = p.bindNode(bound.Items[i]); err != nil {
			return nil, err
		}
	}
	return &bound, nil
}

func (p *Player) bindNode(n *syntax.Node) (*syntax.Node, error) {
	v, err := p.bindParts(n)
	if err != nil {
		return nil, err
	}
	if inner, ok := v.(*syntax.Node); ok {
		return inner, nil
	}
	bound := *n
	p.bound[&bound] = v
	return &bound, nil
}

// repeat enters a loop.
func (p *Player) repeat(s *story.Step) {
	v, err := p.value(s.Value)
	rounds, ok := v.(int64)
	if err == nil && (!ok || rounds < 0) {
		err = fmt.Errorf("repeat takes a whole number from 0, got %s", p.show("", v))
	}
	if err == nil && len(p.frames) > deepest {
		err = fmt.Errorf("loops and calls nest deeper than %d", deepest)
	}
	if err != nil {
		p.fail(failing{at: s.Value.Pos, code: CodeReference, what: p.name, got: err.Error()})
		return
	}
	f := &frame{scope: p.scope(), by: s, name: p.name, rounds: rounds, from: p.mark()}
	if rounds > 0 {
		f.steps, f.round = s.Steps, 1
	}
	p.frames = append(p.frames, f)
}

// leave ends a list of steps, or begins a loop's next round. What is expected
// of a call or of a loop is judged now, over all that happened in it.
func (p *Player) leave(f *frame) (Played, bool) {
	if f.round < f.rounds {
		f.round++
		f.next = 0
		return Played{}, false
	}
	var returns map[string]any
	var err error
	if f.frag != nil {
		returns, err = p.returns(f.frag)
	}
	p.frames = p.frames[:len(p.frames)-1]
	if f.by == nil {
		return Played{}, false
	}
	p.at, p.name = f.by.Pos, f.name
	before, lines := p.failures(), len(p.result.Transcript)
	if err != nil {
		p.fail(failing{at: f.by.Pos, code: CodeReference, what: f.name + ": returns", got: err.Error()})
	} else {
		o := &outcome{events: p.events[f.from.events:], elapsed: p.now.Sub(f.from.at), named: returns}
		p.remember(f.by, f.from, o)
		p.judge(f.by, o)
	}
	played := p.ended(Played{Step: f.by, Name: f.name, Depth: len(p.frames)}, before, lines)
	return played, len(played.Failures) > 0
}

// returns works out what a fragment hands out.
func (p *Player) returns(frag *story.Fragment) (map[string]any, error) {
	values := map[string]any{}
	for _, e := range frag.Returns {
		v, err := p.bind(e.Value)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", e.Name, err)
		}
		values[e.Name] = v
	}
	return values, nil
}

// save stores what paths give under names; nothing there is a failure.
func (p *Player) save(s *story.Step, fields map[string]any, into *scope) {
	for _, sv := range s.Save {
		v, err := p.saved(sv.Path, fields)
		if err != nil {
			p.fail(failing{at: sv.From, code: CodeReference, what: "save " + sv.Name, expected: sv.Path, got: "there is none"})
			if !errors.Is(err, errAbsent) {
				p.result.Failures[len(p.result.Failures)-1].Got = err.Error()
			}
			continue
		}
		into.saved[sv.Name] = v
	}
}
