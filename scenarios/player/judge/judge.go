// Package judge holds what a step came to against what the story expects of it.
package judge

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/sim"
	"github.com/offauth/offauth/scenarios/player/eval"
	"github.com/offauth/offauth/scenarios/player/match"
	"github.com/offauth/offauth/scenarios/player/stage"
	"github.com/offauth/offauth/scenarios/state"
	"github.com/offauth/offauth/scenarios/story"
	"github.com/offauth/offauth/scenarios/syntax"
	"github.com/offauth/offauth/scenarios/value"
)

// The codes of failures that are found here, beside those of match.
const (
	CodeRefused = "refused"
	CodeFault   = "fault"
)

// Judge holds steps against their expectations. What does not come true goes to
// Fail.
type Judge struct {
	*match.Matcher
	// Named returns what a path names, and whether there is anything.
	Named func(path string) (v any, there bool, err error)
	// Since returns all that came since the step of an id began.
	Since func(id string) (*stage.Outcome, error)
	// Proves is told of each rule that an expectation names.
	Proves func(authn.RuleID)
	Fail   func(match.Miss)
}

// Expect holds a step against its expectation, and makes every check of it.
// A step without one must be accepted.
func (j *Judge) Expect(s *story.Step, name string, o *stage.Outcome) {
	if o.Err != nil {
		code := match.CodeReference
		if _, ok := authn.AsFault(o.Err); ok {
			code = CodeFault
		}
		j.Fail(match.Miss{At: s.Pos, Code: code, What: name, Expected: "it can be done", Got: o.Err.Error()})
		return
	}
	m := &syntax.Node{Kind: syntax.Map, Pos: s.Pos}
	if s.Expect != nil {
		var err error
		if m, err = j.Mapping(s.Expect); err != nil {
			j.Fail(match.Miss{At: s.Expect.Pos, Code: match.CodeReference, What: "expect", Got: err.Error()})
			return
		}
	}
	j.ending(s, name, m, o)
	j.Check(m, o)
}

// ending checks how a step ended: accepted, refused, or in a crash.
func (j *Judge) ending(s *story.Step, name string, m *syntax.Node, o *stage.Outcome) {
	crashed, refused := m.Get("crashed"), m.Get(story.KeyRefused)
	switch {
	case o.Crashed && crashed == nil:
		j.Fail(match.Miss{At: s.Pos, Code: match.CodeExpect, What: name, Expected: "it is told", Got: "the process died"})
	case crashed != nil:
		j.Missed(j.Match(crashed, o.Crashed, true, "crashed"))
	}
	if o.Crashed {
		return
	}
	switch {
	case refused == nil && o.Refusal != nil:
		at := s.Pos
		if ok := m.Get("ok"); ok != nil {
			at = ok.Pos
		}
		j.Fail(match.Miss{At: at, Code: CodeRefused, What: name, Expected: "accepted", Got: Refusal(o.Refusal)})
	case refused != nil && o.Refusal == nil:
		j.Fail(match.Miss{At: refused.Pos, Code: CodeRefused, What: name, Expected: "refused " + j.Spelled(refused),
			Got: "accepted"})
	case refused != nil:
		for _, f := range j.Match(refused, string(o.Refusal.Code), true, story.KeyRefused) {
			f.Code, f.What, f.Got = CodeRefused, name, Refusal(o.Refusal)
			j.Fail(f)
		}
	}
	if n := m.Get("native"); n != nil {
		j.native(n, o.Refusal)
	}
	if n := m.Get("shown"); n != nil {
		j.shown(n, o.Refusal)
	}
}

// shown checks the words that the product shows its user (O42).
func (j *Judge) shown(n *syntax.Node, r *authn.Refusal) {
	if r == nil {
		j.Fail(match.Miss{At: n.Pos, Code: match.CodeExpect, What: "shown", Expected: j.Spelled(n), Got: "no refusal"})
		return
	}
	j.Missed(j.Match(n, r.Shown, r.Shown != "", "shown"))
}

// Refusal writes one for a report.
func Refusal(r *authn.Refusal) string {
	return fmt.Sprintf("refused %s (%s): %s", r.Code, r.Rule, r.Message)
}

// native checks the product's own number, or its number and name; of a
// product that has none, the words that it shows its user.
func (j *Judge) native(n *syntax.Node, r *authn.Refusal) {
	if r == nil {
		j.Fail(match.Miss{At: n.Pos, Code: match.CodeExpect, What: "native", Expected: j.Spelled(n), Got: "no refusal"})
		return
	}
	words := cmp.Or(r.Native, r.Shown)
	var got any = words
	if v, err := j.Shallow(n); err == nil {
		if _, ok := v.(int64); ok {
			number, _, _ := strings.Cut(r.Native, " ")
			if i, err := strconv.ParseInt(number, 10, 64); err == nil {
				got = i
			}
		}
	}
	j.Missed(j.Match(n, got, words != "", "native"))
}

