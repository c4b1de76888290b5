package record

import (
	"errors"
	"slices"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/sim"
	"github.com/offauth/offauth/authn/verb"
	"github.com/offauth/offauth/scenarios/compose"
)

// ErrNothing is returned if the recording has no Actions of the family.
var ErrNothing = errors.New("nothing was done that a scenario could tell")

// ErrTwoNames is returned if two sites have the same name, since the names of
// actors must be unique in a scenario.
var ErrTwoNames = errors.New("two sites have the same name")

// Known returns zero values of all Action and result types of the verb table, for
// sim.World.Recorded.
func Known() []any {
	var all []any
	for _, v := range verb.All() {
		all = append(all, v.Action, v.Result)
	}
	return all
}

// Families returns the families whose own verbs were used, the last used first.
func Families(moves []sim.Recorded) []authn.FamilyName {
	var families []authn.FamilyName
	for _, m := range slices.Backward(moves) {
		v, _ := verb.Of(m.Action)
		family := v.Family
		if family != "" && !slices.Contains(families, family) {
			families = append(families, family)
		}
	}
	return families
}

// Scene returns a scene with the recorded Actions of one family. left holds the
// verbs of other families that it leaves out, without duplicates. The error wraps
// ErrNothing or ErrTwoNames.
func Scene(name string, family authn.FamilyName, moves []sim.Recorded) (scene compose.Scene, left []string, err error) {
	s := &filter{family: family, excluded: map[authn.Site]bool{}}
	s.run(moves)
	if len(s.kept) == 0 {
		return compose.Scene{}, s.left, ErrNothing
	}
	scene = compose.Scene{
		Name: name, Tags: []string{"recorded"}, Profile: string(family),
		Header: []string{"Recorded by: offauth scenario record " + name,
			"What chance drew is told by reference: each play draws its own PINs and codes."},
	}
	rest := begin(&scene, s.kept)
	if err := uniqueNames(scene, rest); err != nil {
		return scene, s.left, err
	}
	scene.Start = s.kept[0].At
	if len(rest) > 0 {
		scene.Start = rest[0].At
	}
	scene.Moves = rest
	return scene, s.left, nil
}

// Rounded returns the scene with its start and waits in whole seconds.
func Rounded(scene compose.Scene) compose.Scene {
	scene.Start = scene.Start.Truncate(time.Second)
	return scene
}

// Exact returns the scene with waits that are exact to the nanosecond.
func Exact(scene compose.Scene) compose.Scene {
	scene.Exact = true
	return scene
}

// filter keeps the moves of one family and those that belong to no family.
type filter struct {
	family authn.FamilyName
	kept   []compose.Move
	left   []string
	// excluded are the sites of other families.
	excluded map[authn.Site]bool
	// timers are the timer events of the moves that were left out since the last
	// kept one.
	timers []authn.Event
}

func (s *filter) run(moves []sim.Recorded) {
	var last time.Time
	for _, m := range moves {
		action, keep := s.keep(m.Action)
		if !keep {
			if verb := m.Action.Verb(); !slices.Contains(s.left, verb) {
				s.left = append(s.left, verb)
			}
			s.timers = append(s.timers, timersOf(m.Outcome.Events)...)
			last = m.At
			continue
		}
		out := m.Outcome
		out.Events = append(s.timers, out.Events...)
		s.timers = nil
		s.kept = append(s.kept, compose.Move{Action: action, At: m.At, Outcome: out, Refusal: m.Refusal})
	}
	if len(s.timers) > 0 && len(s.kept) > 0 {
		s.kept = append(s.kept, compose.Move{At: last, Outcome: authn.Outcome{Events: s.timers}})
	}
}

// timersOf returns the events that no Action causes.
func timersOf(events []authn.Event) []authn.Event {
	anytime := verb.Anytime()
	var found []authn.Event
	for _, e := range events {
		if e.Kind != authn.EventRefused && slices.Contains(anytime, e.Kind) {
			found = append(found, e)
		}
	}
	return found
}

// keep reports whether an Action belongs to the story, and returns it without the
// settings of other families.
func (s *filter) keep(a authn.Action) (authn.Action, bool) {
	v, _ := verb.Of(a)
	family := v.Family
	if ws, ok := a.(authn.AddWorkstation); ok {
		family = ws.Family
	}
	if family != "" && family != s.family {
		if v.Makes.Role != "" {
			s.excluded[authn.Site(string(v.Makes.Role)+"/"+v.Made(a))] = true
		}
		return a, false
	}
	if s.involvesExcluded(v, a) {
		return a, false
	}
	switch a := a.(type) {
	case authn.SetLink:
		_, workstation, near := a.Site.BluetoothEnds()
		return a, !s.excluded[a.Site] && !(near && s.excluded[authn.Workstation(workstation)])
	case authn.SkewClock:
		return a, !s.excluded[a.Site]
	case authn.SetPolicy:
		ours := authn.SetPolicy{User: a.User}
		for _, setting := range a.Settings {
			if family, _ := setting.Key.Cut(); family == s.family {
				ours.Settings = append(ours.Settings, setting)
			}
		}
		return ours, len(ours.Settings) > 0
	}
	return a, true
}

// involvesExcluded reports whether a site in the arguments of an Action is
// excluded.
func (s *filter) involvesExcluded(v verb.Verb, a authn.Action) bool {
	for _, arg := range v.Args {
		name, ok := v.Values(a)[arg.Name].(string)
		if ok && arg.Role != "" && s.excluded[authn.Site(string(arg.Role)+"/"+name)] {
			return true
		}
	}
	return false
}
