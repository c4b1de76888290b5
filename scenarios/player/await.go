package player

import (
	"context"
	"fmt"
	"slices"

	"github.com/offauth/offauth/scenarios/story"
)

// await moves the clock until a pending Action has ended.
func (p *Player) await(ctx context.Context, s *story.Step) outcome {
	r, ok := p.steps[s.Value.Text]
	if !ok {
		return outcome{err: fmt.Errorf("no step that was played has the id %q", s.Value.Text)}
	}
	for slices.Contains(p.pending, r) {
		until := r.res.pending.Until
		if !until.After(p.now) {
			p.fail(failing{at: s.Value.Pos, code: CodePending, what: "await " + s.Value.Text, expected: "it ends", got: "nothing is left that could end it"})
			return outcome{}
		}
		if o := p.advance(ctx, until); o.err != nil || p.section >= atEnd {
			return o
		}
		p.settled(ctx)
	}
	return outcome{result: r.res.result}
}

// settled looks at the pending Actions, and takes note of those that have
// ended: by their timers on the way, or by what was done just now.
func (p *Player) settled(ctx context.Context) {
	p.pending = slices.DeleteFunc(p.pending, func(r *record) bool {
		out, err := p.world.Look(ctx, r.res.pending.ID)
		if err != nil {
			p.fail(failing{at: r.step.Pos, code: CodeFault, what: r.name, got: err.Error()})
			return true
		}
		r.res.result, r.res.named = out.Result, nil
		if out.Pending != nil {
			r.res.pending = out.Pending
			return false
		}
		r.ended = p.now
		if until := r.res.pending.Until; until.Before(p.now) {
			r.ended = until
		}
		r.res.pending = nil
		return true
	})
}
