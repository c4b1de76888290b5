package compose

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/hypr"
	"github.com/offauth/offauth/authn/sim"
	"github.com/offauth/offauth/authn/verb"
	"github.com/offauth/offauth/scenarios/story"
	"github.com/offauth/offauth/scenarios/syntax"
)

// move writes a move and the time that passed before it.
func (w *writer) move(i int) error {
	m := w.scene.Moves[i]
	w.gap(m)
	if m.Restart != "" {
		w.add(&step{key: "restart", value: syntax.Word(actorOf(m.Restart))})
	}
	if m.Action == nil {
		w.crash = max(w.crash, m.Crash)
		return nil
	}
	v, ok := verb.Of(m.Action)
	if !ok || v.Action == nil {
		return fmt.Errorf("%s: %w", m.Action.Verb(), ErrUnsupported)
	}
	crash := max(w.crash, m.Crash)
	w.crash = 0
	if crash > 0 {
		w.add(&step{key: "crash", value: syntax.Mapping(
			pair("actor", syntax.Word(w.actor(v, m.Action))), pair("at_put", syntax.Literal(strconv.Itoa(crash))))})
	}
	s := &step{}
	if err := w.does(s, v, m); err != nil {
		return err
	}
	if s.key == "" {
		if s.remark != "" {
			w.add(s)
		}
		w.clock.add(m.Outcome.Events)
		return nil
	}
	w.expect(s, m, crash > 0)
	s.events = kinds(m.Outcome.Events, w.at(m))
	w.made[i] = s
	w.add(s)
	if m.Refusal == nil && crash == 0 {
		w.refs.remember(i, m.Outcome.Result)
		w.addMade(v, m.Action)
	}
	w.clock.add(m.Outcome.Events)
	w.ended(m.Outcome.Events, m)
	w.trackPending(s, m)
	return nil
}

func (w *writer) add(s *step) { w.steps = append(w.steps, s) }

// actorOf returns the actor's name for a site.
func actorOf(site authn.Site) string {
	if name := site.Name(); name != "" {
		return name
	}
	return string(site)
}

// actor returns the name of the actor that does an Action, or "server".
func (w *writer) actor(v verb.Verb, a authn.Action) string {
	values := v.Values(a)
	for _, arg := range v.Args {
		if name, ok := values[arg.Name].(string); ok && arg.Role != "" && arg.Role == v.Role {
			return name
		}
	}
	return "server"
}

// gap writes a step for the time that passed before a move.
func (w *writer) gap(m Move) {
	at := w.at(m)
	if back := w.clock.recorded.Sub(at); back > 0 {
		w.clock.setBack(back, at)
		w.add(clockBack(back))
		return
	}
	var passed []authn.Event
	for _, e := range m.Outcome.Events {
		// Events that follow from a clock that was set back have the earlier time.
		if e.At.Before(at) && e.Fields["reason"] != string(authn.EventClockWentBack) {
			passed = append(passed, e)
		}
	}
	if wait := w.clock.waitUntil(at, passed); wait > 0 {
		w.wait(wait, passed, m)
	}
}

// wait writes a wait.
func (w *writer) wait(by time.Duration, events []authn.Event, m Move) {
	w.add(&step{key: "wait", value: span(by), events: kinds(events, time.Time{})})
	w.ended(events, m)
}

// clockBack returns a step that sets the clock back.
func clockBack(by time.Duration) *step {
	return &step{key: authn.BackClock{}.Verb(), value: syntax.Mapping(pair("by", span(by)))}
}

// does sets the key and value of the step; both stay empty for moves that a
// scenario, whose clock is frozen, does not need.
func (w *writer) does(s *step, v verb.Verb, m Move) error {
	at := w.at(m)
	switch a := m.Action.(type) {
	case authn.FreezeClock, authn.RunClock:
		return nil
	case authn.AdvanceClock:
		s.key, s.value = "wait", span(w.clock.advance(a.By, at.Add(a.By), m.Outcome.Events))
		return nil
	case authn.BackClock:
		w.clock.setBack(a.By, at.Add(-a.By))
	case authn.SetClock:
		*s = *w.setClock(a.To, at)
		return nil
	case authn.SetLink:
		s.key, s.value = "link", link(a)
		return nil
	case authn.SetFault:
		p := []syntax.Pair{pair(string(a.Kind), syntax.Word(a.Message))}
		if a.Nth > 0 {
			p = append(p, pair("nth", syntax.Literal(strconv.Itoa(a.Nth))))
		}
		s.key, s.value = "link", syntax.Mapping(pair("fault", syntax.Mapping(p...)))
		return nil
	case authn.SkewClock:
		s.key, s.value = "skew", syntax.Mapping(pair(actorOf(a.Site), syntax.Mapping(pair("offset", span(a.By)))))
		return nil
	case authn.SetPolicy:
		if r := m.Refusal; r != nil {
			// The linter would refuse the setting, and it changed nothing.
			s.remark = fmt.Sprintf("%s was refused here: %s (%s)", v.Name, r.Code, r.Rule)
			return nil
		}
		s.key, s.value = "policy", syntax.Mapping(nested(a.Settings)...)
		if a.User != "" { // one user's own (O6)
			s.key, s.value = v.Name, syntax.Mapping(pair("user", literal(a.User)), pair("settings", s.value))
		}
		return nil
	}
	args, err := w.args(v, m)
	s.key = v.Name
	if len(args) > 0 {
		s.value = syntax.Mapping(args...)
	}
	return err
}

