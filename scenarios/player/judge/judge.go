// Package judge checks the outcome of a step against the story's expectation.
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

// The codes of failures, in addition to those of package match.
const (
	CodeRefused = "refused"
	CodeFault   = "fault"
)

// Judge checks steps against their expectations and reports each failure to Fail.
type Judge struct {
	*match.Matcher
	// Named returns the value at a path, and whether there is one.
	Named func(path string) (v any, there bool, err error)
	// Since returns an outcome with everything since the beginning of the step with
	// an id.
	Since func(id string) (*stage.Outcome, error)
	// AddRule receives each rule that an expectation names.
	AddRule func(authn.RuleID)
	Fail    func(match.Miss)
}

// Expect checks the outcome of a step against its expectation. A step without one
// must be accepted.
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
	j.checkOutcome(s, name, m, o)
	j.Check(m, o)
}

// checkOutcome checks whether a step was accepted, was refused or crashed.
func (j *Judge) checkOutcome(s *story.Step, name string, m *syntax.Node, o *stage.Outcome) {
	crashed, refused := m.Get("crashed"), m.Get(story.KeyRefused)
	switch {
	case o.Crashed && crashed == nil:
		j.Fail(match.Miss{At: s.Pos, Code: match.CodeExpect, What: name, Expected: "it is told", Got: "the process died"})
	case crashed != nil:
		j.FailAll(j.Match(crashed, o.Crashed, true, "crashed"))
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
		j.checkNative(n, o.Refusal)
	}
	if n := m.Get("shown"); n != nil {
		j.checkShown(n, o.Refusal)
	}
}

// checkShown checks the message that the product shows its user (O42).
func (j *Judge) checkShown(n *syntax.Node, r *authn.Refusal) {
	if r == nil {
		j.Fail(match.Miss{At: n.Pos, Code: match.CodeExpect, What: "shown", Expected: j.Spelled(n), Got: "no refusal"})
		return
	}
	j.FailAll(j.Match(n, r.Shown, r.Shown != "", "shown"))
}

// Refusal returns a refusal as a text for reports.
func Refusal(r *authn.Refusal) string {
	return fmt.Sprintf("refused %s (%s): %s", r.Code, r.Rule, r.Message)
}

// checkNative checks the product's own error number, or its number and name. For a
// product without numbers it checks the message that the product shows.
func (j *Judge) checkNative(n *syntax.Node, r *authn.Refusal) {
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
	j.FailAll(j.Match(n, got, words != "", "native"))
}

// Check makes all checks of an expectation or a check step, except those of
// checkOutcome.
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
			j.checkRule(n, o)
		case "pending":
			j.FailAll(j.Match(n, o.Pending != nil, true, "pending"))
		case "elapsed":
			j.FailAll(j.Match(n, o.Elapsed, true, "elapsed"))
		case "events":
			j.checkOrder(n, o.Events)
		case "events_exactly":
			j.checkExact(n, o.Events, m.Get(story.KeyRefused) != nil)
		case "no_events":
			j.checkAbsent(n, o.Events)
		case "count":
			j.checkCounts(n, o.Events)
		case "state":
			j.checkPaths(n, "state")
		case "output":
			j.checkOutput(n, o)
		}
	}
}

