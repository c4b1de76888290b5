package record

import (
	"fmt"
	"slices"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/verb"
	"github.com/offauth/offauth/scenarios/compose"
	"github.com/offauth/offauth/scenarios/story"
)

// begin turns the leading moves that only create users, sites and settings into
// the actors and policy of the scene, and returns the other moves.
func begin(scene *compose.Scene, moves []compose.Move) []compose.Move {
	var users []compose.Move
	n := 0
	for ; n < len(moves) && moves[n].Refusal == nil; n++ {
		v, _ := verb.Of(moves[n].Action)
		if actor, ok := actorOf(v, moves[n].Action); ok {
			scene.Actors = append(scene.Actors, actor)
			continue
		}
		ok := false
		switch a := moves[n].Action.(type) {
		case authn.AddUser:
			if ok = !a.Roaming; ok {
				users = append(users, moves[n])
			}
		case authn.SetPolicy:
			if ok = a.User == ""; !ok {
				break
			}
			for _, setting := range a.Settings {
				scene.Policy = slices.DeleteFunc(scene.Policy, func(s authn.Setting) bool { return s.Key == setting.Key })
				scene.Policy = append(scene.Policy, setting)
			}
		case authn.FreezeClock, authn.RunClock:
			ok = true
		}
		if !ok {
			break
		}
	}
	rest := moves[n:]
	if needsServer(rest) {
		scene.Actors = append(scene.Actors, story.Actor{Name: string(authn.RoleServer), Role: authn.RoleServer})
	}
	return addUsers(scene.Actors, users, rest)
}

// actorOf returns the actor that an Action creates, and whether the file can
// declare it with all arguments of the Action.
func actorOf(v verb.Verb, a authn.Action) (story.Actor, bool) {
	actor := story.Actor{Name: v.Made(a), Role: v.Makes.Role}
	if actor.Name == "" || actor.Role == "" {
		return actor, false
	}
	for name, value := range v.Values(a) {
		text, _ := value.(string)
		switch name {
		case v.Makes.Arg, "family": // the profile has the family
		case "user":
			actor.User = text
		case "platform":
			actor.Platform = text
		case "version":
			actor.Version = text
		case "no_tray":
			actor.NoTray = true
		default:
			return actor, false
		}
	}
	return actor, true
}

// needsServer reports whether a move names the server.
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

// addUsers inserts the moves that add users before the rest. It omits the users of
// the phones among the actors, and story.FirstUser if there is no phone, since
// these users exist from the start.
func addUsers(actors []story.Actor, users, rest []compose.Move) []compose.Move {
	exists := map[string]bool{}
	for _, a := range actors {
		exists[a.User] = true
	}
	all := slices.Clone(rest)
	if !slices.ContainsFunc(actors, func(a story.Actor) bool { return a.User != "" }) {
		exists[story.FirstUser] = true
		all = slices.DeleteFunc(all, func(m compose.Move) bool {
			return m.Refusal == nil && m.Action == authn.AddUser{Name: story.FirstUser}
		})
	}
	for _, m := range slices.Backward(users) {
		if exists[m.Action.(authn.AddUser).Name] {
			continue
		}
		if len(rest) > 0 {
			m.At, m.Outcome.Events = rest[0].At, nil // no time passes before the story begins
		}
		all = slices.Insert(all, 0, m)
	}
	return all
}

// uniqueNames returns an error if two actors have the same name.
func uniqueNames(scene compose.Scene, moves []compose.Move) error {
	names := []string{}
	for _, a := range scene.Actors {
		names = append(names, a.Name)
	}
	for _, m := range moves {
		if v, _ := verb.Of(m.Action); m.Refusal == nil && v.Makes.Role != "" {
			names = append(names, v.Made(m.Action))
		}
	}
	seen := map[string]bool{}
	for _, name := range names {
		if seen[name] {
			return fmt.Errorf("%w: %s", ErrTwoNames, name)
		}
		seen[name] = true
	}
	return nil
}
