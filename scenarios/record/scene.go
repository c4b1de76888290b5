package record

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/sim"
	"github.com/offauth/offauth/authn/verb"
	"github.com/offauth/offauth/scenarios/compose"
	"github.com/offauth/offauth/scenarios/syntax"
)

// ErrNothing says that nothing of the family was done.
var ErrNothing = errors.New("nothing was done that a scenario could tell")

// ErrTwoNames says that two sites have one name, which is an actor's name in a
// scenario.
var ErrTwoNames = errors.New("two sites have the same name")

// Known are zero values of the types that the verb table has, for
// sim.World.Recorded.
func Known() []any {
	var all []any
	for _, v := range verb.All() {
		all = append(all, v.Action, v.Result)
	}
	return all
}

// Families lists those whose own verbs were used, the last used first.
func Families(moves []sim.Recorded) []authn.Family {
	t := tableOfVerbs()
	var families []authn.Family
	for _, m := range slices.Backward(moves) {
		family := t.family(m.Action)
		if family != "" && !slices.Contains(families, family) {
			families = append(families, family)
		}
	}
	return families
}

// Scene makes a scene of what was done with one family. left lists the verbs
// of other families that it leaves out, each once. The error wraps ErrNothing
// or ErrTwoNames.
func Scene(name string, family authn.Family, moves []sim.Recorded) (scene compose.Scene, left []string, err error) {
	s := &sieve{family: family, verbs: tableOfVerbs(), gone: map[authn.Site]bool{}}
	s.sift(moves)
	if len(s.kept) == 0 {
		return compose.Scene{}, s.left, ErrNothing
	}
	scene = compose.Scene{
		Name: name, Tags: []string{"recorded"}, Profile: string(family),
		Header: []string{"Recorded by: offauth scenario record " + name, "What chance drew is told by reference: each play draws its own PINs and codes."},
	}
	rest := begin(&scene, s.kept)
	if err := distinct(scene, rest); err != nil {
		return scene, s.left, err
	}
	scene.Start = s.kept[0].At
	if len(rest) > 0 {
		scene.Start = rest[0].At
	}
	scene.Moves = rest
	return scene, s.left, nil
}

// Rounded begins the scene at a whole second. Its waits are whole seconds, too.
func Rounded(scene compose.Scene) compose.Scene {
	scene.Start = scene.Start.Truncate(time.Second)
	return scene
}

// Exact tells every gap of time to the nanosecond.
func Exact(scene compose.Scene) compose.Scene {
	scene.Exact = true
	return scene
}

// table finds the family of an Action.
type table map[reflect.Type]authn.Family

func tableOfVerbs() table {
	t := table{}
	for _, v := range verb.All() {
		if v.Action != nil {
			t[reflect.TypeOf(v.Action)] = v.Family
		}
	}
	return t
}

func (t table) family(a authn.Action) authn.Family { return t[reflect.TypeOf(a)] }

// sieve keeps the moves of one family, and those of none.
type sieve struct {
	family authn.Family
	verbs  table
	kept   []compose.Move
	left   []string
	// gone are the sites that the story does not have.
	gone map[authn.Site]bool
	// timers are events that a move which is left out brought along.
	timers []authn.Event
}

