package player

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/scenarios/invariant"
	"github.com/offauth/offauth/scenarios/player/eval"
	"github.com/offauth/offauth/scenarios/player/judge"
	"github.com/offauth/offauth/scenarios/player/mask"
	"github.com/offauth/offauth/scenarios/player/match"
	"github.com/offauth/offauth/scenarios/player/stage"
	"github.com/offauth/offauth/scenarios/story"
	"github.com/offauth/offauth/scenarios/syntax"
)

// act does what a step is of, and judges what came of it.
func (p *Player) act(ctx context.Context, s *story.Step) {
	from := p.stage.Mark()
	var o stage.Outcome
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
		p.judge.Check(s.Value, p.everything())
		p.save(s, nil, p.stack.scope())
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
	since := p.stage.Since(from)
	o.Events, o.Elapsed = since.Events, since.Elapsed
	if s.Kind == story.StepAwait {
		if r := p.steps[s.Value.Text]; r != nil && !r.ended.IsZero() {
			o.Elapsed = r.ended.Sub(r.from.At)
		}
	}
	p.remember(s, from, &o)
	p.conclude(s, &o)
}

// mark returns where a step began, or another mark if there is no such step.
func (r *record) mark(otherwise stage.Mark) stage.Mark {
	if r == nil {
		return otherwise
	}
	return r.from
}

// everything is what a check looks at: all since the start.
func (p *Player) everything() *stage.Outcome {
	return p.stage.Since(stage.Mark{At: p.start})
}

// remember keeps what a step came to, if it has an id or is pending.
func (p *Player) remember(s *story.Step, from stage.Mark, o *stage.Outcome) {
	r := &record{step: s, name: p.name, from: from, res: o}
	if s.ID != "" {
		p.steps[s.ID] = r
	}
	if o.Pending != nil && s.Kind != story.StepAwait {
		p.pending = append(p.pending, r)
	}
}

// conclude saves, and holds the step against its expectation.
func (p *Player) conclude(s *story.Step, o *stage.Outcome) {
	p.came = p.told(o)
	defer func() { p.came = "" }()
	if len(s.Save) > 0 && o.Accepted() {
		p.save(s, o.Fields(), p.stack.scope())
	}
	p.judge.Expect(s, p.name, o)
}

// told writes what a step came to.
func (p *Player) told(o *stage.Outcome) string {
	switch fields := o.Fields(); {
	case o.Err != nil || o.Crashed:
		return ""
	case o.Refusal != nil:
		return judge.Refusal(o.Refusal)
	case o.Pending != nil:
		return "waiting: " + o.Pending.Waiting
	case fields["same"] == true:
		return p.judge.ShowFields(fields) + "; the same PIN is still visible, so none was spent (H19)"
	case len(fields) > 0:
		return p.judge.ShowFields(fields)
	}
	return ""
}

// other does the steps that are no verb and make Actions of the world.
func (p *Player) other(ctx context.Context, s *story.Step) stage.Outcome {
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
		return stage.Outcome{Err: p.arm(s.Value)}
	case story.StepLink:
		actions, err = p.builder.links(s.Value)
	case story.StepSkew:
		actions, err = p.builder.skews(s.Value)
	case story.StepPolicy:
		var settings []authn.Setting
		settings, err = p.judge.Settings(s.Value, string(p.in.Story.Family()))
		actions = []authn.Action{authn.SetPolicy{Settings: settings}}
	default:
		err = fmt.Errorf("no step is called %q", s.Kind)
	}
	if err != nil {
		return stage.Outcome{Err: err}
	}
	var o stage.Outcome
	for _, a := range actions {
		if o, err = p.do(ctx, a); err != nil {
			o.Err = err
		}
		if !o.Accepted() {
			break
		}
	}
	return o
}

