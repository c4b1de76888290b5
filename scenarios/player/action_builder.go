package player

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/verb"
	"github.com/offauth/offauth/scenarios/player/eval"
	"github.com/offauth/offauth/scenarios/player/stage"
	"github.com/offauth/offauth/scenarios/story"
)

// actionBuilder builds the Actions of steps.
type actionBuilder struct {
	story  *story.Story
	set    []authn.Setting // overrides the story's policy
	stage  *stage.Stage
	values *eval.Eval
}

// do returns the Action of a verb.
func (b *actionBuilder) do(d story.Do) (authn.Action, error) {
	v, values := d.Verb, verb.Values{}
	for _, arg := range d.Args {
		value, err := b.values.Arg(arg.Value)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", arg.Name, err)
		}
		values[arg.Name] = value
	}
	for _, arg := range v.Args {
		if arg.Kind == verb.Settings {
			settings, err := b.settings(d.Settings)
			if err != nil {
				return nil, err
			}
			values[arg.Name] = settings
		}
		if arg.Role == "" || values[arg.Name] != nil {
			continue
		}
		named := d.For
		if arg.Role == v.Role {
			named = d.By
		}
		a, err := b.acting(arg.Role, named)
		if err != nil {
			return nil, err
		}
		if a.Name != "" {
			values[arg.Name] = a.Name
		}
	}
	b.fill(v, values)
	return v.Build(values)
}

// acting returns the named actor of a role, or the only one if named is nil.
func (b *actionBuilder) acting(role authn.Role, named *story.Value) (stage.Actor, error) {
	if named == nil {
		return b.stage.Only(role)
	}
	name, err := eval.Of[string](b.values, *named)
	if err != nil {
		return stage.Actor{}, err
	}
	a, err := b.stage.Actor(name)
	if err == nil && a.Role != role {
		err = fmt.Errorf("%s is a %s, not a %s", name, a.Role, role)
	}
	return a, err
}

// fill sets the argument "user" if the step leaves it out.
func (b *actionBuilder) fill(v verb.Verb, values verb.Values) {
	arg, ok := v.Arg("user")
	if all := users(b.story); ok && arg.Only && values["user"] == nil && len(all) == 1 {
		values["user"] = all[0]
	}
	ws, at := values["workstation"].(string)
	if ok && at && arg.Role == "" && v.Role == authn.RoleWorkstation && values["user"] == nil {
		values["user"] = b.lastUser(ws)
	}
}

// lastUser returns the user who logged in last at a workstation, or else the first
// user of the story.
func (b *actionBuilder) lastUser(workstation string) string {
	site := authn.Workstation(workstation)
	for _, e := range slices.Backward(b.stage.Events()) {
		if e.Site == site && e.Kind == authn.EventUnlocked {
			user, _, _ := strings.Cut(e.Subject, "@")
			return user
		}
	}
	return users(b.story)[0]
}

// linkEnd returns the site of a link's name: an actor or
// "bluetooth:PHONE,WORKSTATION".
func (b *actionBuilder) linkEnd(name string) (authn.Site, error) {
	if _, _, near := authn.Site(name).BluetoothEnds(); near {
		return authn.Site(name), nil
	}
	a, err := b.stage.Actor(name)
	return a.Site(), err
}

// links returns the Actions of a link step.
func (b *actionBuilder) links(links story.Links) ([]authn.Action, error) {
	actions := make([]authn.Action, len(links))
	for i, link := range links {
		var err error
		switch l := link.(type) {
		case story.Uplink:
			actions[i], err = b.uplink(l)
		case story.Bluetooth:
			actions[i], err = b.bluetooth(l)
		case story.Fault:
			actions[i], err = b.fault(l)
		}
		if err != nil {
			return nil, err
		}
	}
	return actions, nil
}

func (b *actionBuilder) uplink(l story.Uplink) (authn.Action, error) {
	site, err := b.linkEnd(l.Actor)
	if err != nil {
		return nil, err
	}
	state, err := eval.Of[string](b.values, l.State)
	return authn.SetLink{Site: site, State: authn.Uplink(state)}, err
}

