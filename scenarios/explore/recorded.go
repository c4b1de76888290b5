package explore

import (
	"context"
	"fmt"
	"reflect"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/verb"
	"github.com/offauth/offauth/scenarios/compose"
)

// Shrink cuts a story that somebody recorded down to what breaks an
// invariant. What its moves typed becomes a reference to the result of the
// move that gave it, if one did, so the scene must have their Outcomes. The
// Found is nil if the story breaks no invariant. Of the options Profile, Seed
// and the bounds of an exploration do not count; those of the scene do. The
// error wraps ErrOptions where the scene, or an option, makes no sense.
func Shrink(ctx context.Context, o Options, scene compose.Scene) (*Found, error) {
	o.Profile, o.Seed = scene.Profile, scene.Seed
	e, err := newExplorer(o)
	if err != nil {
		return nil, err
	}
	story, err := e.recorded(scene)
	if err != nil {
		return nil, err
	}
	base := &prepared{driver: e.driver, table: e.table, options: e.options}
	l, _, broken, err := base.begin(ctx, story)
	if err != nil {
		return nil, err
	}
	for _, s := range story.steps {
		if len(broken) > 0 {
			break
		}
		p, err := l.play(ctx, s)
		if err != nil {
			return nil, err
		}
		broken = p.broken
	}
	if len(broken) == 0 {
		broken = l.watch.End()
	}
	if len(broken) == 0 {
		return nil, nil
	}
	return e.reduce(ctx, story, broken[0], len(story.steps))
}

// recorded makes a story of a scene.
func (e *explorer) recorded(scene compose.Scene) (plan, error) {
	p := plan{family: e.driver.family(), policy: scene.Policy, start: scene.Start}
	for _, a := range scene.Actors {
		p.actors = append(p.actors, actor{role: a.Role, name: a.Name, user: a.User, platform: a.Platform})
	}
	given := map[int]map[string]any{} // what each step gave
	now, crash := scene.Start, 0
	for _, m := range scene.Moves {
		if idle := m.At.Sub(now); !m.At.IsZero() && idle > 0 {
			p.steps = append(p.steps, step{id: len(p.steps) + 1, wait: wait{span: idle}})
			now = m.At
		}
		if m.Crash > 0 {
			crash = m.Crash
		}
		action := m.Action
		if m.Restart != "" {
			action = restart(m.Restart)
		}
		if action == nil {
			continue
		}
		s, err := e.step(len(p.steps)+1, action, given)
		if err != nil {
			return p, err
		}
		s.crash, crash = crash, 0
		if m.Refusal == nil && m.Outcome.Result != nil {
			given[s.id] = verb.Fields(m.Outcome.Result)
		}
		if !m.Outcome.At.IsZero() {
			now = m.Outcome.At
		}
		p.steps = append(p.steps, s)
	}
	return p, nil
}

// restart is the Action that starts a site again.
func restart(site authn.Site) authn.Action {
	if site.Role() == authn.RolePhone {
		return authn.RestartDevice{Phone: site.Name()}
	}
	return authn.RestartWorkstation{Workstation: site.Name()}
}

// step makes a step of an Action.
func (e *explorer) step(id int, a authn.Action, given map[int]map[string]any) (step, error) {
	if clock, ok := a.(authn.AdvanceClock); ok {
		return step{id: id, wait: wait{span: clock.By}}, nil
	}
	row, ok := e.table[a.Verb()]
	if !ok || reflect.TypeOf(row.Action) != reflect.TypeOf(a) {
		return step{}, fmt.Errorf("%w: %s is no verb of %s", ErrOptions, a.Verb(), e.driver.family())
	}
	s := step{id: id, verb: row.Name, values: row.Values(a)}
	for name, v := range s.values {
		if arg, _ := row.Arg(name); arg.Kind == verb.Secret || name == "data" || name == "session" {
			if r, ok := source(v, id, given); ok {
				s.values[name] = r
			} else if secret, ok := v.(authn.Secret); ok && row.Family == authn.FamilyOneSpan {
				s.values[name] = apart(secret, id, given)
			}
		}
	}
	return s, nil
}

// source finds the newest step that gave a value.
func source(v any, before int, given map[int]map[string]any) (ref, bool) {
	for id := before - 1; id > 0; id-- {
		for field, was := range given[id] {
			if same(v, was) {
				return ref{id, field}, true
			}
		}
	}
	return ref{}, false
}

// same compares texts, and secrets.
func same(a, b any) bool {
	x, secret := a.(authn.Secret)
	if !secret {
		text, ok := a.(string)
		return ok && text != "" && a == b
	}
	y, ok := b.(authn.Secret)
	return ok && !x.Empty() && x.Equal(y)
}