// setClock returns a step that sets the clock to an instant, which may be in the
// past.
func (w *writer) setClock(to, at time.Time) *step {
	if !to.Before(at) {
		w.clock.now, w.clock.recorded = to, to
		return &step{key: "at", value: instant(to)}
	}
	by := max(w.clock.now.Sub(to), time.Millisecond)
	w.clock.setBack(by, to)
	return clockBack(by)
}

func link(a authn.SetLink) *syntax.Node {
	state := syntax.Word(string(a.State))
	phone, workstation, near := a.Site.BluetoothEnds()
	if !near {
		return syntax.Mapping(pair(actorOf(a.Site), state))
	}
	return syntax.Mapping(pair("bluetooth", syntax.Mapping(
		pair("phone", syntax.Word(phone)), pair("workstation", syntax.Word(workstation)), pair("state", state))))
}

// args returns the arguments of a verb. It leaves out a site or user if the story
// has only one.
func (w *writer) args(v verb.Verb, m Move) ([]syntax.Pair, error) {
	values := v.Values(m.Action)
	var out []syntax.Pair
	for _, arg := range v.Args {
		value, given := values[arg.Name]
		if !given {
			continue
		}
		name := arg.Name
		if arg.Role != "" {
			if cast := w.cast[arg.Role]; len(cast) == 1 && value == cast[0] {
				continue
			}
			name = "for"
			if arg.Role == v.Role {
				name = "by"
			}
		}
		if arg.Name == "user" && v.Role != authn.RoleAdmin && !arg.Required && len(w.users) == 1 && value == w.users[0] {
			continue
		}
		written, err := w.value(v, arg, value, m)
		if err != nil {
			return nil, err
		}
		out = append(out, pair(name, written))
	}
	return out, nil
}

func (w *writer) value(v verb.Verb, arg verb.Arg, value any, m Move) (*syntax.Node, error) {
	switch value := value.(type) {
	case authn.Secret:
		text, err := w.refs.secret(v, arg.Name, value, m.Refusal != nil)
		return syntax.Quoted(text), err
	case string:
		if arg.Kind == verb.Text && len(arg.OneOf) == 0 {
			return w.refs.text(value), nil
		}
		return literal(value), nil
	case bool:
		return syntax.Literal(strconv.FormatBool(value)), nil
	case int:
		return syntax.Literal(strconv.Itoa(value)), nil
	case time.Duration:
		return span(value), nil
	case time.Time:
		return instant(value), nil
	case []string:
		list := &syntax.Node{Kind: syntax.List}
		for _, one := range value {
			list.Items = append(list.Items, literal(one))
		}
		return list, nil
	}
	return nil, fmt.Errorf("%s: %s is a %T: %w", v.Name, arg.Name, value, ErrUnsupported)
}

// expect sets the expectation from the outcome of a move.
func (w *writer) expect(s *step, m Move, crashed bool) {
	switch {
	case m.Expect != nil:
		s.expect = m.Expect
	case crashed:
		s.expect = syntax.Mapping(pair("crashed", syntax.Literal("true")))
	case m.Refusal != nil:
		s.expect = syntax.Mapping(pair(story.KeyRefused, syntax.Word(string(m.Refusal.Code))))
		if m.Refusal.Rule != "" {
			s.expect.Pairs = append(s.expect.Pairs, pair("rule", syntax.Word(string(m.Refusal.Rule))))
		}
	case m.Outcome.Pending != nil:
		s.expect = syntax.Mapping(pair("pending", syntax.Literal("true")))
	}
}

// addMade adds the user or site that an Action created.
func (w *writer) addMade(v verb.Verb, a authn.Action) {
	role, name := v.Makes.Role, v.Made(a)
	switch {
	case name == "":
		return
	case role == "":
		w.user(name)
	case !slices.Contains(w.cast[role], name):
		w.cast[role] = append(w.cast[role], name)
	}
	if user, ok := v.Values(a)["user"].(string); ok {
		w.user(user)
	}
}

// kinds returns the kinds of the events at or after an instant, for the comment
// that helps an author to choose expectations. It omits events that only repeat
// what the step does.
func kinds(events []authn.Event, since time.Time) []authn.Kind {
	var out []authn.Kind
	for _, e := range events {
		switch e.Kind {
		case authn.EventRefused, sim.EventClockAdvanced, sim.EventClockSetBack, sim.EventClockSkewed, sim.EventLinkSet,
			sim.EventFaultSet, authn.EventPolicySet, hypr.EventAudited:
			continue
		}
		if !e.At.Before(since) {
			out = append(out, e.Kind)
		}
	}
	return out
}
