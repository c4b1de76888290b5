package player

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/verb"
	"github.com/offauth/offauth/scenarios/invariant"
	"github.com/offauth/offauth/scenarios/player/eval"
	"github.com/offauth/offauth/scenarios/player/judge"
	"github.com/offauth/offauth/scenarios/player/mask"
	"github.com/offauth/offauth/scenarios/player/match"
	"github.com/offauth/offauth/scenarios/player/stage"
	"github.com/offauth/offauth/scenarios/story"
)

// act does what a step is of, and judges what came of it.
func (p *Player) act(ctx context.Context, s *story.Step) {
	from := p.stage.Mark()
	var o stage.Outcome
	var awaited *record
	switch d := s.Deed.(type) {
	case story.Phase:
		p.chapter(d.Title)
		return
	case story.Call:
		p.call(s, d)
		return
	case story.Repeat:
		p.repeat(s, d)
		return
	case story.Check:
		p.judge.Check(d.What, p.everything())
		p.save(s, nil, p.stack.scope())
		return
	case story.Await:
		o = p.await(ctx, d)
		if awaited = p.steps[d.ID]; awaited != nil {
			from = awaited.from
		}
	default:
		o = p.done(ctx, d)
	}
	if len(p.pending) > 0 {
		p.settled(ctx)
	}
	since := p.stage.Since(from)
	o.Events, o.Elapsed = since.Events, since.Elapsed
	if awaited != nil && !awaited.ended.IsZero() {
		o.Elapsed = awaited.ended.Sub(from.At)
	}
	p.remember(s, from, &o)
	p.conclude(s, &o)
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
	if o.Pending != nil {
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

// done does a step that makes Actions.
func (p *Player) done(ctx context.Context, deed story.Deed) stage.Outcome {
	var actions []authn.Action
	var err error
	switch d := deed.(type) {
	case story.Do:
		return p.verb(ctx, d)
	case story.Wait:
		by, err := eval.Of[time.Duration](p.values, d.By)
		return p.advance(ctx, p.stage.Now().Add(by), err)
	case story.At:
		to, err := eval.Of[time.Time](p.values, d.To)
		return p.advance(ctx, to, err)
	case story.Restart:
		return p.restart(ctx, d)
	case story.Crash:
		return stage.Outcome{Err: p.arm(d)}
	case story.Links:
		actions, err = p.builder.links(d)
	case story.Skews:
		actions, err = p.builder.skews(d)
	case story.Policy:
		var settings []authn.Setting
		settings, err = p.builder.settings(d)
		actions = []authn.Action{authn.SetPolicy{Settings: settings}}
	}
	o := stage.Outcome{Err: err}
	for _, a := range actions {
		if o.Accepted() {
			o = p.do(ctx, a)
		}
	}
	return o
}

// advance moves the clock, never back and never beyond the story's limit.
func (p *Player) advance(ctx context.Context, to time.Time, err error) stage.Outcome {
	if err != nil {
		return stage.Outcome{Err: err}
	}
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
	return p.do(ctx, authn.AdvanceClock{By: by})
}

// restart drops what an actor has in memory and keeps its store (A6). A
// server's and a provider's world is opened again: they keep nothing in memory.
func (p *Player) restart(ctx context.Context, d story.Restart) stage.Outcome {
	name, err := eval.Of[string](p.values, d.Actor)
	if err != nil {
		return stage.Outcome{Err: err}
	}
	a, err := p.stage.Actor(name)
	if err != nil {
		return stage.Outcome{Err: err}
	}
	p.stage.Reopen()
	switch a.Role {
	case authn.RolePhone:
		return p.do(ctx, authn.RestartDevice{Phone: a.Name})
	case authn.RoleWorkstation:
		return p.do(ctx, authn.RestartWorkstation{Workstation: a.Name})
	}
	p.line(mask.Spell(p.stage.Now().Sub(p.start)), string(a.Site()), "restart  → done")
	return stage.Outcome{}
}

// arm lets the process die in the next Action.
func (p *Player) arm(d story.Crash) error {
	moment, err := eval.Of[int](p.values, d.Moment)
	if err == nil && moment != stage.BeforeDisk && moment != stage.BeforeTold {
		err = fmt.Errorf("an Action is one write: at_put is 1, before it is on disk, or 2, before it is told")
	}
	if err == nil {
		p.stage.Arm(moment)
	}
	return err
}

// await moves the clock until a pending Action has ended.
func (p *Player) await(ctx context.Context, d story.Await) stage.Outcome {
	r, ok := p.steps[d.ID]
	if !ok {
		return stage.Outcome{Err: fmt.Errorf("no step that was played has the id %q", d.ID)}
	}
	for slices.Contains(p.pending, r) {
		until := r.res.Pending.Until
		if !until.After(p.stage.Now()) {
			p.fail(match.Miss{At: d.Pos, Code: CodePending, What: "await " + d.ID, Expected: "it ends", Got: "nothing is left that could end it"})
			return stage.Outcome{}
		}
		if o := p.advance(ctx, until, nil); o.Err != nil || p.section >= atEnd {
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
func (p *Player) verb(ctx context.Context, d story.Do) stage.Outcome {
	a, err := p.builder.do(d)
	if err != nil {
		return stage.Outcome{Err: err}
	}
	o := p.do(ctx, a)
	if o.Accepted() || o.Crashed {
		p.newcomer(ctx, d.Verb, a)
	}
	return o
}

// newcomer adds the actor that an Action has made. After a crash there may be
// none.
func (p *Player) newcomer(ctx context.Context, v verb.Verb, a authn.Action) {
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
		a, err := p.builder.uplink(l)
		if err != nil {
			return err
		}
		actions = append(actions, a)
	}
	for _, a := range actions {
		o := p.do(ctx, a)
		if o.Err == nil && o.Refusal != nil {
			o.Err = o.Refusal
		}
		if o.Err != nil {
			return fmt.Errorf("%s: %w", a.Verb(), o.Err)
		}
	}
	return nil
}

// do applies an Action and writes down what came of it. After a fault nothing
// has happened.
func (p *Player) do(ctx context.Context, a authn.Action) stage.Outcome {
	o, told := p.stage.Do(ctx, a)
	if o.Err != nil {
		return o
	}
	for name, v := range o.Fields() {
		if s, ok := v.(authn.Secret); ok {
			p.masks.Draw(name, s)
		}
	}
	v := verbs()[reflect.TypeOf(a)]
	p.tally.action(v, o)
	p.write(v, a, &o)
	if p.cfg.Watch != nil {
		p.broken(p.cfg.Watch.See(invariant.Seen{
			N: p.stage.N(), Action: a, Outcome: told, Refusal: o.Refusal, Crashed: o.Crashed, Look: p.stage.View,
		}))
	}
	return o
}

// broken makes failures of what the invariants found.
func (p *Player) broken(all []invariant.Broken) {
	for _, b := range all {
		p.fail(match.Miss{At: p.at, Code: CodeInvariant, What: b.ID, Expected: b.Sentence, Got: b.What})
	}
}
