package lint

import (
	"slices"
	"strings"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/scenarios/state"
	"github.com/offauth/offauth/scenarios/story"
	"github.com/offauth/offauth/scenarios/syntax"
)

// expects judges expectations and checks.
type expects struct{ values }

// expectation judges an expect; a reference to one is followed to the rows, and
// each is judged where it stands.
func (l *expects) expectation(n *syntax.Node, s *scope, sub subject) {
	for _, known := range l.refs(n, s) {
		l.expect(known, s, sub)
	}
}

func (l *expects) expect(n *syntax.Node, s *scope, sub subject) {
	p := places()["expect"]
	if sub.kind == "story" {
		p = places()["check"]
	}
	if n.Kind != syntax.Map {
		l.found(n.Pos, "OA201", oneOf([]string{"ok", story.KeyRefused, "events", "state"}), "expect must be a mapping, got %s", say(n))
		return
	}
	l.keys(p, n)
	l.contradictions(n)
	for _, pair := range n.Pairs {
		switch pair.Key {
		case story.KeyRefused:
			l.refused(pair.Value, s, sub)
		case "rule":
			for _, known := range l.refs(pair.Value, s) {
				l.rule(known)
			}
		case "output":
			l.output(pair.Value, s, sub)
		case "elapsed":
			if pair.Value.Kind == syntax.Map {
				l.matcher(pair.Value, s, against{"elapsed", state.Span})
			} else {
				l.typed("elapsed", field{kind: kDuration}, pair.Value, s)
			}
		case "ok", "pending", "crashed":
			l.typed(pair.Key, field{kind: kTrue}, pair.Value, s)
		case "native":
			l.matcher(pair.Value, s, against{"native", state.Scalar})
		case "shown":
			l.matcher(pair.Value, s, against{"shown", state.Text})
		case "count", "state", "events", "events_exactly", "no_events":
			l.look(pair, s)
		}
	}
}

// contradictions finds keys that exclude each other.
func (l *expects) contradictions(n *syntax.Node) {
	has := func(key string) bool { return n.Get(key) != nil }
	for _, pair := range [][2]string{{"ok", story.KeyRefused}, {story.KeyRefused, "pending"}, {story.KeyRefused, "output"}, {"crashed", story.KeyRefused}, {"crashed", "ok"}, {"crashed", "output"}, {"crashed", "pending"}, {"events", "events_exactly"}} {
		if has(pair[0]) && has(pair[1]) {
			l.found(n.Get(pair[1]).Pos, "OA203", "leave one of them out", "%s and %s exclude each other", pair[0], pair[1])
		}
	}
	if has("ok") && has("rule") && !has(story.KeyRefused) {
		l.found(n.Get("rule").Pos, "OA203", "an event's rule stands in the event: {KIND: {rule: ...}}", "rule is a refusal's, and this is accepted")
	}
}

// check judges what is looked at.
func (l *expects) check(n *syntax.Node, s *scope) {
	if !l.keys(places()["check"], n) {
		return
	}
	for _, pair := range n.Pairs {
		if pair.Key == "since" {
			if l.text("since", pair.Value) {
				if _, ok := s.ids[pair.Value.Text]; !ok {
					l.found(pair.Value.Pos, "OA305", suggest(pair.Value.Text, keysOf(s.ids)), "no step before this has the id %q", pair.Value.Text)
				}
			}
			continue
		}
		l.look(pair, s)
	}
}

// look judges the keys that an expectation and a check have in common.
func (l *expects) look(pair syntax.Pair, s *scope) {
	n := pair.Value
	switch pair.Key {
	case "events", "events_exactly", "no_events":
		l.events(pair.Key, n, s)
	case "count":
		if n.Kind != syntax.Map {
			l.found(n.Pos, "OA201", "write count: {EVENT: 1}", "count must be a mapping, got %s", say(n))
			return
		}
		for _, p := range n.Pairs {
			if _, ok := l.eventKind(p.Key, p.At); !ok && p.Key == "since" {
				continue
			}
			if p.Value.Kind == syntax.Map {
				l.matcher(p.Value, s, against{"count of " + p.Key, state.Int})
				continue
			}
			for _, known := range l.refs(p.Value, s) {
				l.count("count", known, 0)
			}
		}
	case "state":
		if n.Kind != syntax.Map {
			l.found(n.Pos, "OA201", "write state: {workstation.locked: true}", "state must be a mapping, got %s", say(n))
			return
		}
		for _, p := range n.Pairs {
			path := strings.Split(p.Key, ".")
			l.statePath(p.At, path)
			l.matcher(p.Value, s, against{p.Key, l.stateKind(path)})
		}
	}
}