// Check makes the checks that look at what is there; each that fails is kept.
func (j *Judge) Check(n *syntax.Node, o *stage.Outcome) {
	m, err := j.Mapping(n)
	if err != nil {
		j.Fail(match.Miss{At: n.Pos, Code: match.CodeReference, What: "check", Got: err.Error()})
		return
	}
	if since := m.Get("since"); since != nil {
		id, err := j.Text(since)
		if err == nil {
			o, err = j.Since(id)
		}
		if err != nil {
			j.Fail(match.Miss{At: since.Pos, Code: match.CodeReference, What: "since", Got: err.Error()})
			return
		}
	}
	for _, pair := range m.Pairs {
		n := pair.Value
		switch pair.Key {
		case "rule":
			j.ruled(n, o)
		case "pending":
			j.Missed(j.Match(n, o.Pending != nil, true, "pending"))
		case "elapsed":
			j.Missed(j.Match(n, o.Elapsed, true, "elapsed"))
		case "events":
			j.inOrder(n, o.Events)
		case "events_exactly":
			j.exactly(n, o.Events, m.Get(story.KeyRefused) != nil)
		case "no_events":
			j.none(n, o.Events)
		case "count":
			j.counted(n, o.Events)
		case "state":
			j.paths(n, "state")
		case "output":
			j.output(n, o)
		}
	}
}

// ruled checks the rule that a refusal names, or else one of the events.
func (j *Judge) ruled(n *syntax.Node, o *stage.Outcome) {
	j.proves(n)
	if o.Refusal != nil {
		j.Missed(j.Match(n, string(o.Refusal.Rule), true, "rule"))
		return
	}
	var rules []string
	for _, e := range o.Events {
		if e.Rule != "" && len(j.Match(n, string(e.Rule), true, "rule")) == 0 {
			return
		}
		if e.Rule != "" && !slices.Contains(rules, string(e.Rule)) {
			rules = append(rules, string(e.Rule))
		}
	}
	j.Fail(match.Miss{At: n.Pos, Code: match.CodeExpect, What: "rule", Expected: j.Spelled(n), Got: j.Show("", rules)})
}

// proves notes a rule that an expectation names.
func (j *Judge) proves(n *syntax.Node) {
	if text, err := j.Text(n); err == nil {
		j.Proves(authn.RuleID(text))
	}
}

// paths checks what paths name.
func (j *Judge) paths(n *syntax.Node, root string) {
	m, err := j.Mapping(n)
	if err != nil {
		j.Fail(match.Miss{At: n.Pos, Code: match.CodeReference, What: root, Got: err.Error()})
		return
	}
	for _, pair := range m.Pairs {
		v, there, err := j.Named(root + "." + pair.Key)
		if err != nil {
			j.Fail(match.Miss{At: pair.At, Code: match.CodeReference, What: pair.Key, Got: err.Error()})
			continue
		}
		j.Missed(j.Match(pair.Value, v, there, pair.Key))
	}
}

// output checks what the step gave.
func (j *Judge) output(n *syntax.Node, o *stage.Outcome) {
	m, err := j.Mapping(n)
	if err != nil {
		j.Fail(match.Miss{At: n.Pos, Code: match.CodeReference, What: "output", Got: err.Error()})
		return
	}
	j.Missed(j.Match(m, o.Fields(), true, "output"))
}

// Missed keeps what did not match.
func (j *Judge) Missed(all []match.Miss) {
	for _, f := range all {
		j.Fail(f)
	}
}

// eventWanted is an event of an expectation: a kind, and its fields or nil.
type eventWanted struct {
	at     syntax.Pos
	kind   string
	fields *syntax.Node
}

// eventsWanted reads a list of events. What is wrong with it is a failure.
func (j *Judge) eventsWanted(n *syntax.Node) []eventWanted {
	v, err := j.Shallow(n)
	list, ok := v.(*syntax.Node)
	if err == nil && (!ok || list.Kind != syntax.List) {
		err = fmt.Errorf("this must be a list of events, got %s", value.TypeName(v))
	}
	if err != nil {
		j.Fail(match.Miss{At: n.Pos, Code: match.CodeReference, What: "events", Got: err.Error()})
		return nil
	}
	var all []eventWanted
	for _, item := range list.Items {
		w, err := j.eventWanted(item)
		if err != nil {
			j.Fail(match.Miss{At: item.Pos, Code: match.CodeReference, What: "events", Got: err.Error()})
			continue
		}
		all = append(all, w)
	}
	return all
}