// checkRule checks the rule of the refusal, or else that an event has the rule.
func (j *Judge) checkRule(n *syntax.Node, o *stage.Outcome) {
	j.addRule(n)
	if o.Refusal != nil {
		j.FailAll(j.Match(n, string(o.Refusal.Rule), true, "rule"))
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

// addRule reports a rule that an expectation names to AddRule.
func (j *Judge) addRule(n *syntax.Node) {
	if text, err := j.Text(n); err == nil {
		j.AddRule(authn.RuleID(text))
	}
}

// checkPaths checks the values at paths below a root.
func (j *Judge) checkPaths(n *syntax.Node, root string) {
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
		j.FailAll(j.Match(pair.Value, v, there, pair.Key))
	}
}

// checkOutput checks the result of a step.
func (j *Judge) checkOutput(n *syntax.Node, o *stage.Outcome) {
	m, err := j.Mapping(n)
	if err != nil {
		j.Fail(match.Miss{At: n.Pos, Code: match.CodeReference, What: "output", Got: err.Error()})
		return
	}
	j.FailAll(j.Match(m, o.Fields(), true, "output"))
}

// FailAll reports all misses to Fail.
func (j *Judge) FailAll(all []match.Miss) {
	for _, f := range all {
		j.Fail(f)
	}
}

// wantedEvent is an expected event: a kind, and its fields or nil.
type wantedEvent struct {
	at     syntax.Pos
	kind   string
	fields *syntax.Node
}

// wantedEvents returns a list of expected events. A mistake in it is a failure.
func (j *Judge) wantedEvents(n *syntax.Node) []wantedEvent {
	v, err := j.Shallow(n)
	list, ok := v.(*syntax.Node)
	if err == nil && (!ok || list.Kind != syntax.List) {
		err = fmt.Errorf("this must be a list of events, got %s", value.TypeName(v))
	}
	if err != nil {
		j.Fail(match.Miss{At: n.Pos, Code: match.CodeReference, What: "events", Got: err.Error()})
		return nil
	}
	var all []wantedEvent
	for _, item := range list.Items {
		w, err := j.wantedEvent(item)
		if err != nil {
			j.Fail(match.Miss{At: item.Pos, Code: match.CodeReference, What: "events", Got: err.Error()})
			continue
		}
		all = append(all, w)
	}
	return all
}

func (j *Judge) wantedEvent(n *syntax.Node) (wantedEvent, error) {
	v, err := j.Shallow(n)
	if err != nil {
		return wantedEvent{}, err
	}
	switch v := v.(type) {
	case string:
		return wantedEvent{at: n.Pos, kind: v}, nil
	case *syntax.Node:
		if len(v.Pairs) != 1 {
			break
		}
		fields, err := j.Mapping(v.Pairs[0].Value)
		if rule := fields.Get("rule"); rule != nil {
			j.addRule(rule)
		}
		return wantedEvent{v.Pairs[0].At, v.Pairs[0].Key, fields}, err
	}
	return wantedEvent{}, fmt.Errorf("an event is a name, or one name with its fields, not %s", value.TypeName(v))
}

// matchEvent returns the differences between the fields of an event and the
// expected ones.
func (j *Judge) matchEvent(w wantedEvent, e authn.Event) []match.Miss {
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

// fieldOf returns a field of an event: one of its kind, or else one that all events
// have.
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

// checkOrder checks that the expected events occurred in order, possibly with other
// events between them.
func (j *Judge) checkOrder(n *syntax.Node, events []authn.Event) {
	from := 0
	for _, w := range j.wantedEvents(n) {
		found := slices.IndexFunc(events[from:], func(e authn.Event) bool {
			return string(e.Kind) == w.kind && len(j.matchEvent(w, e)) == 0
		})
		if found >= 0 {
			from += found + 1
			continue
		}
		near := slices.IndexFunc(events[from:], func(e authn.Event) bool { return string(e.Kind) == w.kind })
		if near >= 0 {
			j.FailAll(j.matchEvent(w, events[from+near]))
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

// kindsOf returns the kinds of events as a text.
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

// impliedByStep reports whether a kind of event only repeats what the step does, or
// that it was refused. An exact list may omit such events.
func impliedByStep(kind authn.Kind, refused bool) bool {
	switch kind {
	case sim.EventClockAdvanced, sim.EventClockSetBack, sim.EventClockSkewed, sim.EventLinkSet, sim.EventFaultSet:
		return true
	case authn.EventRefused:
		return refused
	}
	return false
}

// checkExact checks that exactly the expected events occurred.
func (j *Judge) checkExact(n *syntax.Node, events []authn.Event, refused bool) {
	wanted := j.wantedEvents(n)
	listed := func(kind authn.Kind) bool {
		return slices.ContainsFunc(wanted, func(w wantedEvent) bool { return w.kind == string(kind) })
	}
	var left []authn.Event
	for _, e := range events {
		if listed(e.Kind) || !impliedByStep(e.Kind, refused) {
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
			j.FailAll(j.matchEvent(w, left[i]))
		}
	}
	if len(left) > len(wanted) {
		j.Fail(match.Miss{At: n.Pos, Code: match.CodeExpect, What: "events_exactly", Expected: "no more events",
			Got: kindsOf(left[len(wanted):])})
	}
}

// checkAbsent checks that none of the events occurred.
func (j *Judge) checkAbsent(n *syntax.Node, events []authn.Event) {
	for _, w := range j.wantedEvents(n) {
		for _, e := range events {
			if string(e.Kind) != w.kind {
				continue
			}
			missed := j.matchEvent(w, e)
			if wrong := match.Mistaken(missed); len(wrong) > 0 {
				j.FailAll(wrong)
				break
			}
			if len(missed) == 0 {
				j.Fail(match.Miss{At: w.at, Code: match.CodeExpect, What: w.kind, Expected: "no such event", Got: j.ShowEvent(e)})
				break
			}
		}
	}
}

// checkCounts checks how often each kind of event occurred.
func (j *Judge) checkCounts(n *syntax.Node, events []authn.Event) {
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
		j.FailAll(j.Match(pair.Value, times, true, "count of "+pair.Key))
	}
}
