package player

import (
	"context"
	"fmt"
	"slices"

	"github.com/offauth/offauth/scenarios/story"
)

// section is a part of a story.
type section int

const (
	inSetup section = iota
	inSteps
	atEnd
	inCleanup
	over
)

// frame is a list of steps that is being played: a section, a fragment's or a
// loop's.
type frame struct {
	steps []story.Step
	next  int
	scope *scope
	// by is the call or the repeat; nil for a section. frag is nil but for a
	// call.
	by   *story.Step
	frag *story.Fragment
	name string
	// round counts a repeat's from 1 to rounds.
	round, rounds int64
	from          mark
}

// Next plays one step, and reports whether there was one left.
func (p *Player) Next(ctx context.Context) (Played, bool) {
	for p.section != over {
		if len(p.frames) == 0 {
			if played, shown := p.turn(ctx); shown {
				return played, true
			}
			continue
		}
		f := p.frames[len(p.frames)-1]
		if f.next < len(f.steps) {
			f.next++
			return p.play(ctx, &f.steps[f.next-1]), true
		}
		if played, shown := p.leave(f); shown {
			return played, true
		}
	}
	return Played{}, false
}

// enter begins a section.
func (p *Player) enter(steps []story.Step) {
	p.frames = []*frame{{steps: steps, scope: p.root, from: p.mark()}}
}

// turn goes from one section to the next.
func (p *Player) turn(ctx context.Context) (Played, bool) {
	p.section++
	switch p.section {
	case inSteps:
		p.tally.actions = 0
		p.enter(p.in.Story.Steps)
	case atEnd:
		if !p.failed {
			return p.closing(ctx)
		}
	case inCleanup:
		p.chapter("")
		p.enter(p.in.Story.Cleanup)
	case over:
		p.conclude()
	}
	return Played{}, false
}

// play plays one step: what comes first of guards, when, the deed, what is
// saved, and what is expected.
func (p *Player) play(ctx context.Context, s *story.Step) Played {
	lines := len(p.result.Transcript)
	p.at = s.Pos
	p.name = p.naming(s)
	played := Played{Step: s, Name: p.name, Depth: len(p.frames) - 1}
	before := p.failures()
	if p.guarded(s) && p.wanted(s, &played) {
		p.act(ctx, s)
	}
	return p.ended(played, before, lines)
}

// ended fills in what a step came to, and goes on or stops.
func (p *Player) ended(played Played, before, lines int) Played {
	played.Phase = p.phase().Title
	played.At = p.now.Sub(p.in.Story.Start)
	played.Lines = slices.Clone(p.result.Transcript[lines:])
	if all := *p.failing(); len(all) > before {
		played.Failures = slices.Clone(all[before:])
		p.stop(played.Step)
	}
	return played
}

// wanted reports whether a step's "when" holds.
func (p *Player) wanted(s *story.Step, played *Played) bool {
	for _, e := range s.When {
		v, there, err := p.named(e.Name)
		if err != nil {
			p.fail(failing{at: e.At, code: CodeReference, what: "when " + e.Name, got: err.Error()})
			return false
		}
		missed := p.match(e.Value, v, there, "when "+e.Name)
		if wrong := mistaken(missed); len(wrong) > 0 {
			p.missed(wrong)
			return false
		}
		if len(missed) > 0 {
			played.Skipped = true
			return false
		}
	}
	return true
}

// naming returns a step's name: its own, or its kind with a number.
func (p *Player) naming(s *story.Step) string {
	kind := s.Kind
	switch s.Kind {
	case story.StepVerb:
		kind = s.Verb
	case story.StepCall, story.StepPhase:
		if s.Value != nil {
			kind += " " + s.Value.Text
		}
	}
	p.counts[kind]++
	if s.Name != "" {
		return p.masks.free(s.Name)
	}
	return p.masks.free(fmt.Sprintf("%s #%d", kind, p.counts[kind]))
}

// stop ends what a failure ends: all of the section, or a step or a call that
// says on_fail: continue.
func (p *Player) stop(s *story.Step) {
	if p.section == inCleanup || s != nil && s.Go {
		return // every step of the cleanup is tried
	}
	for i, f := range slices.Backward(p.frames) {
		if f.by != nil && f.by.Go {
			p.frames = p.frames[:i]
			return
		}
	}
	p.frames = nil
	p.section = max(p.section, atEnd)
}

// guarded reports whether the run is within its limits. A step that only looks is
// no Action more.
func (p *Player) guarded(s *story.Step) bool {
	p.played++
	virtual, wall := p.now.Sub(p.in.Story.Start), p.cfg.Now().Sub(p.began)
	switch {
	case p.section == inCleanup:
		return true
	case p.tally.actions >= p.limits.actions && s.Kind != story.StepCheck && s.Kind != story.StepPhase:
		p.late("timeout.actions", fmt.Sprint(p.limits.actions), "one more")
	case p.played > p.limits.steps:
		p.late("timeout.actions", fmt.Sprintf("%d steps, %d for each action", p.limits.steps, stepsPerAction), "one more")
	case virtual > p.limits.virtual:
		p.late("timeout.virtual", spell(p.limits.virtual), spell(virtual))
	case wall > p.limits.wall:
		p.late("timeout.wall", spell(p.limits.wall)+" of real time", "more; a slow machine needs --wall-scale 4, say")
	default:
		return true
	}
	return false
}

// late fails a step for a limit; no on_fail goes on after it.
func (p *Player) late(which, limit, got string) {
	p.fail(failing{at: p.at, code: CodeTimeout, what: which, expected: "at most " + limit, got: got})
	p.frames = nil
	p.section = max(p.section, atEnd)
}
