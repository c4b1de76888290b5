// Package stage has the world that a story is played in: a frozen clock, a store
// in memory, named random streams, and the actors that the story has by now.
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
	store  *crashing
	actors []Actor
	now    time.Time
	events []authn.Event
	n      int             // Actions so far
	view   *authn.Snapshot // the world as it is now, once somebody asked
}

// Open makes a world at an instant, with the streams of a seed.
func Open(ctx context.Context, store authn.Store, kdf authn.KDF, seed int64, start time.Time) (*Stage, error) {
	s := &Stage{store: &crashing{Store: store}, now: start}
	s.config = sim.Config{Families: verb.Families(), Store: s.store, Rand: newChance(seed).stream, KDF: kdf, Alone: true}
	s.Reopen()
	return s, sim.Start(ctx, s.store, &s.now)
}

// Reopen drops what the world has in memory.
func (s *Stage) Reopen() { s.world = sim.Open(s.config) }

// World returns the world, for looking at.
func (s *Stage) World() *sim.World { return s.world }

// Now returns the world's time.
func (s *Stage) Now() time.Time { return s.now }

// N returns how many Actions were done, those that made the world included.
func (s *Stage) N() int { return s.n }

// Mark is a moment of a run: what is looked at later is what came after it.
type Mark struct {
	events int
	At     time.Time
}

// Mark returns this moment.
func (s *Stage) Mark() Mark { return Mark{len(s.events), s.now} }

// Since returns an outcome with the events since a moment, and how far the clock
// has moved. The zero Mark, its At being the start, is the beginning.
func (s *Stage) Since(m Mark) *Outcome {
	return &Outcome{Events: s.events[m.events:], Elapsed: s.now.Sub(m.At)}
}

// Events returns all events so far.
func (s *Stage) Events() []authn.Event { return s.events }

// Arm lets the process die at a moment of the next Action: BeforeDisk or
// BeforeTold.
func (s *Stage) Arm(moment int) { s.store.armed = moment }

// Do applies an Action through the one door. told is what the world said of it.
// After a fault, which is the outcome's Err, nothing has happened.
func (s *Stage) Do(ctx context.Context, a authn.Action) (o Outcome, told authn.Outcome) {
	from, armed := s.Mark(), s.store.armed
	out, err := s.world.Apply(ctx, a)
	o = Outcome{Result: out.Result, Pending: out.Pending}
	if o.Refusal, _ = authn.AsRefusal(err); o.Refusal != nil {
		o.Result = nil // who is refused is given nothing
	}
	if o.Crashed = errors.Is(err, errCrash); o.Crashed {
		out, err = s.revive(ctx)
	} else if o.Refusal != nil {
		err = nil
	}
	if o.Err = err; err != nil {
		return o, out
	}
	if armed != 0 && !o.Crashed {
		s.store.armed = 0 // an Action that writes nothing leaves nothing to die in
	}
	s.n++
	s.now = out.At
	s.view = nil
	s.events = append(s.events, out.Events...)
	o.Events, o.Elapsed = s.events[from.events:], s.now.Sub(from.At)
	return o, out
}

// revive is the next process after a crash: it opens the world again, and
// finds what the last one got onto the disk.
func (s *Stage) revive(ctx context.Context) (authn.Outcome, error) {
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

// View shows the world as it is now. It is read once an Action at most, and only
// if somebody asks.
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

// Actor is somebody or something that acts.
type Actor struct {
	Name string
	Role authn.Role
}

// Site is where an actor's state lies; the admin acts on the server itself.
func (a Actor) Site() authn.Site {
	if a.Role == authn.RoleServer || a.Role == authn.RoleAdmin {
		return authn.SiteServer
	}
	return authn.Site(string(a.Role) + "/" + a.Name)
}

// AddActor adds an actor that is new.
func (s *Stage) AddActor(a Actor) {
	if !slices.ContainsFunc(s.actors, func(b Actor) bool { return authn.SameName(b.Name, a.Name) && b.Role == a.Role }) {
		s.actors = append(s.actors, a)
	}
}

// Actor finds an actor that the story has by now.
func (s *Stage) Actor(name string) (Actor, error) {
	i := slices.IndexFunc(s.actors, func(a Actor) bool { return authn.SameName(a.Name, name) })
	if i < 0 {
		return Actor{}, fmt.Errorf("no actor is called %q", name)
	}
	return s.actors[i], nil
}

// Only finds the one actor of a role. It returns none where no actor has the role, which
// the Action itself judges.
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