func (j *Judge) eventWanted(n *syntax.Node) (eventWanted, error) {
	v, err := j.Shallow(n)
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
		fields, err := j.Mapping(v.Pairs[0].Value)
		if rule := fields.Get("rule"); rule != nil {
			j.proves(rule)
		}
		return eventWanted{v.Pairs[0].At, v.Pairs[0].Key, fields}, err
	}
	return eventWanted{}, fmt.Errorf("an event is a name, or one name with its fields, not %s", value.TypeName(v))
}

// differs returns what an event lacks to be the one that is wanted.
func (j *Judge) differs(w eventWanted, e authn.Event) []match.Miss {
	if w.fields == nil {
		return nil
	}
	var all []match.Miss
	for _, pair := range w.fields.Pairs {
		v, there := fieldOf(e, pair.Key)
		v = state.EventValue(e.Kind, pair.Key, v)
		all = append(all, j.Match(pair.Value, v, there, w.kind+": "+pair.Key)...)
	}
	return all
}

// fieldOf returns a field of an event: its kind's own, else one that all have.
func fieldOf(e authn.Event, name string) (any, bool) {
	if v, ok := e.Fields[name]; ok {
		return eval.Plain(v), true
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
func (j *Judge) inOrder(n *syntax.Node, events []authn.Event) {
	from := 0
	for _, w := range j.eventsWanted(n) {
		found := slices.IndexFunc(events[from:], func(e authn.Event) bool {
			return string(e.Kind) == w.kind && len(j.differs(w, e)) == 0
		})
		if found >= 0 {
			from += found + 1
			continue
		}
		near := slices.IndexFunc(events[from:], func(e authn.Event) bool { return string(e.Kind) == w.kind })
		if near >= 0 {
			j.Missed(j.differs(w, events[from+near]))
			from += near + 1
			continue
		}
		got := "only " + kindsOf(events)
		if slices.ContainsFunc(events[:from], func(e authn.Event) bool { return string(e.Kind) == w.kind }) {
			got = "not behind those before it: " + kindsOf(events)
		}
		j.Fail(match.Miss{At: w.at, Code: match.CodeExpect, What: w.kind, Expected: "the event " + w.kind, Got: got})
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
func (j *Judge) exactly(n *syntax.Node, events []authn.Event, refused bool) {
	wanted := j.eventsWanted(n)
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
			j.Fail(match.Miss{At: w.at, Code: match.CodeExpect, What: w.kind, Expected: "the event " + w.kind,
				Got: kindsOf(left)})
			return
		case string(left[i].Kind) != w.kind:
			j.Fail(match.Miss{At: w.at, Code: match.CodeExpect, What: w.kind, Expected: "the event " + w.kind + " next",
				Got: string(left[i].Kind)})
			return
		default:
			j.Missed(j.differs(w, left[i]))
		}
	}
	if len(left) > len(wanted) {
		j.Fail(match.Miss{At: n.Pos, Code: match.CodeExpect, What: "events_exactly", Expected: "no more events",
			Got: kindsOf(left[len(wanted):])})
	}
}

// none wants none of these events.
func (j *Judge) none(n *syntax.Node, events []authn.Event) {
	for _, w := range j.eventsWanted(n) {
		for _, e := range events {
			if string(e.Kind) != w.kind {
				continue
			}
			missed := j.differs(w, e)
			if wrong := match.Mistaken(missed); len(wrong) > 0 {
				j.Missed(wrong)
				break
			}
			if len(missed) == 0 {
				j.Fail(match.Miss{At: w.at, Code: match.CodeExpect, What: w.kind, Expected: "no such event", Got: j.ShowEvent(e)})
				break
			}
		}
	}
}

// counted wants each kind of event so often.
func (j *Judge) counted(n *syntax.Node, events []authn.Event) {
	m, err := j.Mapping(n)
	if err != nil {
		j.Fail(match.Miss{At: n.Pos, Code: match.CodeReference, What: "count", Got: err.Error()})
		return
	}
	for _, pair := range m.Pairs {
		var times int64
		for _, e := range events {
			if string(e.Kind) == pair.Key {
				times++
			}
		}
		j.Missed(j.Match(pair.Value, times, true, "count of "+pair.Key))
	}
}
