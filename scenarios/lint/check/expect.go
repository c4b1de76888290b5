package check

import (
	"slices"
	"strings"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/scenarios/lint/resolve"
	"github.com/offauth/offauth/scenarios/lint/shape"
	"github.com/offauth/offauth/scenarios/spelling"
	"github.com/offauth/offauth/scenarios/state"
	"github.com/offauth/offauth/scenarios/story"
	"github.com/offauth/offauth/scenarios/syntax"
)

// expects checks expectations and checks.
type expects struct{ values }

// Expectation checks an expectation. If it is a reference to a column, it checks the
// expectation of each row.
func (l *expects) Expectation(n *syntax.Node, s *resolve.Scope, sub resolve.Subject) {
	for _, known := range l.Refs(n, s) {
		l.expect(known, s, sub)
	}
}

func (l *expects) expect(n *syntax.Node, s *resolve.Scope, sub resolve.Subject) {
	p := shape.Places()["expect"]
	if sub.Kind == "story" {
		p = shape.Places()["check"]
	}
	if n.Kind != syntax.Map {
		l.Foundf(n.Pos, "OA201", spelling.OneOf([]string{"ok", story.KeyRefused, "events", "state"}),
			"expect must be a mapping, got %s", resolve.Say(n))
		return
	}
	l.Keys(p, n)
	l.contradictions(n)
	for _, pair := range n.Pairs {
		switch pair.Key {
		case story.KeyRefused:
			l.refused(pair.Value, s, sub)
		case "rule":
			for _, known := range l.Refs(pair.Value, s) {
				l.Rule(known)
			}
		case "output":
			l.output(pair.Value, s, sub)
		case "elapsed":
			if pair.Value.Kind == syntax.Map {
				l.Matcher(pair.Value, s, Against{"elapsed", state.Span})
			} else {
				l.Typed("elapsed", shape.Field{Kind: shape.DurationKind}, pair.Value, s)
			}
		case "ok", "pending", "crashed":
			l.Typed(pair.Key, shape.Field{Kind: shape.TrueKind}, pair.Value, s)
		case "native":
			l.Matcher(pair.Value, s, Against{"native", state.Scalar})
		case "shown":
			l.Matcher(pair.Value, s, Against{"shown", state.Text})
		case "count", "state", "events", "events_exactly", "no_events":
			l.checkState(pair, s)
		}
	}
}

// contradictions reports keys that exclude each other.
func (l *expects) contradictions(n *syntax.Node) {
	has := func(key string) bool { return n.Get(key) != nil }
	for _, pair := range [][2]string{{"ok", story.KeyRefused}, {story.KeyRefused, "pending"}, {story.KeyRefused, "output"},
		{"crashed", story.KeyRefused}, {"crashed", "ok"}, {"crashed", "output"}, {"crashed", "pending"},
		{"events", "events_exactly"}} {
		if has(pair[0]) && has(pair[1]) {
			l.Foundf(n.Get(pair[1]).Pos, "OA203", "leave one of them out", "%s and %s exclude each other", pair[0], pair[1])
		}
	}
	if has("ok") && has("rule") && !has(story.KeyRefused) {
		l.Foundf(n.Get("rule").Pos, "OA203", "an event's rule stands in the event: {KIND: {rule: ...}}",
			"rule is a refusal's, and this is accepted")
	}
}

// Check checks the keys of a check step.
func (l *expects) Check(n *syntax.Node, s *resolve.Scope) {
	if !l.Keys(shape.Places()["check"], n) {
		return
	}
	for _, pair := range n.Pairs {
		if pair.Key == "since" {
			if l.Text("since", pair.Value) {
				if _, ok := s.IDs[pair.Value.Text]; !ok {
					l.Foundf(pair.Value.Pos, "OA305", spelling.Suggest(pair.Value.Text, resolve.Keys(s.IDs)),
						"no step before this has the id %q", pair.Value.Text)
				}
			}
			continue
		}
		l.checkState(pair, s)
	}
}

// checkState checks the keys that expectations and check steps have in common.
func (l *expects) checkState(pair syntax.Pair, s *resolve.Scope) {
	n := pair.Value
	switch pair.Key {
	case "events", "events_exactly", "no_events":
		l.events(pair.Key, n, s)
	case "count":
		if n.Kind != syntax.Map {
			l.Foundf(n.Pos, "OA201", "write count: {EVENT: 1}", "count must be a mapping, got %s", resolve.Say(n))
			return
		}
		for _, p := range n.Pairs {
			if _, ok := l.eventKind(p.Key, p.At); !ok && p.Key == "since" {
				continue
			}
			if p.Value.Kind == syntax.Map {
				l.Matcher(p.Value, s, Against{"count of " + p.Key, state.Int})
				continue
			}
			for _, known := range l.Refs(p.Value, s) {
				l.Count("count", known, 0)
			}
		}
	case "state":
		if n.Kind != syntax.Map {
			l.Foundf(n.Pos, "OA201", "write state: {workstation.locked: true}",
				"state must be a mapping, got %s", resolve.Say(n))
			return
		}
		for _, p := range n.Pairs {
			path := strings.Split(p.Key, ".")
			l.StatePath(p.At, path)
			l.Matcher(p.Value, s, Against{p.Key, l.StateKind(path)})
		}
	}
}

