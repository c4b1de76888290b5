package compose

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/hypr"
	"github.com/offauth/offauth/authn/sim"
	"github.com/offauth/offauth/authn/verb"
	"github.com/offauth/offauth/scenarios/story"
)

// move writes one move: the time that passed before it, and what was done.
func (w *writer) move(i int) error {
	m := w.scene.Moves[i]
	w.gap(m)
	if m.Restart != "" {
		w.add(&step{does: "restart: " + scalar(actorOf(m.Restart))})
	}
	if m.Action == nil {
		w.crash = max(w.crash, m.Crash)
		return nil
	}
	v, ok := w.verbs[reflect.TypeOf(m.Action)]
	if !ok {
		return fmt.Errorf("%s: %w", m.Action.Verb(), ErrUntold)
	}
	crash := max(w.crash, m.Crash)
	w.crash = 0
	if crash > 0 {
		w.add(&step{does: "crash: " + flow(append(w.actor(v, m.Action), pair{"at_put", strconv.Itoa(crash)}))})
	}
	s := &step{}
	if err := w.does(s, v, m); err != nil {
		return err
	}
	if s.does == "" {
		if s.remark != "" {
			w.add(s)
		}
		w.telling.note(m.Outcome.Events)
		return nil
	}
	w.expect(s, m, crash > 0)
	s.events = kinds(m.Outcome.Events, w.at(m))
	w.made[i] = s
	w.add(s)
	if m.Refusal == nil && crash == 0 {
		w.memory.remember(i, m.Outcome.Result)
		w.join(v, m.Action)
	}
	w.telling.note(m.Outcome.Events)
	w.ended(m.Outcome.Events, m)
	w.begins(s, m)
	return nil
}

func (w *writer) add(s *step) { w.steps = append(w.steps, s) }

// actorOf is what a file calls a site.
func actorOf(site authn.Site) string {
	if name := site.Name(); name != "" {
		return name
	}
	return string(site)
}

// actor names who does an Action, for a step that needs it whoever is there.
func (w *writer) actor(v verb.Verb, a authn.Action) []pair {
	values := v.Values(a)
	for _, arg := range v.Args {
		if name, ok := values[arg.Name].(string); ok && arg.Role != "" && arg.Role == v.Role {
			return []pair{{"actor", scalar(name)}}
		}
	}
	return []pair{{"actor", "server"}}
}

// gap writes the time that passed before a move.
func (w *writer) gap(m Move) {
	at := w.at(m)
	if back := w.telling.was.Sub(at); back > 0 {
		w.telling.back(back, at)
		w.add(&step{does: "clock back: " + flow([]pair{{"by", span(back)}})})
		return
	}
	var passed []authn.Event
	for _, e := range m.Outcome.Events {
		// What a clock that is set back hides is stamped with the earlier time.
		if e.At.Before(at) && e.Fields["reason"] != string(authn.EventClockWentBack) {
			passed = append(passed, e)
		}
	}
	if wait := w.telling.pass(at, passed); wait > 0 {
		w.wait(wait, passed, m)
	}
}

// wait writes time that passes.
func (w *writer) wait(by time.Duration, events []authn.Event, m Move) {
	w.add(&step{does: "wait: " + span(by), events: kinds(events, time.Time{})})
	w.ended(events, m)
}

// does writes what a move does, or nothing for what a frozen clock need not
// be told.
func (w *writer) does(s *step, v verb.Verb, m Move) error {
	at := w.at(m)
	switch a := m.Action.(type) {
	case authn.FreezeClock, authn.RunClock:
		return nil
	case authn.AdvanceClock:
		s.does = "wait: " + span(w.telling.reach(a.By, at.Add(a.By), m.Outcome.Events))
		return nil
	case authn.BackClock:
		w.telling.back(a.By, at.Add(-a.By))
	case authn.SetClock:
		s.does = w.setClock(a.To, at)
		return nil
	case authn.SetLink:
		s.does = "link: " + link(a)
		return nil
	case authn.SetFault:
		p := []pair{{string(a.Kind), scalar(a.Message)}}
		if a.Nth > 0 {
			p = append(p, pair{"nth", strconv.Itoa(a.Nth)})
		}
		s.does = "link: " + flow([]pair{{"fault", flow(p)}})
		return nil
	case authn.SkewClock:
		s.does = "skew: " + flow([]pair{{actorOf(a.Site), flow([]pair{{"offset", span(a.By)}})}})
		return nil
	case authn.SetPolicy:
		if r := m.Refusal; r != nil {
			// The reader would refuse the file for it, and it changed nothing.
			s.remark = fmt.Sprintf("%s was refused here: %s (%s)", v.Name, r.Code, r.Rule)
			return nil
		}
		s.does = "policy: " + flow(nested(a.Settings))
		if a.User != "" { // one user's own (O6)
			s.does = "admin policy set: " + flow([]pair{{"user", literal(a.User)}, {"settings", flow(nested(a.Settings))}})
		}
		return nil
	}
	args, err := w.args(v, m)
	if err != nil {
		return err
	}
	s.does = strings.TrimRight(v.Name+": "+flow(args), " ")
	return nil
}

