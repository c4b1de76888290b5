package player

import (
	"fmt"
	"slices"
	"strings"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/sim"
	"github.com/offauth/offauth/scenarios/state"
	"github.com/offauth/offauth/scenarios/syntax"
)

// eventWanted is an event of an expectation: a kind, and its fields or nil.
type eventWanted struct {
	at     syntax.Pos
	kind   string
	fields *syntax.Node
}

// eventsWanted reads a list of events. What is wrong with it is a failure.
func (p *Player) eventsWanted(n *syntax.Node) []eventWanted {
	v, err := p.shallow(n)
	list, ok := v.(*syntax.Node)
	if err == nil && (!ok || list.Kind != syntax.List) {
		err = fmt.Errorf("this must be a list of events, got %s", typeName(v))
	}
	if err != nil {
		p.fail(failing{at: n.Pos, code: CodeReference, what: "events", got: err.Error()})
		return nil
	}
	var all []eventWanted
	for _, item := range list.Items {
		w, err := p.eventWanted(item)
		if err != nil {
			p.fail(failing{at: item.Pos, code: CodeReference, what: "events", got: err.Error()})
			continue
		}
		all = append(all, w)
	}
	return all
}

func (p *Player) eventWanted(n *syntax.Node) (eventWanted, error) {
	v, err := p.shallow(n)
	if err != nil {
		return eventWanted{}, err
	}
	switch v := v.(type) {
	case string:
		return eventWanted{at: n.Pos, kind: v}, nil
	case *syntax.Node:
		if len(v.Pairs) != 1 {
			break
		}
		fields, err := p.mapping(v.Pairs[0].Value)
		if rule := fields.Get("rule"); rule != nil {
			p.proves(rule)
		}
		return eventWanted{v.Pairs[0].At, v.Pairs[0].Key, fields}, err
	}
	return eventWanted{}, fmt.Errorf("an event is a name, or one name with its fields, not %s", typeName(v))
}

// differs returns what an event lacks to be the one that is wanted.
func (p *Player) differs(w eventWanted, e authn.Event) []failing {
	if w.fields == nil {
		return nil
	}
	var all []failing
	for _, pair := range w.fields.Pairs {
		v, there := fieldOf(e, pair.Key)
		v = state.EventValue(e.Kind, pair.Key, v)
		all = append(all, p.match(pair.Value, v, there, w.kind+": "+pair.Key)...)
	}
	return all
}

// fieldOf returns a field of an event: its kind's own, else one that all have.
func fieldOf(e authn.Event, name string) (any, bool) {
	if v, ok := e.Fields[name]; ok {
		return plain(v), true
	}
	switch name {
	case "rule":
		return string(e.Rule), e.Rule != ""
	case "result":
		return e.Result, e.Result != ""
	case "subject":
		return e.Subject, e.Subject != ""
	case "site":
		return string(e.Site), true
	case "at":
		return e.At.UTC(), true
	}
	return nil, false
}

// inOrder wants events in their order; others may lie between.
func (p *Player) inOrder(n *syntax.Node, events []authn.Event) {
	from := 0
	for _, w := range p.eventsWanted(n) {
		found := slices.IndexFunc(events[from:], func(e authn.Event) bool {
			return string(e.Kind) == w.kind && len(p.differs(w, e)) == 0
		})
		if found >= 0 {
			from += found + 1
			continue
		}
		near := slices.IndexFunc(events[from:], func(e authn.Event) bool { return string(e.Kind) == w.kind })
		if near >= 0 {
			p.missed(p.differs(w, events[from+near]))
			from += near + 1
			continue
		}
		got := "only " + kindsOf(events)
		if slices.ContainsFunc(events[:from], func(e authn.Event) bool { return string(e.Kind) == w.kind }) {
			got = "not behind those before it: " + kindsOf(events)
		}
		p.fail(failing{at: w.at, code: CodeExpect, what: w.kind, expected: "the event " + w.kind, got: got})
	}
}

// kindsOf lists events in their order.
func kindsOf(events []authn.Event) string {
	names := make([]string, len(events))
	for i, e := range events {
		names[i] = string(e.Kind)
	}
	if len(names) == 0 {
		return "no events"
	}
	if more := len(names) - 20; more > 0 {
		names = append(names[:20], fmt.Sprintf("and %d more", more))
	}
	return strings.Join(names, " ")
}

// byTheStep are events that say what the step itself did to the world, or that
// it was refused; an exact list need not repeat them.
func byTheStep(kind authn.Kind, refused bool) bool {
	switch kind {
	case sim.EventClockAdvanced, sim.EventClockSetBack, sim.EventClockSkewed, sim.EventLinkSet, sim.EventFaultSet:
		return true
	case authn.EventRefused:
		return refused
	}
	return false
}

// exactly wants these events and no others.
func (p *Player) exactly(n *syntax.Node, events []authn.Event, refused bool) {
	wanted := p.eventsWanted(n)
	listed := func(kind authn.Kind) bool {
		return slices.ContainsFunc(wanted, func(w eventWanted) bool { return w.kind == string(kind) })
	}
	var left []authn.Event
	for _, e := range events {
		if listed(e.Kind) || !byTheStep(e.Kind, refused) {
			left = append(left, e)
		}
	}
	for i, w := range wanted {
		switch {
		case i >= len(left):
			p.fail(failing{at: w.at, code: CodeExpect, what: w.kind, expected: "the event " + w.kind, got: kindsOf(left)})
			return
		case string(left[i].Kind) != w.kind:
			p.fail(failing{at: w.at, code: CodeExpect, what: w.kind, expected: "the event " + w.kind + " next", got: string(left[i].Kind)})
			return
		default:
			p.missed(p.differs(w, left[i]))
		}
	}
	if len(left) > len(wanted) {
		p.fail(failing{at: n.Pos, code: CodeExpect, what: "events_exactly", expected: "no more events", got: kindsOf(left[len(wanted):])})
	}
}

// none wants none of these events.
func (p *Player) none(n *syntax.Node, events []authn.Event) {
	for _, w := range p.eventsWanted(n) {
		for _, e := range events {
			if string(e.Kind) != w.kind {
				continue
			}
			missed := p.differs(w, e)
			if wrong := mistaken(missed); len(wrong) > 0 {
				p.missed(wrong)
				break
			}
			if len(missed) == 0 {
				p.fail(failing{at: w.at, code: CodeExpect, what: w.kind, expected: "no such event", got: p.showEvent(e)})
				break
			}
		}
	}
}

// counted wants each kind of event so often.
func (p *Player) counted(n *syntax.Node, events []authn.Event) {
	m, err := p.mapping(n)
	if err != nil {
		p.fail(failing{at: n.Pos, code: CodeReference, what: "count", got: err.Error()})
		return
	}
	for _, pair := range m.Pairs {
		var times int64
		for _, e := range events {
			if string(e.Kind) == pair.Key {
				times++
			}
		}
		p.missed(p.match(pair.Value, times, true, "count of "+pair.Key))
	}
}
