package player

import (
	"context"
	"fmt"
	"strings"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/hypr"
	"github.com/offauth/offauth/authn/verb"
	"github.com/offauth/offauth/scenarios/story"
	"github.com/offauth/offauth/scenarios/syntax"
)

// verb does a verb of the table.
func (p *Player) verb(ctx context.Context, s *story.Step) outcome {
	a, err := p.build(s)
	if err != nil {
		return outcome{err: err}
	}
	o, err := p.do(ctx, a)
	o.err = err
	if err == nil && (o.accepted() || o.crashed) {
		p.newcomer(ctx, a)
	}
	return o
}

// build makes a step's Action.
func (p *Player) build(s *story.Step) (authn.Action, error) {
	v, ok := verbs().find(s.Verb, p.in.Story.Family())
	if !ok || v.Action == nil {
		return nil, fmt.Errorf("%s has no verb %q", p.in.Story.Family(), s.Verb)
	}
	values := verb.Values{}
	for _, e := range s.Args {
		if err := p.put(v, values, e); err != nil {
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
		a, err := p.acting(arg.Role, n)
		if err != nil {
			return nil, err
		}
		if a.name != "" {
			values[arg.Name] = a.name
		}
	}
	p.fill(v, values)
	return v.Build(values)
}

// put takes one argument. The mapping of a policy may stand behind its own
// name, or be the arguments themselves.
func (p *Player) put(v verb.Verb, values verb.Values, e story.Entry) error {
	arg, ok := v.Arg(e.Name)
	if !ok || arg.Kind == verb.Settings {
		return p.putSettings(v, values, e, ok)
	}
	given, err := p.value(e.Value)
	if err != nil {
		return err
	}
	values[e.Name], err = argument(arg, given)
	return err
}

func (p *Player) putSettings(v verb.Verb, values verb.Values, e story.Entry, whole bool) error {
	for _, arg := range v.Args {
		if arg.Kind != verb.Settings {
			continue
		}
		prefix := string(p.in.Story.Family())
		if !whole {
			prefix += "." + e.Name
		}
		some, err := p.settings(e.Value, prefix)
		before, _ := values[arg.Name].([]authn.Setting)
		values[arg.Name] = append(before, some...)
		return err
	}
	return fmt.Errorf("%s has no argument %q", v.Name, e.Name)
}

// acting finds the actor of a role: the one that is named, or the only one.
// A role that nobody has gives none, which the Action itself judges.
func (p *Player) acting(role authn.Role, n *syntax.Node) (actor, error) {
	if n == nil {
		return p.only(role)
	}
	name, err := p.text(n)
	if err != nil {
		return actor{}, err
	}
	a, err := p.actorNamed(name)
	if err == nil && a.role != role {
		err = fmt.Errorf("%s is a %s, not a %s", name, a.role, role)
	}
	return a, err
}

// only finds the one actor of a role.
func (p *Player) only(role authn.Role) (actor, error) {
	var found actor
	for _, a := range p.actors {
		if a.role != role {
			continue
		}
		if found.name != "" {
			return actor{}, fmt.Errorf("both %s and %s are a %s: write by: or for: with the one that is meant", found.name, a.name, role)
		}
		found = a
	}
	return found, nil
}

// fill puts in the user whom a person may leave out.
func (p *Player) fill(v verb.Verb, values verb.Values) {
	arg, ok := v.Arg("user")
	if all := users(p.in.Story); ok && arg.Only && values["user"] == nil && len(all) == 1 {
		values["user"] = all[0]
	}
	ws, at := values["workstation"].(string)
	if ok && at && arg.Role == "" && v.Role == authn.RoleWorkstation && values["user"] == nil {
		values["user"] = p.lastUser(ws)
	}
}

// lastUser is who was logged in at a workstation last, else the first user.
func (p *Player) lastUser(workstation string) string {
	site := authn.Workstation(workstation)
	for i := len(p.events) - 1; i >= 0; i-- {
		e := p.events[i]
		if e.Site == site && e.Kind == hypr.EventUnlocked {
			user, _, _ := strings.Cut(e.Subject, "@")
			return user
		}
	}
	return users(p.in.Story)[0]
}

// newcomer adds the actor that an Action has made. After a crash there may be
// none.
func (p *Player) newcomer(ctx context.Context, a authn.Action) {
	v := verbs().of(a)
	if v.Makes.Role == "" {
		return
	}
	roster, err := p.world.Roster(ctx)
	if err != nil {
		p.fail(failing{at: p.at, code: CodeFault, what: "the roster", got: err.Error()})
		return
	}
	if made := (actor{v.Made(a), v.Makes.Role}); roster.Has(made.site()) {
		p.meet(made)
	}
}