// refused judges a code: whether there is such a refusal, and whether this
// verb can meet it.
func (l *expects) refused(n *syntax.Node, s *scope, sub subject) {
	for _, known := range l.refs(n, s) {
		if !l.text(story.KeyRefused, known) {
			continue
		}
		code := authn.Code(known.Text)
		var can []string
		v, isVerb := l.verbs[sub.verb]
		if isVerb && sub.kind != story.StepAwait {
			for _, c := range v.Refusals {
				can = append(can, string(c))
			}
		}
		switch {
		case !l.refusals[code] && l.foreigns[code] != "":
			l.found(known.Pos, "OA309", oneOf(can), "%s is a refusal of %s, and the profile is %s", code, l.foreigns[code], l.story.Profile)
		case !l.refusals[code]:
			help := suggest(known.Text, l.codes())
			if help == "" && len(can) > 0 {
				help = sub.name + " can be: " + strings.Join(can, ", ")
			}
			l.found(known.Pos, "OA301", help, "no such refusal: %q", known.Text)
		case len(can) == 0:
			l.found(known.Pos, "OA303", "", "%s is never refused", sub.name)
		case !slices.Contains(can, known.Text):
			l.found(known.Pos, "OA303", "it can be: "+strings.Join(can, ", "), "%s is never refused with %s", sub.name, known.Text)
		}
	}
}

func (l *expects) codes() []string {
	var codes []string
	for c := range l.refusals {
		codes = append(codes, string(c))
	}
	slices.Sort(codes)
	return codes
}

// output judges fields of the result with their matchers.
func (l *expects) output(n *syntax.Node, s *scope, sub subject) {
	if n.Kind != syntax.Map {
		l.found(n.Pos, "OA201", "write output: {FIELD: VALUE}", "output must be a mapping, got %s", say(n))
		return
	}
	for _, p := range n.Pairs {
		switch {
		case sub.kind == story.StepCall:
			if f := sub.fragment; f != nil && !slices.Contains(f.returns(), p.Key) {
				l.found(p.At, "OA206", suggest(p.Key, f.returns()), "the fragment %s returns no %q", f.name, p.Key)
			}
		case sub.verb == "":
			l.found(p.At, "OA206", "", "%s gives no result", sub.name)
		default:
			l.resultField(p.At, sub.verb, p.Key)
		}
		l.matcher(p.Value, s, against{p.Key, l.results[sub.verb][p.Key]})
	}
}

// events judges a list of events: names, or a name with fields each.
func (l *expects) events(label string, n *syntax.Node, s *scope) {
	for _, known := range l.refs(n, s) {
		if known.Kind != syntax.List {
			l.found(known.Pos, "OA201", "write "+label+": [EVENT]", "%s must be a list, got %s", label, say(known))
			continue
		}
		for _, item := range known.Items {
			for _, event := range l.refs(item, s) {
				l.event(event, s)
			}
		}
	}
}

// event judges one event.
func (l *expects) event(n *syntax.Node, s *scope) {
	if n.Kind == syntax.Text {
		l.eventKind(n.Text, n.Pos)
		return
	}
	if n.Kind != syntax.Map || len(n.Pairs) != 1 {
		l.found(n.Pos, "OA201", "write EVENT, or {EVENT: {FIELD: VALUE}}", "an event must be a name or a mapping of one name, got %s", say(n))
		return
	}
	p := n.Pairs[0]
	spec, ok := l.eventKind(p.Key, p.At)
	if p.Value.Kind != syntax.Map {
		l.found(p.Value.Pos, "OA201", "write {"+p.Key+": {FIELD: VALUE}}", "the fields of an event must be a mapping, got %s", say(p.Value))
		return
	}
	own := []string{"rule", "result", "subject", "site", "at"}
	for _, f := range p.Value.Pairs {
		if names := append(slices.Clone(spec.Fields), own...); ok && !slices.Contains(names, f.Key) {
			l.found(f.At, "OA101", suggest(f.Key, names), "unknown field %q of the event %s", f.Key, p.Key)
		}
		if f.Key == "rule" && !slices.Contains(spec.Fields, "rule") && f.Value.Kind != syntax.Map {
			for _, known := range l.refs(f.Value, s) {
				l.rule(known)
			}
			continue
		}
		l.matcher(f.Value, s, against{p.Key + ": " + f.Key, state.EventField(spec.Kind, f.Key)})
	}
}

func (l *expects) eventKind(name string, at syntax.Pos) (authn.KindSpec, bool) {
	spec, ok := l.kinds[authn.Kind(name)]
	other := l.others[authn.Kind(name)]
	switch {
	case ok:
	case other != "":
		l.found(at, "OA309", "", "%s is an event of %s, and the profile is %s", name, other, l.story.Profile)
	case name == "since":
		l.found(at, "OA302", "it stands beside count, in a check: check: {count: {EVENT: 1}, since: ID}", "no such event: %q", name)
	default:
		names := make([]string, 0, len(l.kinds))
		for k := range l.kinds {
			names = append(names, string(k))
		}
		slices.Sort(names)
		l.found(at, "OA302", suggest(name, names), "no such event: %q", name)
	}
	return spec, ok
}
