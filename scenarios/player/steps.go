package player

import (
	"context"
	"fmt"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/sim"
	"github.com/offauth/offauth/scenarios/story"
	"github.com/offauth/offauth/scenarios/syntax"
)

// act does what a step is of, and judges what came of it.
func (p *Player) act(ctx context.Context, s *story.Step) {
	from := p.mark()
	var o outcome
	switch s.Kind {
	case story.StepPhase:
		p.chapter(s.Value.Text)
		return
	case story.StepCall:
		p.call(s)
		return
	case story.StepRepeat:
		p.repeat(s)
		return
	case story.StepCheck:
		p.check(s.Value, p.everything())
		p.save(s, nil, p.scope())
		return
	case story.StepAwait:
		o = p.await(ctx, s)
		from = p.steps[s.Value.Text].mark(from)
	case story.StepVerb:
		o = p.verb(ctx, s)
	default:
		o = p.other(ctx, s)
	}
	p.notice(ctx)
	o.events, o.elapsed = p.events[from.events:], p.now.Sub(from.at)
	if s.Kind == story.StepAwait {
		if r := p.steps[s.Value.Text]; r != nil && !r.ended.IsZero() {
			o.elapsed = r.ended.Sub(r.from.at)
		}
	}
	p.remember(s, from, &o)
	p.judge(s, &o)
}

// mark returns where a step began, or another mark if there is no such step.
func (r *record) mark(otherwise mark) mark {
	if r == nil {
		return otherwise
	}
	return r.from
}

// everything is what a check looks at: all since the start.
func (p *Player) everything() *outcome {
	return &outcome{events: p.events, elapsed: p.now.Sub(p.in.Story.Start)}
}

// remember keeps what a step came to, if it has an id or is pending.
func (p *Player) remember(s *story.Step, from mark, o *outcome) {
	r := &record{step: s, name: p.name, from: from, res: o}
	if s.ID != "" {
		p.steps[s.ID] = r
	}
	if o.pending != nil && s.Kind != story.StepAwait {
		p.pending = append(p.pending, r)
	}
}

// judge saves, and holds the step against its expectation.
func (p *Player) judge(s *story.Step, o *outcome) {
	p.came = p.told(o)
	defer func() { p.came = "" }()
	if len(s.Save) > 0 && o.accepted() {
		p.save(s, o.fields(), p.scope())
	}
	p.expect(s, o)
}

// told writes what a step came to.
func (p *Player) told(o *outcome) string {
	switch fields := o.fields(); {
	case o.err != nil || o.crashed:
		return ""
	case o.refusal != nil:
		return refusal(o.refusal)
	case o.pending != nil:
		return "waiting: " + o.pending.Waiting
	case fields["same"] == true:
		return p.showFields(fields) + "; the same PIN is still visible, so none was spent (H19)"
	case len(fields) > 0:
		return p.showFields(fields)
	}
	return ""
}

// other does the steps that are no verb and make Actions of the world.
func (p *Player) other(ctx context.Context, s *story.Step) outcome {
	var actions []authn.Action
	var err error
	switch s.Kind {
	case story.StepWait:
		return p.wait(ctx, s.Value)
	case story.StepAt:
		return p.goTo(ctx, s.Value)
	case story.StepRestart:
		return p.restart(ctx, s.Value)
	case story.StepCrash:
		return outcome{err: p.arm(s.Value)}
	case story.StepLink:
		actions, err = p.links(s.Value)
	case story.StepSkew:
		actions, err = p.skews(s.Value)
	case story.StepPolicy:
		var settings []authn.Setting
		settings, err = p.settings(s.Value, string(p.in.Story.Family()))
		actions = []authn.Action{authn.SetPolicy{Settings: settings}}
	default:
		err = fmt.Errorf("no step is called %q", s.Kind)
	}
	if err != nil {
		return outcome{err: err}
	}
	var o outcome
	for _, a := range actions {
		if o, err = p.do(ctx, a); err != nil {
			o.err = err
		}
		if !o.accepted() {
			break
		}
	}
	return o
}

// wait moves the clock forward; what is due fires on the way.
func (p *Player) wait(ctx context.Context, n *syntax.Node) outcome {
	v, err := p.value(n)
	if err != nil {
		return outcome{err: err}
	}
	by, err := span(v)
	if err != nil {
		return outcome{err: err}
	}
	return p.advance(ctx, p.now.Add(by))
}

// goTo moves the clock forward to an instant.
func (p *Player) goTo(ctx context.Context, n *syntax.Node) outcome {
	v, err := p.value(n)
	if err != nil {
		return outcome{err: err}
	}
	to, err := instant(v)
	if err != nil {
		return outcome{err: err}
	}
	return p.advance(ctx, to)
}

// advance moves the clock, never back and never beyond the story's limit.
func (p *Player) advance(ctx context.Context, to time.Time) outcome {
	by := to.Sub(p.now)
	if by < 0 {
		return outcome{err: fmt.Errorf("this is %s in the past; clock back sets the clock back", spell(-by))}
	}
	if virtual := to.Sub(p.in.Story.Start); virtual > p.limits.virtual {
		p.late("timeout.virtual", spell(p.limits.virtual), spell(virtual))
		return outcome{}
	}
	if by == 0 {
		return outcome{}
	}
	o, err := p.do(ctx, authn.AdvanceClock{By: by})
	o.err = err
	return o
}

// restart drops what an actor has in memory and keeps its store (A6). A
// server's and a provider's world is opened again: they keep nothing in memory.
func (p *Player) restart(ctx context.Context, n *syntax.Node) outcome {
	name, err := p.text(n)
	if err != nil {
		return outcome{err: err}
	}
	a, err := p.actorNamed(name)
	if err != nil {
		return outcome{err: err}
	}
	p.world = sim.Open(p.sim)
	var action authn.Action
	switch a.role {
	case authn.RolePhone:
		action = authn.RestartDevice{Phone: a.name}
	case authn.RoleWorkstation:
		action = authn.RestartWorkstation{Workstation: a.name}
	default:
		p.line(spell(p.now.Sub(p.in.Story.Start)), string(a.site()), "restart  → done")
		return outcome{}
	}
	o, err := p.do(ctx, action)
	o.err = err
	return o
}

// arm lets the process die in the next Action.
func (p *Player) arm(n *syntax.Node) error {
	moment := int64(beforeDisk)
	if at := n.Get("at_put"); at != nil {
		v, err := p.value(at)
		if err != nil {
			return err
		}
		var ok bool
		if moment, ok = v.(int64); !ok || moment < beforeDisk || moment > beforeTold {
			return fmt.Errorf("an Action is one write: at_put is 1, before it is on disk, or 2, before it is told")
		}
	}
	p.store.armed = moment
	return nil
}
