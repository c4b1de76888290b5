package player

import (
	"errors"
	"fmt"
	"slices"

	"github.com/offauth/offauth/scenarios/player/eval"
	"github.com/offauth/offauth/scenarios/player/match"
	"github.com/offauth/offauth/scenarios/player/stage"
	"github.com/offauth/offauth/scenarios/story"
)

// frame is the state of a list of steps: those of a section, fragment or loop.
type frame struct {
	steps []story.Step
	next  int
	scope *scope
	// by is the call or repeat step; nil for a section. frag is nil unless by is a
	// call.
	by   *story.Step
	frag *story.Fragment
	name string
	// round counts the iterations of a repeat, from 1 to rounds.
	round, rounds int64
	from          stage.Mark
}

// stack holds the frames, the innermost last.
type stack struct {
	frames []*frame
	root   *scope
}

// scope returns the scope of the current step.
func (s *stack) scope() *scope {
	if len(s.frames) == 0 {
		return s.root
	}
	return s.frames[len(s.frames)-1].scope
}

// round returns the counter of the innermost loop of the current scope, from 1, or
// 0 outside of loops.
func (s *stack) round() int64 {
	for _, f := range slices.Backward(s.frames) {
		if f.scope == s.scope() && f.round > 0 {
			return f.round
		}
	}
	return 0
}

// maxDepth is the maximum nesting of calls and loops.
const maxDepth = 64

// call enters a fragment.
func (p *Player) call(s *story.Step, d story.Call) {
	params, err := p.params(d)
	if err != nil {
		p.fail(match.Miss{At: s.Pos, Code: CodeReference, What: p.name, Got: err.Error()})
		return
	}
	p.stack.frames = append(p.stack.frames, &frame{
		steps: d.Fragment.Steps, scope: newScope(params), by: s, frag: d.Fragment, name: p.masks.RedactDeclared(s.Spelled),
		from: p.stage.Mark(),
	})
}

// params evaluates the arguments of a call.
func (p *Player) params(d story.Call) (map[string]any, error) {
	frag, name := d.Fragment, d.Fragment.Name
	if len(p.stack.frames) > maxDepth {
		return nil, fmt.Errorf("%s is called within %d other calls", name, maxDepth)
	}
	params := map[string]any{}
	for _, param := range frag.Params {
		n, given := entry(d.With, param.Name)
		if !given {
			n = param.Default
		}
		if n == nil {
			return nil, fmt.Errorf("%s needs the argument %s", name, param.Name)
		}
		var err error
		if params[param.Name], err = p.values.Bind(n); err != nil {
			return nil, fmt.Errorf("%s: %w", param.Name, err)
		}
	}
	return params, nil
}

// repeat enters a loop.
func (p *Player) repeat(s *story.Step, d story.Repeat) {
	rounds, err := eval.Of[int](p.values, d.Times)
	switch {
	case err == nil && rounds < 0:
		err = fmt.Errorf("repeat takes a whole number from 0, got %d", rounds)
	case err == nil && len(p.stack.frames) > maxDepth:
		err = fmt.Errorf("loops and calls nest deeper than %d", maxDepth)
	}
	if err != nil {
		p.fail(match.Miss{At: d.Times.Pos, Code: CodeReference, What: p.name, Got: err.Error()})
		return
	}
	f := &frame{scope: p.stack.scope(), by: s, name: p.name, rounds: int64(rounds), from: p.stage.Mark()}
	if rounds > 0 {
		f.steps, f.round = d.Steps, 1
	}
	p.stack.frames = append(p.stack.frames, f)
}

// leave begins the next iteration of a loop, or ends a frame. At the end of a call
// or loop it checks its expectation against everything that happened in it.
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
	p.stack.frames = p.stack.frames[:len(p.stack.frames)-1]
	if f.by == nil {
		return Played{}, false
	}
	p.at, p.name = f.by.Pos, f.name
	before, lines := p.failures(), len(p.result.Transcript)
	if err != nil {
		p.fail(match.Miss{At: f.by.Pos, Code: CodeReference, What: f.name + ": returns", Got: err.Error()})
	} else {
		o := p.stage.Since(f.from)
		o.Named = returns
		p.remember(f.by, f.from, o)
		p.checkStep(f.by, o)
	}
	played := p.endStep(Played{Step: f.by, Name: f.name, Depth: len(p.stack.frames)}, before, lines)
	return played, len(played.Failures) > 0
}

// returns evaluates the return values of a fragment.
func (p *Player) returns(frag *story.Fragment) (map[string]any, error) {
	values := map[string]any{}
	for _, e := range frag.Returns {
		v, err := p.judge.Bind(e.Value)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", e.Name, err)
		}
		values[e.Name] = v
	}
	return values, nil
}

// save stores the values of a step's save. A path without a value is a failure.
func (p *Player) save(s *story.Step, fields map[string]any, into *scope) {
	for _, sv := range s.Save {
		v, err := p.valueToSave(sv.Path, fields)
		if err != nil {
			p.fail(match.Miss{At: sv.From, Code: CodeReference, What: "save " + sv.Name, Expected: sv.Path,
				Got: "there is none"})
			if !errors.Is(err, errAbsent) {
				p.result.Failures[len(p.result.Failures)-1].Got = err.Error()
			}
			continue
		}
		into.saved[sv.Name] = v
	}
}