// setClock writes a jump to an instant, which may lie behind.
func (w *writer) setClock(to, at time.Time) string {
	if !to.Before(at) {
		w.telling.now, w.telling.was = to, to
		return "at: " + instant(to)
	}
	by := max(w.telling.now.Sub(to), time.Millisecond)
	w.telling.back(by, to)
	return "clock back: " + flow([]pair{{"by", span(by)}})
}

func link(a authn.SetLink) string {
	phone, workstation, near := a.Site.BluetoothEnds()
	if !near {
		return flow([]pair{{actorOf(a.Site), scalar(string(a.State))}})
	}
	return flow([]pair{{"bluetooth", flow([]pair{{"phone", scalar(phone)}, {"workstation", scalar(workstation)}, {"state", scalar(string(a.State))}})}})
}

// args writes the arguments of a verb: sites only where there are two that
// could be meant, users likewise.
func (w *writer) args(v verb.Verb, m Move) ([]pair, error) {
	values := v.Values(m.Action)
	var out []pair
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
		text, err := w.value(v, arg, value, m)
		if err != nil {
			return nil, err
		}
		out = append(out, pair{name, text})
	}
	return out, nil
}

func (w *writer) value(v verb.Verb, arg verb.Arg, value any, m Move) (string, error) {
	switch value := value.(type) {
	case authn.Secret:
		return w.memory.secret(v, arg.Name, value, m.Refusal != nil)
	case string:
		if arg.Kind == verb.Text && len(arg.OneOf) == 0 {
			return w.memory.text(value), nil
		}
		return literal(value), nil
	case bool:
		return strconv.FormatBool(value), nil
	case int:
		return strconv.Itoa(value), nil
	case time.Duration:
		return span(value), nil
	case time.Time:
		return instant(value), nil
	case []string:
		texts := make([]string, len(value))
		for i, one := range value {
			texts[i] = literal(one)
		}
		return list(texts), nil
	}
	return "", fmt.Errorf("%s: %s is a %T: %w", v.Name, arg.Name, value, ErrUntold)
}

// expect writes what came of a move.
func (w *writer) expect(s *step, m Move, crashed bool) {
	switch {
	case m.Expect != nil:
		s.lines = m.Expect
	case crashed:
		s.expect = "{crashed: true}"
	case m.Refusal != nil:
		p := []pair{{story.KeyRefused, scalar(string(m.Refusal.Code))}}
		if m.Refusal.Rule != "" {
			p = append(p, pair{"rule", scalar(string(m.Refusal.Rule))})
		}
		s.expect = flow(p)
	case m.Outcome.Pending != nil:
		s.expect = "{pending: true}"
	}
}

// join takes in the user or site that an Action has made.
func (w *writer) join(v verb.Verb, a authn.Action) {
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

// kinds lists what was left at or after an instant, for the comment that an
// author chooses expectations from. What the step itself says is left out.
func kinds(events []authn.Event, since time.Time) []authn.Kind {
	var out []authn.Kind
	for _, e := range events {
		switch e.Kind {
		case authn.EventRefused, sim.EventClockAdvanced, sim.EventClockSetBack, sim.EventClockSkewed, sim.EventLinkSet, sim.EventFaultSet, authn.EventPolicySet, hypr.EventAudited:
			continue
		}
		if !e.At.Before(since) {
			out = append(out, e.Kind)
		}
	}
	return out
}
