package player

import (
	"context"
	"fmt"
	"slices"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/scenarios/story"
)

// defaultUser is whose world it is when no actor names a user.
const defaultUser = "alice"

// actor is somebody or something that acts: its name and its site.
type actor struct {
	name string
	role authn.Role
}

// site is where an actor's state lies; the admin acts on the server itself.
func (a actor) site() authn.Site {
	if a.role == authn.RoleServer || a.role == authn.RoleAdmin {
		return authn.SiteServer
	}
	return authn.Site(string(a.role) + "/" + a.name)
}

// actorNamed finds an actor that the story has by now.
func (p *Player) actorNamed(name string) (actor, error) {
	i := slices.IndexFunc(p.actors, func(a actor) bool { return authn.SameName(a.name, name) })
	if i < 0 {
		return actor{}, fmt.Errorf("no actor is called %q", name)
	}
	return p.actors[i], nil
}

// meet adds an actor that is new.
func (p *Player) meet(a actor) {
	if !slices.ContainsFunc(p.actors, func(b actor) bool { return authn.SameName(b.name, a.name) && b.role == a.role }) {
		p.actors = append(p.actors, a)
	}
}

// make does what leads up to the first step.
func (p *Player) make(ctx context.Context) error {
	story := p.in.Story
	actions, err := p.policy()
	if err != nil {
		return err
	}
	for _, name := range users(story) {
		actions = append(actions, authn.AddUser{Name: name})
	}
	for _, a := range story.Actors {
		p.meet(actor{a.Name, a.Role})
		actions = append(actions, p.birth(a)...)
	}
	for _, l := range story.Links {
		site, err := p.linkEnd(l.Name)
		if err != nil {
			return err
		}
		to, err := p.text(l.Value)
		if err != nil {
			return err
		}
		actions = append(actions, authn.SetLink{Site: site, State: authn.Uplink(to)})
	}
	for _, a := range actions {
		d, err := p.do(ctx, a)
		if err == nil && d.refusal != nil {
			err = d.refusal
		}
		if err != nil {
			return fmt.Errorf("%s: %w", a.Verb(), err)
		}
	}
	return nil
}

// users lists those whom the actors name, the first made first.
func users(story *story.Story) []string {
	var names []string
	for _, a := range story.Actors {
		same := func(name string) bool { return authn.SameName(name, a.User) }
		if a.User != "" && !slices.ContainsFunc(names, same) {
			names = append(names, a.User)
		}
	}
	if len(names) == 0 {
		names = []string{defaultUser}
	}
	return names
}

// birth returns the Actions that make an actor's site.
func (p *Player) birth(a story.Actor) []authn.Action {
	var actions []authn.Action
	switch a.Role {
	case authn.RoleWorkstation:
		actions = append(actions, authn.AddWorkstation{Name: a.Name, Family: p.in.Story.Family(), Version: a.Version, NoTray: a.NoTray})
	case authn.RolePhone:
		actions = append(actions, authn.RegisterDevice{Name: a.Name, User: a.User, Platform: a.Platform, Version: a.Version})
	case authn.RoleProvider:
		actions = append(actions, authn.AddProvider{Name: a.Name})
	}
	if a.Clock != 0 {
		actions = append(actions, authn.SkewClock{Site: actor{name: a.Name, role: a.Role}.site(), By: a.Clock})
	}
	return actions
}

// policy returns the Action that sets the profile, the story's settings and
// those laid over them; none if there are none.
func (p *Player) policy() ([]authn.Action, error) {
	var settings []authn.Setting
	if p.in.Story.Profile == "hypr@current" {
		settings = append(settings, authn.Setting{Key: "hypr.profile", Value: "current"})
	}
	for _, e := range p.in.Story.Policy {
		text, err := p.settingText(e.Value)
		if err != nil {
			return nil, fmt.Errorf("policy %s: %w", e.Name, err)
		}
		settings = append(settings, authn.Setting{Key: e.Name, Value: text})
	}
	settings = append(settings, p.in.Set...)
	if len(settings) == 0 {
		return nil, nil
	}
	return []authn.Action{authn.SetPolicy{Settings: settings}}, nil
}
