package explore

import (
	"context"
	"fmt"
	"maps"
	"reflect"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/sim"
	"github.com/offauth/offauth/authn/verb"
	"github.com/offauth/offauth/scenarios/invariant"
)

// prepared is a world that many runs begin with, and the story so far.
type prepared struct {
	plan    plan
	life    *life
	seen    []invariant.Seen
	trace   []played
	known   *known
	driver  driver
	table   map[string]verb.Verb
	options Options
}

// tableOf returns the verbs of a family, and of none, by their spelling.
func tableOf(family authn.FamilyName) map[string]verb.Verb {
	table := map[string]verb.Verb{}
	for _, v := range verb.All() {
		if v.Action != nil && (v.Family == "" || v.Family == family) {
			table[v.Name] = v
		}
	}
	return table
}

// prepare makes the world of a plan and does all its steps. What it finds
// broken on the way is kept by the caller.
func prepare(ctx context.Context, o Options, table map[string]verb.Verb, p plan) (*prepared, error) {
	store := o.Store()
	at := p.start
	if err := sim.Start(ctx, store, &at); err != nil {
		return nil, err
	}
	l := open(o, table, store, newStreams(o.Seed))
	l.now = at
	ready := &prepared{plan: p, life: l, table: table, options: o, known: newKnown(p)}
	l.watch = silent()
	for _, a := range p.making() {
		one := played{at: l.now, action: a}
		if err := l.apply(ctx, a, &one); err != nil {
			return nil, fmt.Errorf("explore: %s: %w", a.Verb(), err)
		}
		l.n++
		ready.seen = append(ready.seen, l.seen(ctx, one))
	}
	return ready, nil
}

// silent is a history that nobody judges.
func silent() *invariant.History {
	h, err := invariant.New("", []string{"none"})
	if err != nil {
		panic("explore: a history without a judge: " + err.Error())
	}
	return h
}

// making are the Actions that make the world: users, settings, sites.
func (p plan) making() []authn.Action {
	var list []authn.Action
	for _, user := range p.users() {
		list = append(list, authn.AddUser{Name: user})
	}
	if len(p.policy) > 0 {
		list = append(list, authn.SetPolicy{Settings: p.policy})
	}
	for _, a := range p.actors {
		switch a.role {
		case authn.RoleWorkstation:
			list = append(list, authn.AddWorkstation{Name: a.name, Family: p.family})
		case authn.RoleProvider:
			list = append(list, authn.AddProvider{Name: a.name})
		case authn.RolePhone:
			list = append(list, authn.RegisterDevice{Name: a.name, User: a.user, Platform: a.platform})
		}
	}
	return list
}

// add plays a step as part of what is prepared.
func (r *prepared) add(ctx context.Context, s step) error {
	p, err := r.life.play(ctx, s)
	if err != nil {
		return err
	}
	r.plan.steps = append(r.plan.steps, s)
	r.trace = append(r.trace, p)
	r.known.learn(p)
	if p.action == nil {
		return nil
	}
	seen := r.life.seen(ctx, p)
	seen.Look = nil // what it would show is gone by the time that anybody looks
	r.seen = append(r.seen, seen)
	return nil
}

// begins reports whether a plan begins with what is prepared.
func (r *prepared) begins(p plan) bool {
	if len(p.steps) < len(r.plan.steps) || !reflect.DeepEqual(p.policy, r.plan.policy) || !reflect.DeepEqual(p.actors, r.plan.actors) {
		return false
	}
	for i, s := range r.plan.steps {
		if !reflect.DeepEqual(s, p.steps[i]) {
			return false
		}
	}
	return true
}

// begin returns a life of a plan, from which step on it is to be played, and
// what is broken before that. It copies what is prepared, or makes the world
// from nothing.
func (r *prepared) begin(ctx context.Context, p plan) (l *life, from int, broken []invariant.Broken, err error) {
	watch, err := invariant.New(r.family(), r.options.Invariants)
	if err != nil {
		return nil, 0, nil, err
	}
	seen := r.seen
	var store forker
	if p.ready == r && r.life != nil {
		store, _ = r.life.store.Store.(forker)
	}
	if store != nil {
		l, from = open(r.options, r.table, store.Fork(), r.life.streams.fork()), len(r.plan.steps)
		l.results, l.now, l.seq, l.n = maps.Clone(r.life.results), r.life.now, r.life.seq, r.life.n
	} else {
		p.ready = nil
		fresh, err := prepare(ctx, r.options, r.table, p)
		if err != nil {
			return nil, 0, nil, err
		}
		l, seen = fresh.life, fresh.seen
	}
	l.watch = watch
	for _, s := range seen {
		broken = append(broken, watch.See(s)...)
	}
	return l, from, broken, nil
}

func (r *prepared) family() authn.FamilyName { return r.driver.family() }