func (b *actionBuilder) bluetooth(l story.Bluetooth) (authn.Action, error) {
	phone, err := b.end(authn.RolePhone, l.Phone)
	if err != nil {
		return nil, err
	}
	workstation, err := b.end(authn.RoleWorkstation, l.Workstation)
	if err != nil {
		return nil, err
	}
	state, err := eval.Of[string](b.values, l.State)
	return authn.SetLink{Site: authn.Bluetooth(phone, workstation), State: authn.Uplink(state)}, err
}

// end returns the name of one end of a Bluetooth link: the named actor, or the only
// one of the role if named is nil.
func (b *actionBuilder) end(role authn.Role, named *story.Value) (string, error) {
	if named != nil {
		return eval.Of[string](b.values, *named)
	}
	only, err := b.stage.Only(role)
	return only.Name, err
}

func (b *actionBuilder) fault(l story.Fault) (authn.Action, error) {
	message, err := eval.Of[string](b.values, l.Message)
	if err != nil {
		return nil, err
	}
	nth, err := eval.Of[int](b.values, l.Nth)
	return authn.SetFault{Kind: l.Kind, Message: message, Nth: nth}, err
}

// skews returns the Actions of a skew step.
func (b *actionBuilder) skews(skews story.Skews) ([]authn.Action, error) {
	actions := make([]authn.Action, len(skews))
	for i, s := range skews {
		a, err := b.stage.Actor(s.Actor)
		if err != nil {
			return nil, err
		}
		by, err := b.offset(s)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", s.Actor, err)
		}
		actions[i] = authn.SkewClock{Site: a.Site(), By: by}
	}
	return actions, nil
}

// offset returns how far the clock of a skew is ahead of the world's time.
func (b *actionBuilder) offset(s story.Skew) (time.Duration, error) {
	if s.Set != nil {
		to, err := eval.Of[time.Time](b.values, *s.Set)
		return to.Sub(b.stage.Now()), err
	}
	return eval.Of[time.Duration](b.values, *s.Offset)
}

// users returns the users of the actors, in their order, or story.FirstUser.
func users(s *story.Story) []string {
	var names []string
	for _, a := range s.Actors {
		same := func(name string) bool { return authn.SameName(name, a.User) }
		if a.User != "" && !slices.ContainsFunc(names, same) {
			names = append(names, a.User)
		}
	}
	if len(names) == 0 {
		names = []string{story.FirstUser}
	}
	return names
}

// actorActions returns the Actions that create an actor's site.
func (b *actionBuilder) actorActions(a story.Actor) []authn.Action {
	var actions []authn.Action
	switch a.Role {
	case authn.RoleWorkstation:
		actions = append(actions, authn.AddWorkstation{Name: a.Name, Family: b.story.Family(), Version: a.Version,
			NoTray: a.NoTray})
	case authn.RolePhone:
		actions = append(actions, authn.RegisterDevice{Name: a.Name, User: a.User, Platform: a.Platform, Version: a.Version})
	case authn.RoleProvider:
		actions = append(actions, authn.AddProvider{Name: a.Name})
	}
	if a.Clock != 0 {
		actions = append(actions, authn.SkewClock{Site: stage.Actor{Name: a.Name, Role: a.Role}.Site(), By: a.Clock})
	}
	return actions
}

// policy returns the Action that sets the profile, the story's settings and the
// overrides; nil if there are none.
func (b *actionBuilder) policy() ([]authn.Action, error) {
	settings := verb.VariantSettings(b.story.Profile)
	own, err := b.settings(b.story.Policy)
	if err != nil {
		return nil, fmt.Errorf("policy %w", err)
	}
	if settings = slices.Concat(settings, own, b.set); len(settings) == 0 {
		return nil, nil
	}
	return []authn.Action{authn.SetPolicy{Settings: settings}}, nil
}

// settings evaluates settings.
func (b *actionBuilder) settings(entries []story.Entry) ([]authn.Setting, error) {
	settings := make([]authn.Setting, len(entries))
	for i, e := range entries {
		text, err := b.values.SettingText(e.Value)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", e.Name, err)
		}
		settings[i] = authn.Setting{Key: authn.SettingKey(e.Name), Value: text}
	}
	return settings, nil
}