// wait moves the clock forward; what is due fires on the way.
func (p *Player) wait(ctx context.Context, n *syntax.Node) stage.Outcome {
	v, err := p.judge.Value(n)
	if err != nil {
		return stage.Outcome{Err: err}
	}
	by, err := eval.Span(v)
	if err != nil {
		return stage.Outcome{Err: err}
	}
	return p.advance(ctx, p.stage.Now().Add(by))
}

// goTo moves the clock forward to an instant.
func (p *Player) goTo(ctx context.Context, n *syntax.Node) stage.Outcome {
	v, err := p.judge.Value(n)
	if err != nil {
		return stage.Outcome{Err: err}
	}
	to, err := eval.Instant(v)
	if err != nil {
		return stage.Outcome{Err: err}
	}
	return p.advance(ctx, to)
}

// advance moves the clock, never back and never beyond the story's limit.
func (p *Player) advance(ctx context.Context, to time.Time) stage.Outcome {
	by := to.Sub(p.stage.Now())
	if by < 0 {
		return stage.Outcome{Err: fmt.Errorf("this is %s in the past; clock back sets the clock back", mask.Spell(-by))}
	}
	if virtual := to.Sub(p.start); virtual > p.limits.virtual {
		p.late("timeout.virtual", mask.Spell(p.limits.virtual), mask.Spell(virtual))
		return stage.Outcome{}
	}
	if by == 0 {
		return stage.Outcome{}
	}
	o, err := p.do(ctx, authn.AdvanceClock{By: by})
	o.Err = err
	return o
}

// restart drops what an actor has in memory and keeps its store (A6). A
// server's and a provider's world is opened again: they keep nothing in memory.
func (p *Player) restart(ctx context.Context, n *syntax.Node) stage.Outcome {
	name, err := p.judge.Text(n)
	if err != nil {
		return stage.Outcome{Err: err}
	}
	a, err := p.stage.Actor(name)
	if err != nil {
		return stage.Outcome{Err: err}
	}
	p.stage.Reopen()
	var action authn.Action
	switch a.Role {
	case authn.RolePhone:
		action = authn.RestartDevice{Phone: a.Name}
	case authn.RoleWorkstation:
		action = authn.RestartWorkstation{Workstation: a.Name}
	default:
		p.line(mask.Spell(p.stage.Now().Sub(p.start)), string(a.Site()), "restart  → done")
		return stage.Outcome{}
	}
	o, err := p.do(ctx, action)
	o.Err = err
	return o
}

// arm lets the process die in the next Action.
func (p *Player) arm(n *syntax.Node) error {
	moment := int64(stage.BeforeDisk)
	if at := n.Get("at_put"); at != nil {
		v, err := p.judge.Value(at)
		if err != nil {
			return err
		}
		var ok bool
		if moment, ok = v.(int64); !ok || moment < stage.BeforeDisk || moment > stage.BeforeTold {
			return fmt.Errorf("an Action is one write: at_put is 1, before it is on disk, or 2, before it is told")
		}
	}
	p.stage.Arm(moment)
	return nil
}

// await moves the clock until a pending Action has ended.
func (p *Player) await(ctx context.Context, s *story.Step) stage.Outcome {
	r, ok := p.steps[s.Value.Text]
	if !ok {
		return stage.Outcome{Err: fmt.Errorf("no step that was played has the id %q", s.Value.Text)}
	}
	for slices.Contains(p.pending, r) {
		until := r.res.Pending.Until
		if !until.After(p.stage.Now()) {
			p.fail(match.Miss{At: s.Value.Pos, Code: CodePending, What: "await " + s.Value.Text, Expected: "it ends", Got: "nothing is left that could end it"})
			return stage.Outcome{}
		}
		if o := p.advance(ctx, until); o.Err != nil || p.section >= atEnd {
			return o
		}
		p.settled(ctx)
	}
	return stage.Outcome{Result: r.res.Result}
}

