// Package stage is the world of one story: a frozen clock, a store in memory, named
// random streams, and the actors that exist so far.
package stage

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/sim"
	"github.com/offauth/offauth/authn/verb"
)

// Stage is one world. It is used by one goroutine.
type Stage struct {
	world  *sim.World
	config sim.Config
	store  *crashStore
	actors []Actor
	now    time.Time
	events []authn.Event
	n      int             // Actions so far
	view   *authn.Snapshot // cached by View until the next Action
}

// Open creates a world with a start time and the random streams of a seed.
func Open(ctx context.Context, store authn.Store, kdf authn.KDF, seed int64, start time.Time) (*Stage, error) {
	s := &Stage{store: &crashStore{Store: store}, now: start}
	s.config = sim.Config{Families: verb.Families(), Store: s.store, Rand: newRandomStreams(seed).stream, KDF: kdf,
		Alone: true}
	s.Reopen()
	return s, sim.Start(ctx, s.store, &s.now)
}

// Reopen drops everything that the world holds in memory.
func (s *Stage) Reopen() { s.world = sim.Open(s.config) }

// World returns the world, for reading.
func (s *Stage) World() *sim.World { return s.world }

// Now returns the world's time.
func (s *Stage) Now() time.Time { return s.now }

// N returns the number of Actions so far, including those that create the world.
func (s *Stage) N() int { return s.n }

// Mark is a moment of a run, for Since.
type Mark struct {
	events int
	At     time.Time
}

// Mark returns the current moment.
func (s *Stage) Mark() Mark { return Mark{len(s.events), s.now} }

// Since returns an outcome with the events and the elapsed time since a moment.
// Mark{At: start} is the beginning.
func (s *Stage) Since(m Mark) *Outcome {
	return &Outcome{Events: s.events[m.events:], Elapsed: s.now.Sub(m.At)}
}

// Events returns all events so far.
func (s *Stage) Events() []authn.Event { return s.events }

// Arm makes the process die in the next Action, at BeforeDisk or BeforeTold.
func (s *Stage) Arm(moment int) { s.store.armed = moment }

// Do applies an Action with World.Apply; told is the world's own outcome of it. If
// o.Err is set, nothing has changed.
func (s *Stage) Do(ctx context.Context, a authn.Action) (o Outcome, told authn.Outcome) {
	from, armed := s.Mark(), s.store.armed
	out, err := s.world.Apply(ctx, a)
	o = Outcome{Result: out.Result, Pending: out.Pending}
	if o.Refusal, _ = authn.AsRefusal(err); o.Refusal != nil {
		o.Result = nil // a refused Action has no result
	}
	if o.Crashed = errors.Is(err, errCrash); o.Crashed {
		out, err = s.restartAfterCrash(ctx)
	} else if o.Refusal != nil {
		err = nil
	}
	if o.Err = err; err != nil {
		return o, out
	}
	if armed != 0 && !o.Crashed {
		s.store.armed = 0 // an Action without a write cannot crash
	}
	s.n++
	s.now = out.At
	s.view = nil
	s.events = append(s.events, out.Events...)
	o.Events, o.Elapsed = s.events[from.events:], s.now.Sub(from.At)
	return o, out
}

// restartAfterCrash reopens the world as the next process does, and returns the
// events that the crashed process wrote to disk.
func (s *Stage) restartAfterCrash(ctx context.Context) (authn.Outcome, error) {
	s.Reopen()
	out := authn.Outcome{At: s.now}
	var last uint64
	if len(s.events) > 0 {
		last = s.events[len(s.events)-1].Seq
	}
	events, err := s.world.Events(ctx, authn.EventQuery{After: last})
	if err != nil {
		return out, err
	}
	view, err := s.world.Snapshot(ctx, authn.Scope{Sites: []authn.Site{authn.SiteWorld}})
	out.At, out.Events = view.Now, events
	return out, err
}

// View returns a snapshot of the world. It is read at most once for each Action.
func (s *Stage) View() (authn.Snapshot, error) {
	if s.view == nil {
		view, err := s.world.Snapshot(context.Background(), authn.Scope{})
		if err != nil {
			return view, err
		}
		s.view = &view
	}
	return *s.view, nil
}

// Actor is an actor of the story.
type Actor struct {
	Name string
	Role authn.Role
}

// Site returns the site with the actor's state; for the admin, the server.
func (a Actor) Site() authn.Site {
	if a.Role == authn.RoleServer || a.Role == authn.RoleAdmin {
		return authn.SiteServer
	}
	return authn.Site(string(a.Role) + "/" + a.Name)
}

// AddActor adds an actor unless it exists.
func (s *Stage) AddActor(a Actor) {
	if !slices.ContainsFunc(s.actors, func(b Actor) bool { return authn.SameName(b.Name, a.Name) && b.Role == a.Role }) {
		s.actors = append(s.actors, a)
	}
}

// Actor returns the actor with a name, in any case.
func (s *Stage) Actor(name string) (Actor, error) {
	i := slices.IndexFunc(s.actors, func(a Actor) bool { return authn.SameName(a.Name, name) })
	if i < 0 {
		return Actor{}, fmt.Errorf("no actor is called %q", name)
	}
	return s.actors[i], nil
}

// Only returns the only actor of a role. If no actor has the role, it returns the
// zero Actor; the Action then reports what is missing.
func (s *Stage) Only(role authn.Role) (Actor, error) {
	var found Actor
	for _, a := range s.actors {
		if a.Role != role {
			continue
		}
		if found.Name != "" {
			return Actor{}, fmt.Errorf("both %s and %s are a %s: write by: or for: with the one that is meant", found.Name,
				a.Name, role)
		}
		found = a
	}
	return found, nil
}