// refused checks that a refusal exists, and that the verb can be refused with it.
func (l *expects) refused(n *syntax.Node, s *resolve.Scope, sub resolve.Subject) {
	for _, known := range l.Refs(n, s) {
		if !l.Text(story.KeyRefused, known) {
			continue
		}
		code := authn.Code(known.Text)
		var can []string
		v, isVerb := l.Verbs[sub.Verb]
		if isVerb && sub.Kind != story.StepAwait {
			for _, c := range v.Refusals {
				can = append(can, string(c))
			}
		}
		switch {
		case !l.Refusals[code] && l.Foreigns[code] != "":
			l.Foundf(known.Pos, "OA309", spelling.OneOf(can), "%s is a refusal of %s, and the profile is %s", code,
				l.Foreigns[code], l.Story.Profile)
		case !l.Refusals[code]:
			help := spelling.Suggest(known.Text, resolve.Keys(l.Refusals))
			if help == "" && len(can) > 0 {
				help = sub.Name + " can be: " + strings.Join(can, ", ")
			}
			l.Foundf(known.Pos, "OA301", help, "no such refusal: %q", known.Text)
		case len(can) == 0:
			l.Foundf(known.Pos, "OA303", "", "%s is never refused", sub.Name)
		case !slices.Contains(can, known.Text):
			l.Foundf(known.Pos, "OA303", "it can be: "+strings.Join(can, ", "), "%s is never refused with %s", sub.Name,
				known.Text)
		}
	}
}

// output checks fields of the result with their matchers.
func (l *expects) output(n *syntax.Node, s *resolve.Scope, sub resolve.Subject) {
	if n.Kind != syntax.Map {
		l.Foundf(n.Pos, "OA201", "write output: {FIELD: VALUE}", "output must be a mapping, got %s", resolve.Say(n))
		return
	}
	for _, p := range n.Pairs {
		switch {
		case sub.Kind == story.StepCall:
			if f := sub.Fragment; f != nil && !slices.Contains(f.Returns(), p.Key) {
				l.Foundf(p.At, "OA206", spelling.Suggest(p.Key, f.Returns()), "the fragment %s returns no %q", f.Name, p.Key)
			}
		case sub.Verb == "":
			l.Foundf(p.At, "OA206", "", "%s gives no result", sub.Name)
		default:
			l.ResultField(p.At, sub.Verb, p.Key)
		}
		l.Matcher(p.Value, s, Against{p.Key, l.Results[sub.Verb][p.Key]})
	}
}

// events checks a list of events: names, or a name with fields each.
func (l *expects) events(label string, n *syntax.Node, s *resolve.Scope) {
	for _, known := range l.Refs(n, s) {
		if known.Kind != syntax.List {
			l.Foundf(known.Pos, "OA201", "write "+label+": [EVENT]", "%s must be a list, got %s", label, resolve.Say(known))
			continue
		}
		for _, item := range known.Items {
			for _, event := range l.Refs(item, s) {
				l.event(event, s)
			}
		}
	}
}

// event checks one event.
func (l *expects) event(n *syntax.Node, s *resolve.Scope) {
	if n.Kind == syntax.Text {
		l.eventKind(n.Text, n.Pos)
		return
	}
	if n.Kind != syntax.Map || len(n.Pairs) != 1 {
		l.Foundf(n.Pos, "OA201", "write EVENT, or {EVENT: {FIELD: VALUE}}",
			"an event must be a name or a mapping of one name, got %s", resolve.Say(n))
		return
	}
	p := n.Pairs[0]
	spec, ok := l.eventKind(p.Key, p.At)
	if p.Value.Kind != syntax.Map {
		l.Foundf(p.Value.Pos, "OA201", "write {"+p.Key+": {FIELD: VALUE}}",
			"the fields of an event must be a mapping, got %s", resolve.Say(p.Value))
		return
	}
	own := []string{"rule", "result", "subject", "site", "at"}
	for _, f := range p.Value.Pairs {
		if names := append(slices.Clone(spec.Fields), own...); ok && !slices.Contains(names, f.Key) {
			l.Foundf(f.At, "OA101", spelling.Suggest(f.Key, names), "unknown field %q of the event %s", f.Key, p.Key)
		}
		if f.Key == "rule" && !slices.Contains(spec.Fields, "rule") && f.Value.Kind != syntax.Map {
			for _, known := range l.Refs(f.Value, s) {
				l.Rule(known)
			}
			continue
		}
		l.Matcher(f.Value, s, Against{p.Key + ": " + f.Key, state.EventField(spec.Kind, f.Key)})
	}
}

func (l *expects) eventKind(name string, at syntax.Pos) (authn.KindSpec, bool) {
	spec, ok := l.Kinds[authn.Kind(name)]
	other := l.Others[authn.Kind(name)]
	switch {
	case ok:
	case other != "":
		l.Foundf(at, "OA309", "", "%s is an event of %s, and the profile is %s", name, other, l.Story.Profile)
	case name == "since":
		l.Foundf(at, "OA302", "it stands beside count, in a check: check: {count: {EVENT: 1}, since: ID}",
			"no such event: %q", name)
	default:
		l.Foundf(at, "OA302", spelling.Suggest(name, resolve.Keys(l.Kinds)), "no such event: %q", name)
	}
	return spec, ok
}