// settled looks at the pending Actions, and takes note of those that have
// ended: by their timers on the way, or by what was done just now.
func (p *Player) settled(ctx context.Context) {
	p.pending = slices.DeleteFunc(p.pending, func(r *record) bool {
		out, err := p.stage.World().Look(ctx, r.res.Pending.ID)
		if err != nil {
			p.fail(match.Miss{At: r.step.Pos, Code: CodeFault, What: r.name, Got: err.Error()})
			return true
		}
		r.res.Result, r.res.Named = out.Result, nil
		if out.Pending != nil {
			r.res.Pending = out.Pending
			return false
		}
		r.ended = p.stage.Now()
		if until := r.res.Pending.Until; until.Before(p.stage.Now()) {
			r.ended = until
		}
		r.res.Pending = nil
		return true
	})
}

// verb does a verb of the table.
func (p *Player) verb(ctx context.Context, s *story.Step) stage.Outcome {
	a, err := p.builder.build(s)
	if err != nil {
		return stage.Outcome{Err: err}
	}
	o, err := p.do(ctx, a)
	o.Err = err
	if err == nil && (o.Accepted() || o.Crashed) {
		p.newcomer(ctx, a)
	}
	return o
}

// newcomer adds the actor that an Action has made. After a crash there may be
// none.
func (p *Player) newcomer(ctx context.Context, a authn.Action) {
	v := verbs().of(a)
	if v.Makes.Role == "" {
		return
	}
	roster, err := p.stage.World().Roster(ctx)
	if err != nil {
		p.fail(match.Miss{At: p.at, Code: CodeFault, What: "the roster", Got: err.Error()})
		return
	}
	if made := (stage.Actor{Name: v.Made(a), Role: v.Makes.Role}); roster.Has(made.Site()) {
		p.stage.Meet(made)
	}
}

// make does what leads up to the first step.
func (p *Player) make(ctx context.Context) error {
	s := p.in.Story
	actions, err := p.builder.policy()
	if err != nil {
		return err
	}
	for _, name := range users(s) {
		actions = append(actions, authn.AddUser{Name: name})
	}
	for _, a := range s.Actors {
		p.stage.Meet(stage.Actor{Name: a.Name, Role: a.Role})
		actions = append(actions, p.builder.birth(a)...)
	}
	for _, l := range s.Links {
		site, err := p.builder.linkEnd(l.Name)
		if err != nil {
			return err
		}
		to, err := p.judge.Text(l.Value)
		if err != nil {
			return err
		}
		actions = append(actions, authn.SetLink{Site: site, State: authn.Uplink(to)})
	}
	for _, a := range actions {
		d, err := p.do(ctx, a)
		if err == nil && d.Refusal != nil {
			err = d.Refusal
		}
		if err != nil {
			return fmt.Errorf("%s: %w", a.Verb(), err)
		}
	}
	return nil
}

// do applies an Action and writes down what came of it. The error is a fault,
// after which nothing has happened.
func (p *Player) do(ctx context.Context, a authn.Action) (stage.Outcome, error) {
	o, told, err := p.stage.Do(ctx, a)
	if err != nil {
		return o, err
	}
	for name, v := range o.Fields() {
		if s, ok := v.(authn.Secret); ok {
			p.masks.Draw(name, s)
		}
	}
	v := verbs().of(a)
	p.tally.action(v, o)
	p.write(v, a, &o)
	if p.cfg.Watch != nil {
		p.broken(p.cfg.Watch.See(invariant.Seen{
			N: p.stage.N(), Action: a, Outcome: told, Refusal: o.Refusal, Crashed: o.Crashed, Look: p.stage.View,
		}))
	}
	return o, nil
}

// broken makes failures of what the invariants found.
func (p *Player) broken(all []invariant.Broken) {
	for _, b := range all {
		p.fail(match.Miss{At: p.at, Code: CodeInvariant, What: b.ID, Expected: b.Sentence, Got: b.What})
	}
}