func (s *sieve) sift(moves []sim.Recorded) {
	var last time.Time
	for _, m := range moves {
		action, keep := s.judge(m.Action)
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

// timersOf lists what happened by itself.
func timersOf(events []authn.Event) []authn.Event {
	anytime := verb.Anytime()
	var found []authn.Event
	for _, e := range events {
		if e.Kind != "refused" && slices.Contains(anytime, e.Kind) {
			found = append(found, e)
		}
	}
	return found
}

// judge says whether a move belongs to the story, and what it is there.
func (s *sieve) judge(a authn.Action) (authn.Action, bool) {
	if family := s.verbs.family(a); family != "" && family != s.family {
		if made, ok := a.(authn.AddProvider); ok {
			s.gone[authn.Provider(made.Name)] = true
		}
		return a, false
	}
	switch a := a.(type) {
	case authn.AddWorkstation:
		if a.Family != s.family {
			s.gone[authn.Workstation(a.Name)] = true
			return a, false
		}
	case authn.SetLink:
		_, workstation, near := a.Site.BluetoothEnds()
		return a, !s.gone[a.Site] && !(near && s.gone[authn.Workstation(workstation)])
	case authn.SkewClock:
		return a, !s.gone[a.Site]
	case authn.RestartWorkstation:
		return a, !s.gone[authn.Workstation(a.Workstation)]
	case authn.SetPolicy:
		ours := authn.SetPolicy{}
		for _, setting := range a.Settings {
			if strings.HasPrefix(setting.Key, string(s.family)+".") {
				ours.Settings = append(ours.Settings, setting)
			}
		}
		return ours, len(ours.Settings) > 0
	}
	return a, true
}

// begin takes the moves that only make users, sites and settings off the
// front: they become the actors and the policy.
func begin(scene *compose.Scene, moves []compose.Move) []compose.Move {
	var users []compose.Move
	n := 0
	for ; n < len(moves); n++ {
		if moves[n].Refusal != nil {
			break
		}
		actor, ok := syntax.Actor{}, true
		switch a := moves[n].Action.(type) {
		case authn.AddUser:
			if ok = !a.Roaming; ok {
				users = append(users, moves[n])
			}
		case authn.AddWorkstation:
			actor = syntax.Actor{Name: a.Name, Role: authn.RoleWorkstation, Version: a.Version}
		case authn.RegisterDevice:
			actor = syntax.Actor{Name: a.Name, Role: authn.RolePhone, User: a.User, Platform: a.Platform, Version: a.Version}
		case authn.AddProvider:
			actor = syntax.Actor{Name: a.Name, Role: authn.RoleProvider}
		case authn.SetPolicy:
			for _, setting := range a.Settings {
				scene.Policy = slices.DeleteFunc(scene.Policy, func(s authn.Setting) bool { return s.Key == setting.Key })
				scene.Policy = append(scene.Policy, setting)
			}
		case authn.FreezeClock, authn.RunClock:
		default:
			ok = false
		}
		if !ok {
			break
		}
		if actor.Name != "" {
			scene.Actors = append(scene.Actors, actor)
		}
	}
	rest := moves[n:]
	if needsServer(rest) {
		scene.Actors = append(scene.Actors, syntax.Actor{Name: string(authn.RoleServer), Role: authn.RoleServer})
	}
	return alone(scene.Actors, users, rest)
}

// needsServer says whether a step names the server.
func needsServer(moves []compose.Move) bool {
	return slices.ContainsFunc(moves, func(m compose.Move) bool {
		switch a := m.Action.(type) {
		case authn.SetLink:
			return a.Site == authn.SiteServer
		case authn.SkewClock:
			return a.Site == authn.SiteServer
		}
		return false
	})
}

// alone puts the users before the rest whom no phone of the actors brings
// along: the story has to add them. Where there is no phone at all, the first
// user of a scenario is there without being added.
func alone(actors []syntax.Actor, users, rest []compose.Move) []compose.Move {
	brought := map[string]bool{}
	for _, a := range actors {
		brought[a.User] = true
	}
	all := slices.Clone(rest)
	if !slices.ContainsFunc(actors, func(a syntax.Actor) bool { return a.User != "" }) {
		brought[compose.FirstUser] = true
		all = slices.DeleteFunc(all, func(m compose.Move) bool {
			return m.Refusal == nil && m.Action == authn.AddUser{Name: compose.FirstUser}
		})
	}
	for _, m := range slices.Backward(users) {
		if brought[m.Action.(authn.AddUser).Name] {
			continue
		}
		if len(rest) > 0 {
			m.At, m.Outcome.Events = rest[0].At, nil // before the story begins, no time counts
		}
		all = slices.Insert(all, 0, m)
	}
	return all
}

// distinct wants a name of its own for every actor.
func distinct(scene compose.Scene, moves []compose.Move) error {
	seen := map[string]bool{}
	names := []string{}
	for _, a := range scene.Actors {
		names = append(names, a.Name)
	}
	for _, m := range moves {
		if m.Refusal != nil {
			continue
		}
		switch a := m.Action.(type) {
		case authn.AddWorkstation:
			names = append(names, a.Name)
		case authn.RegisterDevice:
			names = append(names, a.Name)
		case authn.ReplaceDevice:
			names = append(names, a.New)
		case authn.AddProvider:
			names = append(names, a.Name)
		}
	}
	for _, name := range names {
		if seen[name] {
			return fmt.Errorf("%w: %s", ErrTwoNames, name)
		}
		seen[name] = true
	}
	return nil
}
