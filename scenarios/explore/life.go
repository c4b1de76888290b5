package explore

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/encap"
	"github.com/offauth/offauth/authn/sim"
	"github.com/offauth/offauth/authn/verb"
	"github.com/offauth/offauth/scenarios/invariant"
)

// start is when every explored world begins: a Monday morning.
var start = time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)

// life is a world in play.
type life struct {
	options Options
	table   map[string]verb.Verb
	store   *mortal
	streams *streams
	world   World
	watch   *invariant.History
	results map[int]any // by step
	now     time.Time
	seq     uint64
	n       int
	look    *authn.Snapshot // of this very moment, if somebody has looked
}

// played is a step with what came of it.
type played struct {
	step    step
	action  authn.Action // nil for one that came to nothing
	at      time.Time    // when it was done
	outcome authn.Outcome
	refusal *authn.Refusal
	crashed bool
	broken  []invariant.Broken
	edge    string // the kind of deadline on which a wait ended
}

// open returns a life over a store that holds a world already.
func open(o Options, table map[string]verb.Verb, store authn.Store, s *streams) *life {
	l := &life{options: o, table: table, store: &mortal{Store: store}, streams: s, results: map[int]any{}}
	l.reopen()
	return l
}

// reopen begins a new process over the same store.
func (l *life) reopen() {
	l.world = l.options.Open(sim.Config{Families: verb.Families(), Store: l.store, Rand: l.streams.rand, KDF: l.options.KDF, Slow: 1})
}

// play does one step. An error is the context's.
func (l *life) play(ctx context.Context, s step) (played, error) {
	p := played{step: s, at: l.now}
	action, ok := l.action(ctx, s, &p)
	if !ok {
		return p, ctx.Err()
	}
	err := l.apply(ctx, action, &p)
	if ctx.Err() != nil {
		return p, ctx.Err()
	}
	var fault *authn.Fault
	if errors.As(err, &fault) && usage(fault.Code) {
		return p, nil // not an action: what was typed has no meaning
	}
	p.action = action
	l.n++
	if err != nil {
		p.broken = []invariant.Broken{bug(l.n, action, err)}
		return p, nil
	}
	if !p.crashed && p.refusal == nil {
		l.results[s.id] = p.outcome.Result
	}
	p.broken = append(p.broken, l.watch.See(l.seen(ctx, p))...)
	return p, nil
}

// seen is what the invariants are told.
func (l *life) seen(ctx context.Context, p played) invariant.Seen {
	return invariant.Seen{
		N: l.n, Action: p.action, Outcome: p.outcome, Refusal: p.refusal, Crashed: p.crashed,
		Look: func() (authn.Snapshot, error) { return l.snapshot(ctx) },
	}
}

// apply does an Action, and dies in it where the step says so. The error is
// a fault, a bug or the context's.
func (l *life) apply(ctx context.Context, a authn.Action, p *played) error {
	l.look = nil
	l.store.at, l.store.died = p.step.crash, false
	out, err := l.careful(ctx, a)
	l.store.at = 0
	p.outcome = out
	if l.store.died {
		return l.crashed(ctx, out, err, p)
	}
	refusal, ok := authn.AsRefusal(err)
	if err != nil && !ok {
		return err
	}
	p.refusal = refusal
	l.now = out.At
	if n := len(out.Events); n > 0 {
		l.seq = out.Events[n-1].Seq
	}
	return nil
}

// crashed finds out what a process that died has left.
func (l *life) crashed(ctx context.Context, out authn.Outcome, err error, p *played) error {
	p.crashed = true
	if !errors.Is(err, errCrash) || out.Result != nil || len(out.Events) > 0 {
		p.broken = append(p.broken, told(l.n+1))
	}
	l.reopen()
	events, err := l.world.Events(ctx, authn.EventQuery{After: l.seq})
	if err != nil {
		return err
	}
	if n := len(events); n > 0 {
		l.seq = events[n-1].Seq
	}
	look, err := l.world.Snapshot(ctx, authn.Scope{Sites: []authn.Site{authn.SiteWorld}}) // for the time alone
	if err != nil {
		return err
	}
	l.now = look.Now
	p.outcome = authn.Outcome{At: l.now, Events: events}
	return nil
}

// careful turns a panic into an error.
func (l *life) careful(ctx context.Context, a authn.Action) (out authn.Outcome, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v", r)
		}
	}()
	return l.world.Apply(ctx, a)
}

// snapshot looks at the world, once for each of its moments.
func (l *life) snapshot(ctx context.Context) (authn.Snapshot, error) {
	if l.look == nil {
		s, err := l.world.Snapshot(ctx, authn.Scope{})
		if err != nil {
			return s, err
		}
		l.look = &s
	}
	return *l.look, nil
}

// action makes the Action of a step; false if what it refers to is not there.
func (l *life) action(ctx context.Context, s step, p *played) (authn.Action, bool) {
	if s.isWait() {
		by, edge := l.until(ctx, s.wait)
		p.edge = edge
		return authn.AdvanceClock{By: by}, by > 0
	}
	values := verb.Values{}
	maps.Copy(values, s.values)
	for name, v := range values {
		known, ok := l.value(v)
		if !ok {
			return nil, false
		}
		values[name] = known
	}
	row, ok := l.table[s.verb]
	if !ok {
		return nil, false
	}
	a, err := row.Build(values)
	return a, err == nil
}

// value returns an argument with what it refers to; false if that is not there.
func (l *life) value(v any) (any, bool) {
	switch v := v.(type) {
	case ref:
		return l.part(v)
	case joined:
		return v.secret(l.value)
	}
	return v, true
}

// part returns what a reference names.
func (l *life) part(r ref) (any, bool) {
	result, ok := l.results[r.step]
	if !ok {
		return nil, false
	}
	v, ok := verb.Fields(result)[r.field]
	return v, ok
}

// until returns how far a wait moves the clock, and the kind of the deadline
// that it meets exactly, if it does.
func (l *life) until(ctx context.Context, w wait) (time.Duration, string) {
	if w.kind == "" {
		return w.span, ""
	}
	look, err := l.snapshot(ctx)
	if err != nil {
		return 0, ""
	}
	for _, d := range look.Deadlines {
		if d.Site != w.site || d.Kind != w.kind {
			continue
		}
		edge := ""
		if w.delta == 0 {
			edge = d.Kind
		}
		return d.At.Sub(look.Now) + w.delta, edge
	}
	return 0, ""
}

// usage reports whether a fault means that the argument was wrong, and not
// offauth.
func usage(code authn.Code) bool {
	return code == authn.CodeBadArgument || code == sim.CodeAlreadyThere || code == encap.CodeContextTooLong || strings.HasPrefix(string(code), "no_such_")
}

// bug is an Action that was neither done nor refused.
func bug(n int, a authn.Action, err error) invariant.Broken {
	return invariant.Broken{
		ID: invariant.NoFault, Rules: []authn.RuleID{"A13"}, N: n,
		Sentence: "an Action is done or refused; none ends in a fault of offauth itself",
		What:     fmt.Sprintf("%s ended in: %v", a.Verb(), err),
	}
}

// told is an Action that told something although its write came to nothing.
func told(n int) invariant.Broken {
	return invariant.Broken{
		ID: invariant.SpendBeforeTell, Rules: []authn.RuleID{"A13"}, N: n,
		Sentence: "after a crash at any write, nothing that was shown or accepted is fresh to the store",
		What:     "the process died in the write, and something was told all the same",
	}
}
