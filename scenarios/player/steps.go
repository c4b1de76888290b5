package player

import (
	"context"
	"fmt"
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

// doStep does a step and checks its outcome.
func (p *Player) doStep(ctx context.Context, s *story.Step) {
	from := p.stage.Mark()
	var o stage.Outcome
	var awaited *record
	switch d := s.Body.(type) {
	case story.Phase:
		p.beginPhase(d.Title)
		return
	case story.Call:
		p.call(s, d)
		return
	case story.Repeat:
		p.repeat(s, d)
		return
	case story.Check:
		p.judge.Check(d.What, p.sinceStart())
		p.save(s, nil, p.stack.scope())
		return
	case story.Await:
		o = p.await(ctx, d)
		if awaited = p.steps[d.ID]; awaited != nil {
			from = awaited.from
		}
	default:
		o = p.perform(ctx, d)
	}
	if len(p.pending) > 0 {
		p.updatePending(ctx)
	}
	since := p.stage.Since(from)
	o.Events, o.Elapsed = since.Events, since.Elapsed
	if awaited != nil && !awaited.ended.IsZero() {
		o.Elapsed = awaited.ended.Sub(from.At)
	}
	p.remember(s, from, &o)
	p.checkStep(s, &o)
}

// performer does steps and records their outcomes.
type performer struct {
	*names
	*resultBuilder
	stage   *stage.Stage
	stack   *stack
	actions *actionBuilder
	watch   invariant.Watcher // nil checks no invariants
	limits  limits
	pending []*record
}

// sinceStart returns an outcome with everything since the start, for checks.
func (p *Player) sinceStart() *stage.Outcome {
	return p.stage.Since(stage.Mark{At: p.start})
}

// remember records the outcome of a step that has an id or is pending.
func (p *Player) remember(s *story.Step, from stage.Mark, o *stage.Outcome) {
	r := &record{step: s, name: p.name, from: from, res: o}
	if s.ID != "" {
		p.steps[s.ID] = r
	}
	if o.Pending != nil {
		p.pending = append(p.pending, r)
	}
}

// checkStep saves the values of a step and checks its expectation.
func (p *Player) checkStep(s *story.Step, o *stage.Outcome) {
	p.outcome = p.describe(o)
	defer func() { p.outcome = "" }()
	if len(s.Save) > 0 && o.Accepted() {
		p.save(s, o.Fields(), p.stack.scope())
	}
	p.judge.Expect(s, p.name, o)
}

// describe returns the outcome of a step as a text.
func (p *Player) describe(o *stage.Outcome) string {
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

// perform does a step that consists of Actions.
func (d *performer) perform(ctx context.Context, body story.Body) stage.Outcome {
	var actions []authn.Action
	var err error
	switch s := body.(type) {
	case story.Do:
		return d.verb(ctx, s)
	case story.Wait:
		by, err := eval.Of[time.Duration](d.values, s.By)
		return d.advance(ctx, d.stage.Now().Add(by), err)
	case story.At:
		to, err := eval.Of[time.Time](d.values, s.To)
		return d.advance(ctx, to, err)
	case story.Restart:
		return d.restart(ctx, s)
	case story.Crash:
		return stage.Outcome{Err: d.arm(s)}
	case story.Links:
		actions, err = d.actions.links(s)
	case story.Skews:
		actions, err = d.actions.skews(s)
	case story.Policy:
		var settings []authn.Setting
		settings, err = d.actions.settings(s)
		actions = []authn.Action{authn.SetPolicy{Settings: settings}}
	}
	o := stage.Outcome{Err: err}
	for _, a := range actions {
		if o.Accepted() {
			o = d.do(ctx, a)
		}
	}
	return o
}

// advance moves the clock forward, but not beyond the story's limit.
func (d *performer) advance(ctx context.Context, to time.Time, err error) stage.Outcome {
	if err != nil {
		return stage.Outcome{Err: err}
	}
	by := to.Sub(d.stage.Now())
	if by < 0 {
		return stage.Outcome{Err: fmt.Errorf("this is %s in the past; clock back sets the clock back", mask.Spell(-by))}
	}
	if virtual := to.Sub(d.start); virtual > d.limits.virtual {
		d.timeOut("timeout.virtual", mask.Spell(d.limits.virtual), mask.Spell(virtual))
		return stage.Outcome{}
	}
	if by == 0 {
		return stage.Outcome{}
	}
	return d.do(ctx, authn.AdvanceClock{By: by})
}

// timeOut fails a step because of a limit and ends the section, even with
// on_fail: continue.
func (d *performer) timeOut(which, limit, got string) {
	d.fail(match.Miss{At: d.at, Code: CodeTimeout, What: which, Expected: "at most " + limit, Got: got})
	d.stack.frames = nil
	d.section = max(d.section, atEnd)
}

// restart drops an actor's memory and keeps its store (A6). A server or provider
// keeps nothing in memory, so reopening the world is enough.
func (d *performer) restart(ctx context.Context, s story.Restart) stage.Outcome {
	name, err := eval.Of[string](d.values, s.Actor)
	if err != nil {
		return stage.Outcome{Err: err}
	}
	a, err := d.stage.Actor(name)
	if err != nil {
		return stage.Outcome{Err: err}
	}
	d.stage.Reopen()
	switch a.Role {
	case authn.RolePhone:
		return d.do(ctx, authn.RestartDevice{Phone: a.Name})
	case authn.RoleWorkstation:
		return d.do(ctx, authn.RestartWorkstation{Workstation: a.Name})
	}
	d.line(mask.Spell(d.stage.Now().Sub(d.start)), string(a.Site()), "restart  → done")
	return stage.Outcome{}
}

// arm makes the process die in the next Action.
func (d *performer) arm(s story.Crash) error {
	moment, err := eval.Of[int](d.values, s.Moment)
	if err == nil && moment != stage.BeforeDisk && moment != stage.BeforeTold {
		err = fmt.Errorf("an Action is one write: at_put is 1, before it is on disk, or 2, before it is told")
	}
	if err == nil {
		d.stage.Arm(moment)
	}
	return err
}

// await moves the clock until a pending Action has ended.
func (d *performer) await(ctx context.Context, s story.Await) stage.Outcome {
	r, ok := d.steps[s.ID]
	if !ok {
		return stage.Outcome{Err: fmt.Errorf("no step that was played has the id %q", s.ID)}
	}
	for slices.Contains(d.pending, r) {
		until := r.res.Pending.Until
		if !until.After(d.stage.Now()) {
			d.fail(match.Miss{At: s.Pos, Code: CodePending, What: "await " + s.ID, Expected: "it ends",
				Got: "nothing is left that could end it"})
			return stage.Outcome{}
		}
		if o := d.advance(ctx, until, nil); o.Err != nil || d.section >= atEnd {
			return o
		}
		d.updatePending(ctx)
	}
	return stage.Outcome{Result: r.res.Result}
}

// updatePending updates the pending Actions and removes those that have ended.
func (d *performer) updatePending(ctx context.Context) {
	d.pending = slices.DeleteFunc(d.pending, func(r *record) bool {
		out, err := d.stage.World().Look(ctx, r.res.Pending.ID)
		if err != nil {
			d.fail(match.Miss{At: r.step.Pos, Code: CodeFault, What: r.name, Got: err.Error()})
			return true
		}
		r.res.Result, r.res.Named = out.Result, nil
		if out.Pending != nil {
			r.res.Pending = out.Pending
			return false
		}
		r.ended = d.stage.Now()
		if until := r.res.Pending.Until; until.Before(d.stage.Now()) {
			r.ended = until
		}
		r.res.Pending = nil
		return true
	})
}

// verb does a verb of the table.
func (d *performer) verb(ctx context.Context, s story.Do) stage.Outcome {
	a, err := d.actions.do(s)
	if err != nil {
		return stage.Outcome{Err: err}
	}
	o := d.do(ctx, a)
	if o.Accepted() || o.Crashed {
		d.addMade(ctx, s.Verb, a)
	}
	return o
}

// addMade adds the actor that an Action created, if any. After a crash it may be
// missing from the world.
func (d *performer) addMade(ctx context.Context, v verb.Verb, a authn.Action) {
	if v.Makes.Role == "" {
		return
	}
	roster, err := d.stage.World().Roster(ctx)
	if err != nil {
		d.fail(match.Miss{At: d.at, Code: CodeFault, What: "the roster", Got: err.Error()})
		return
	}
	if made := (stage.Actor{Name: v.Made(a), Role: v.Makes.Role}); roster.Has(made.Site()) {
		d.stage.AddActor(made)
	}
}

// createWorld applies the Actions that create the world before the first step.
func (d *performer) createWorld(ctx context.Context) error {
	s := d.in.Story
	actions, err := d.actions.policy()
	if err != nil {
		return err
	}
	for _, name := range users(s) {
		actions = append(actions, authn.AddUser{Name: name})
	}
	for _, a := range s.Actors {
		d.stage.AddActor(stage.Actor{Name: a.Name, Role: a.Role})
		actions = append(actions, d.actions.actorActions(a)...)
	}
	for _, l := range s.Links {
		a, err := d.actions.uplink(l)
		if err != nil {
			return err
		}
		actions = append(actions, a)
	}
	for _, a := range actions {
		o := d.do(ctx, a)
		if o.Err == nil && o.Refusal != nil {
			o.Err = o.Refusal
		}
		if o.Err != nil {
			return fmt.Errorf("%s: %w", a.Verb(), o.Err)
		}
	}
	return nil
}

// do applies an Action and records its outcome. A fault changes nothing.
func (d *performer) do(ctx context.Context, a authn.Action) stage.Outcome {
	o, told := d.stage.Do(ctx, a)
	if o.Err != nil {
		return o
	}
	for name, v := range o.Fields() {
		if s, ok := v.(authn.Secret); ok {
			d.masks.AddDrawn(name, s)
		}
	}
	v, _ := verb.Of(a)
	d.tally.action(v, o)
	d.write(v, a, &o)
	if d.watch != nil {
		d.addBroken(d.watch.See(invariant.Seen{
			N: d.stage.N(), Action: a, Outcome: told, Refusal: o.Refusal, Crashed: o.Crashed, Look: d.stage.View,
		}))
	}
	return o
}

// addBroken adds a failure for each broken invariant.
func (d *performer) addBroken(all []invariant.Broken) {
	for _, b := range all {
		d.fail(match.Miss{At: d.at, Code: CodeInvariant, What: b.ID, Expected: b.Sentence, Got: b.What})
	}
}
