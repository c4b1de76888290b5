package player

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/hypr"
	"github.com/offauth/offauth/authn/verb"
	"github.com/offauth/offauth/scenarios/player/eval"
	"github.com/offauth/offauth/scenarios/player/stage"
	"github.com/offauth/offauth/scenarios/story"
	"github.com/offauth/offauth/scenarios/syntax"
)

// defaultUser is whose world it is when no actor names a user.
const defaultUser = "alice"

// builder makes the Actions of steps.
type builder struct {
	story  *story.Story
	set    []authn.Setting // laid over the story's policy
	stage  *stage.Stage
	values *eval.Eval
}

// build makes a step's Action.
func (b *builder) build(s *story.Step) (authn.Action, error) {
	v, ok := verbs().find(s.Verb, b.story.Family())
	if !ok || v.Action == nil {
		return nil, fmt.Errorf("%s has no verb %q", b.story.Family(), s.Verb)
	}
	values := verb.Values{}
	for _, e := range s.Args {
		if err := b.put(v, values, e); err != nil {
			return nil, fmt.Errorf("%s: %w", e.Name, err)
		}
	}
	for _, arg := range v.Args {
		if _, given := values[arg.Name]; given || arg.Role == "" {
			continue
		}
		n := s.For
		if arg.Role == v.Role {
			n = s.By
		}
		a, err := b.acting(arg.Role, n)
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

// put takes one argument. The mapping of a policy may stand behind its own
// name, or be the arguments themselves.
func (b *builder) put(v verb.Verb, values verb.Values, e story.Entry) error {
	arg, ok := v.Arg(e.Name)
	if !ok || arg.Kind == verb.Settings {
		return b.putSettings(v, values, e, ok)
	}
	given, err := b.values.Value(e.Value)
	if err != nil {
		return err
	}
	values[e.Name], err = eval.Argument(arg, given)
	return err
}

func (b *builder) putSettings(v verb.Verb, values verb.Values, e story.Entry, whole bool) error {
	for _, arg := range v.Args {
		if arg.Kind != verb.Settings {
			continue
		}
		prefix := string(b.story.Family())
		if !whole {
			prefix += "." + e.Name
		}
		some, err := b.values.Settings(e.Value, prefix)
		before, _ := values[arg.Name].([]authn.Setting)
		values[arg.Name] = append(before, some...)
		return err
	}
	return fmt.Errorf("%s has no argument %q", v.Name, e.Name)
}

// acting finds the actor of a role: the one that is named, or the only one.
func (b *builder) acting(role authn.Role, n *syntax.Node) (stage.Actor, error) {
	if n == nil {
		return b.stage.Only(role)
	}
	name, err := b.values.Text(n)
	if err != nil {
		return stage.Actor{}, err
	}
	a, err := b.stage.Actor(name)
	if err == nil && a.Role != role {
		err = fmt.Errorf("%s is a %s, not a %s", name, a.Role, role)
	}
	return a, err
}

// fill puts in the user whom a person may leave out.
func (b *builder) fill(v verb.Verb, values verb.Values) {
	arg, ok := v.Arg("user")
	if all := users(b.story); ok && arg.Only && values["user"] == nil && len(all) == 1 {
		values["user"] = all[0]
	}
	ws, at := values["workstation"].(string)
	if ok && at && arg.Role == "" && v.Role == authn.RoleWorkstation && values["user"] == nil {
		values["user"] = b.lastUser(ws)
	}
}

// lastUser is who was logged in at a workstation last, else the first user.
func (b *builder) lastUser(workstation string) string {
	site := authn.Workstation(workstation)
	for _, e := range slices.Backward(b.stage.Events()) {
		if e.Site == site && e.Kind == hypr.EventUnlocked {
			user, _, _ := strings.Cut(e.Subject, "@")
			return user
		}
	}
	return users(b.story)[0]
}

// linkEnd returns the site of a link's name: an actor's, or
// "bluetooth:PHONE,WORKSTATION".
func (b *builder) linkEnd(name string) (authn.Site, error) {
	if strings.HasPrefix(name, "bluetooth:") {
		return authn.Site(name), nil
	}
	a, err := b.stage.Actor(name)
	return a.Site(), err
}

// links makes the Actions of a link step, in the order of the file.
func (b *builder) links(n *syntax.Node) ([]authn.Action, error) {
	m, err := b.values.Mapping(n)
	if err != nil {
		return nil, err
	}
	var actions []authn.Action
	for _, pair := range m.Pairs {
		var a authn.Action
		switch pair.Key {
		case "fault":
			a, err = b.fault(pair.Value)
		case "bluetooth":
			a, err = b.bluetooth(pair.Value)
		default:
			a, err = b.uplink(pair)
		}
		if err != nil {
			return nil, err
		}
		actions = append(actions, a)
	}
	return actions, nil
}

func (b *builder) uplink(pair syntax.Pair) (authn.Action, error) {
	site, err := b.linkEnd(pair.Key)
	if err != nil {
		return nil, err
	}
	to, err := b.values.Text(pair.Value)
	return authn.SetLink{Site: site, State: authn.Uplink(to)}, err
}

// fault arms a one-shot fault: {drop: pin_set, nth: 1}.
func (b *builder) fault(n *syntax.Node) (authn.Action, error) {
	m, err := b.values.Mapping(n)
	if err != nil {
		return nil, err
	}
	a := authn.SetFault{Nth: 1}
	for _, pair := range m.Pairs {
		if pair.Key == "nth" {
			v, err := b.values.Value(pair.Value)
			if err != nil {
				return nil, err
			}
			nth, ok := v.(int64)
			if !ok {
				return nil, fmt.Errorf("nth must be a number, got %s", eval.TypeName(v))
			}
			a.Nth = int(nth)
			continue
		}
		a.Kind = authn.FaultKind(pair.Key)
		if a.Message, err = b.values.Text(pair.Value); err != nil {
			return nil, err
		}
	}
	return a, nil
}

// bluetooth sets the link between a phone and a workstation.
func (b *builder) bluetooth(n *syntax.Node) (authn.Action, error) {
	m, err := b.values.Mapping(n)
	if err != nil {
		return nil, err
	}
	words := map[string]string{}
	for _, pair := range m.Pairs {
		if words[pair.Key], err = b.values.Text(pair.Value); err != nil {
			return nil, err
		}
	}
	for _, role := range []authn.Role{authn.RolePhone, authn.RoleWorkstation} {
		if words[string(role)] != "" {
			continue
		}
		only, err := b.stage.Only(role)
		if err != nil {
			return nil, err
		}
		words[string(role)] = only.Name
	}
	return authn.SetLink{Site: authn.Bluetooth(words["phone"], words["workstation"]), State: authn.Uplink(words["state"])}, nil
}

// skews makes the Actions of a skew step: actor → {offset} or {set}.
func (b *builder) skews(n *syntax.Node) ([]authn.Action, error) {
	m, err := b.values.Mapping(n)
	if err != nil {
		return nil, err
	}
	var actions []authn.Action
	for _, pair := range m.Pairs {
		a, err := b.stage.Actor(pair.Key)
		if err != nil {
			return nil, err
		}
		by, err := b.offset(pair.Value)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", pair.Key, err)
		}
		actions = append(actions, authn.SkewClock{Site: a.Site(), By: by})
	}
	return actions, nil
}

// offset is how far a clock is to be off.
func (b *builder) offset(n *syntax.Node) (time.Duration, error) {
	if set := n.Get("set"); set != nil {
		v, err := b.values.Value(set)
		if err != nil {
			return 0, err
		}
		to, err := eval.Instant(v)
		return to.Sub(b.stage.Now()), err
	}
	if offset := n.Get("offset"); offset != nil {
		n = offset
	}
	v, err := b.values.Value(n)
	if err != nil {
		return 0, err
	}
	return eval.Span(v)
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
func (b *builder) birth(a story.Actor) []authn.Action {
	var actions []authn.Action
	switch a.Role {
	case authn.RoleWorkstation:
		actions = append(actions, authn.AddWorkstation{Name: a.Name, Family: b.story.Family(), Version: a.Version, NoTray: a.NoTray})
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

// policy returns the Action that sets the profile, the story's settings and
// those laid over them; none if there are none.
func (b *builder) policy() ([]authn.Action, error) {
	var settings []authn.Setting
	if b.story.Profile == "hypr@current" {
		settings = append(settings, authn.Setting{Key: "hypr.profile", Value: "current"})
	}
	for _, e := range b.story.Policy {
		text, err := b.values.SettingText(e.Value)
		if err != nil {
			return nil, fmt.Errorf("policy %s: %w", e.Name, err)
		}
		settings = append(settings, authn.Setting{Key: e.Name, Value: text})
	}
	settings = append(settings, b.set...)
	if len(settings) == 0 {
		return nil, nil
	}
	return []authn.Action{authn.SetPolicy{Settings: settings}}, nil
}
