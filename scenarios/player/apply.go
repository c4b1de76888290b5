package player

import (
	"context"
	"errors"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/sim"
	"github.com/offauth/offauth/authn/verb"
	"github.com/offauth/offauth/scenarios/invariant"
)

// mark is a moment of a run: what is looked at later is what came after it.
type mark struct {
	events int
	at     time.Time
}

func (p *Player) mark() mark { return mark{len(p.events), p.now} }

// outcome is what a step came to.
type outcome struct {
	result  any
	refusal *authn.Refusal
	pending *authn.Pending
	crashed bool
	// err is a fault, or what is wrong with the step itself.
	err error
	// events are those since it began, elapsed how far the clock moved.
	events  []authn.Event
	elapsed time.Duration
	named   map[string]any
}

func (o *outcome) accepted() bool { return o.err == nil && o.refusal == nil && !o.crashed }

// fields are the named values of the result.
func (o *outcome) fields() map[string]any {
	if o.named == nil {
		o.named = map[string]any{}
		for name, v := range verb.Fields(o.result) {
			if v = plain(v); v != nil {
				o.named[name] = v
			}
		}
	}
	return o.named
}

// plain makes of a result's value one of the values of scenarios; what is
// empty because there is none is nil.
func plain(v any) any {
	switch v := v.(type) {
	case time.Time:
		if v.IsZero() {
			return nil
		}
		return v.UTC()
	case int:
		return int64(v)
	case []string:
		list := make([]any, len(v))
		for i, item := range v {
			list[i] = item
		}
		return list
	case authn.Secret:
		if v.Empty() {
			return nil
		}
	}
	return v
}

// do applies an Action through the one door, and keeps what came of it. The
// error is a fault, after which nothing has happened.
func (p *Player) do(ctx context.Context, a authn.Action) (outcome, error) {
	from, armed := p.mark(), p.store.armed
	out, err := p.world.Apply(ctx, a)
	o := outcome{result: out.Result, pending: out.Pending}
	if o.refusal, _ = authn.AsRefusal(err); o.refusal != nil {
		o.result = nil // who is refused is given nothing
	}
	if o.crashed = errors.Is(err, errCrash); o.crashed {
		if out, err = p.revive(ctx); err != nil {
			return o, err
		}
	} else if err != nil && o.refusal == nil {
		return o, err
	}
	if armed != 0 && !o.crashed {
		p.store.armed = 0 // an Action that writes nothing leaves nothing to die in
	}
	p.n++
	p.now = out.At
	p.view = nil
	p.events = append(p.events, out.Events...)
	o.events, o.elapsed = p.events[from.events:], p.now.Sub(from.at)
	for name, v := range o.fields() {
		if s, ok := v.(authn.Secret); ok {
			p.masks.draw(name, s)
		}
	}
	v := verbs().of(a)
	p.tally.action(v, o)
	p.write(v, a, &o)
	p.watch(a, out, o)
	return o, nil
}

// revive is the next process after a crash: it opens the world again, and
// finds what the last one got onto the disk.
func (p *Player) revive(ctx context.Context) (authn.Outcome, error) {
	p.world = sim.Open(p.sim)
	out := authn.Outcome{At: p.now}
	var last uint64
	if len(p.events) > 0 {
		last = p.events[len(p.events)-1].Seq
	}
	events, err := p.world.Events(ctx, authn.EventQuery{After: last})
	if err != nil {
		return out, err
	}
	s, err := p.world.Snapshot(ctx, authn.Scope{Sites: []authn.Site{authn.SiteWorld}})
	out.At, out.Events = s.Now, events
	return out, err
}

// watch tells the invariants of an Action.
func (p *Player) watch(a authn.Action, out authn.Outcome, o outcome) {
	if p.cfg.Watch != nil {
		p.broken(p.cfg.Watch.See(invariant.Seen{N: p.n, Action: a, Outcome: out, Refusal: o.refusal, Crashed: o.crashed, Look: p.snapshot}))
	}
}

// broken makes failures of what the invariants found.
func (p *Player) broken(all []invariant.Broken) {
	for _, b := range all {
		p.fail(failing{at: p.at, code: CodeInvariant, what: b.ID, expected: b.Sentence, got: b.What})
	}
}

// snapshot shows the world as it is now. It is read once a step at most, and
// only if somebody asks.
func (p *Player) snapshot() (authn.Snapshot, error) {
	if p.view == nil {
		s, err := p.world.Snapshot(context.Background(), authn.Scope{})
		if err != nil {
			return s, err
		}
		p.view = &s
	}
	return *p.view, nil
}
