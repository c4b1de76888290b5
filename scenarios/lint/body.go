package lint

import (
	"slices"
	"strings"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/verb"
	"github.com/offauth/offauth/scenarios/lint/resolve"
	"github.com/offauth/offauth/scenarios/lint/shape"
	"github.com/offauth/offauth/scenarios/spelling"
	"github.com/offauth/offauth/scenarios/story"
	"github.com/offauth/offauth/scenarios/syntax"
)

// body reads what a step does.
func (l *stepReader) body(step *story.Step, n *syntax.Node, kind syntax.Pair, s *resolve.Scope) resolve.Subject {
	step.Spelled = kind.Key
	sub := resolve.Subject{Kind: kind.Key, Name: kind.Key}
	v := kind.Value
	switch kind.Key {
	case story.StepPhase:
		l.Text("phase", v)
		step.Spelled += " " + v.Text
		step.Body = story.Phase{Title: v.Text}
	case story.StepWait:
		step.Body = story.Wait{By: l.Typed("wait", shape.Field{Kind: shape.DurationKind}, v, s)}
		l.checkForward(v)
		l.checkInStory(v)
	case story.StepAt:
		step.Body = story.At{To: l.Typed("at", shape.Field{Kind: shape.InstantKind}, v, s)}
		l.checkInStory(v)
	case story.StepAwait:
		step.Body = story.Await{Pos: v.Pos, ID: v.Text}
		sub.Verb = l.await(v, s)
	case story.StepLink:
		step.Body = l.links(v, s)
	case story.StepSkew:
		step.Body = l.skew(v, s)
	case story.StepRestart:
		step.Body = story.Restart{Actor: l.actorName("restart", v, s, authn.RolePhone, authn.RoleWorkstation)}
	case story.StepCrash:
		step.Body = l.crash(v, s)
	case story.StepPolicy:
		sub.Verb = authn.SetPolicy{}.Verb()
		if v.Kind != syntax.Map {
			l.Foundf(v.Pos, "OA201", "", "policy must be a mapping, got %s", resolve.Say(v))
		}
		step.Body = story.Policy(l.CheckedSettings(v, refusalExpected(n), s))
	case story.StepCheck:
		l.Usage.Checks++
		l.Check(v, s)
		step.Body = story.Check{What: v}
	case story.StepCall:
		step.Spelled += " " + v.Text
		step.Body = l.call(n, v, s, &sub)
	case story.StepRepeat:
		times := l.Typed("repeat", shape.Field{Kind: shape.IntKind}, v, s)
		if n, ok := resolve.Integer(v); ok && n < 0 {
			l.Foundf(v.Pos, "OA202", "", "repeat must not be negative, got %d", n)
		}
		step.Body = story.Repeat{Times: times, Steps: l.repeat(step, n, s)}
	default:
		sub = resolve.Subject{Kind: resolve.StepVerb, Name: kind.Key, Verb: kind.Key}
		step.Body = l.verb(step, n, kind, s)
	}
	return sub
}

// await checks the id of a pending step, and returns the verb of that step.
func (l *stepReader) await(n *syntax.Node, s *resolve.Scope) string {
	if !l.Text("await", n) {
		return ""
	}
	does, ok := s.IDs[n.Text]
	if !ok {
		l.Foundf(n.Pos, "OA305", spelling.Suggest(n.Text, resolve.Keys(s.IDs)), "no step before this has the id %q", n.Text)
	} else if !l.Verbs[does].Waits {
		l.Foundf(n.Pos, "OA305", l.awaitHelp(), "the step %q is a %s and never pending", n.Text, does)
	}
	return does
}

// awaitHelp returns the help on which steps can be awaited.
func (l *stepReader) awaitHelp() string {
	for _, name := range l.Spelled {
		if l.Verbs[name].Waits {
			return "await a " + name + " towards a workstation that is not reached"
		}
	}
	return ""
}

// refusalExpected reports whether a step may expect a refusal. Then a setting out
// of its range is not a mistake.
func refusalExpected(step *syntax.Node) bool {
	e := step.Get("expect")
	return e != nil && (e.Kind == syntax.Text || e.Get(story.KeyRefused) != nil)
}

// checkForward checks that a duration is not negative.
func (l *stepReader) checkForward(n *syntax.Node) {
	if d, ok := resolve.Duration(n); ok && d < 0 {
		l.Foundf(n.Pos, "OA202", "clock back sets the clock back", "wait moves the clock forward, got %s", n.Text)
	}
}

// repeat reads the body of a repeat.
func (l *stepReader) repeat(step *story.Step, n *syntax.Node, s *resolve.Scope) []story.Step {
	body := n.Get("steps")
	if body == nil {
		l.Foundf(step.Pos, "OA207", "write steps: below it", "the key \"steps\" is missing in repeat")
		return nil
	}
	if body.Kind != syntax.List {
		l.Foundf(body.Pos, "OA201", "begin each with a dash", "steps must be a list, got %s", resolve.Say(body))
		return nil
	}
	before := s.Loop
	s.Loop = true
	steps := l.steps(body, s)
	s.Loop = before
	return steps
}

// actorName checks the name of an actor, which may be a reference.
func (l *stepReader) actorName(label string, n *syntax.Node, s *resolve.Scope, roles ...authn.Role) story.Value {
	for _, known := range l.Refs(n, s) {
		if !l.Text(label, known) {
			continue
		}
		a, ok := l.Actor(known.Text)
		if !ok {
			if !l.Open && !(known.Text == "server" && slices.Contains(roles, authn.RoleServer)) {
				l.Foundf(known.Pos, "OA304", spelling.Suggest(known.Text, l.Of(roles...)), "no such actor: %q", known.Text)
			}
			continue
		}
		if !slices.ContainsFunc(roles, func(r authn.Role) bool { return resolve.HasRole(a.Role, r) }) {
			words := make([]string, len(roles))
			for i, r := range roles {
				words[i] = string(r)
			}
			l.Foundf(known.Pos, "OA308", spelling.OneOf(l.Of(roles...)), "%s is a %s; %s takes a %s", a.Name, a.Role, label,
				strings.Join(words, " or a "))
		}
	}
	return story.Compile(verb.Text, n)
}

// sites are the roles that have an uplink and a clock.
var sites = []authn.Role{authn.RolePhone, authn.RoleWorkstation, authn.RoleServer, authn.RoleProvider}

// links reads actors with their uplinks, a fault and a Bluetooth link.
func (l *stepReader) links(n *syntax.Node, s *resolve.Scope) story.Links {
	if n.Kind != syntax.Map || len(n.Pairs) == 0 {
		l.Foundf(n.Pos, "OA201", "write link: {ACTOR: down}", "link must be a mapping, got %s", resolve.Say(n))
		return nil
	}
	var links story.Links
	for _, p := range n.Pairs {
		switch p.Key {
		case "fault":
			links = append(links, l.fault(p.Value, s))
		case "bluetooth":
			links = append(links, l.bluetooth(p.Value, s))
		default:
			if strings.HasPrefix(p.Key, "bluetooth:") {
				l.Foundf(p.At, "OA101", "write bluetooth: {phone: NAME, workstation: NAME, state: down}", "unknown key %q in link",
					p.Key)
				continue
			}
			l.actorName("link", &syntax.Node{Pos: p.At, Kind: syntax.Text, Text: p.Key}, s, sites...)
			links = append(links,
				story.Uplink{Actor: p.Key, State: l.Typed(p.Key, shape.Field{Kind: shape.ChoiceKind, Choice: shape.Uplinks},
					p.Value, s)})
		}
	}
	return links
}

// fault reads a one-shot fault.
func (l *stepReader) fault(n *syntax.Node, s *resolve.Scope) story.Fault {
	fault := story.Fault{Nth: story.Given(verb.Number, 1)}
	if !l.Keys(shape.Places()["fault"], n) {
		return fault
	}
	does := 0
	for _, p := range n.Pairs {
		switch p.Key {
		case "drop", "replay", "tamper":
			does++
			fault.Kind = authn.FaultKind(p.Key)
			fault.Message = l.Typed(p.Key, shape.Field{Kind: shape.ChoiceKind, Choice: l.Messages}, p.Value, s)
		case "nth":
			for _, known := range l.Refs(p.Value, s) {
				l.Count("nth", known, 1)
			}
			fault.Nth = story.Compile(verb.Number, p.Value)
		}
	}
	if does != 1 {
		l.Foundf(n.Pos, "OA203", "one of: drop, replay, tamper", "a fault does one thing, this does %d", does)
	}
	return fault
}

// bluetooth reads a Bluetooth link. An end may be left out if the story has only
// one actor of its role.
func (l *stepReader) bluetooth(n *syntax.Node, s *resolve.Scope) story.Bluetooth {
	var link story.Bluetooth
	if !l.Keys(shape.Places()["bluetooth"], n) {
		return link
	}
	link.Phone = l.nearby(n, authn.RolePhone, s)
	link.Workstation = l.nearby(n, authn.RoleWorkstation, s)
	if v := n.Get("state"); v != nil {
		link.State = l.Typed("state", shape.Field{Kind: shape.ChoiceKind, Choice: shape.Uplinks[:2]}, v, s)
	}
	return link
}

// nearby reads an end of a Bluetooth link.
func (l *stepReader) nearby(n *syntax.Node, role authn.Role, s *resolve.Scope) *story.Value {
	if v := n.Get(string(role)); v != nil {
		named := l.actorName(string(role), v, s, role)
		return &named
	}
	if many := l.Of(role); len(many) != 1 {
		l.Foundf(n.Pos, "OA304", spelling.OneOf(many), "bluetooth does not say which %s", role)
	}
	return nil
}

// skew reads actors with their clocks.
func (l *stepReader) skew(n *syntax.Node, s *resolve.Scope) story.Skews {
	if n.Kind != syntax.Map || len(n.Pairs) == 0 {
		l.Foundf(n.Pos, "OA201", "write skew: {ACTOR: {offset: -7m}}", "skew must be a mapping, got %s", resolve.Say(n))
		return nil
	}
	var skews story.Skews
	for _, p := range n.Pairs {
		l.actorName("skew", &syntax.Node{Pos: p.At, Kind: syntax.Text, Text: p.Key}, s, sites...)
		if !l.Keys(shape.Places()["skew"], p.Value) {
			continue
		}
		skew := story.Skew{Actor: p.Key}
		if offset := p.Value.Get("offset"); offset != nil {
			by := l.Typed("offset", shape.Field{Kind: shape.DurationKind}, offset, s)
			skew.Offset = &by
		}
		if set := p.Value.Get("set"); set != nil {
			to := l.Typed("set", shape.Field{Kind: shape.InstantKind}, set, s)
			skew.Set = &to
		}
		if (skew.Offset == nil) == (skew.Set == nil) {
			l.Foundf(p.Value.Pos, "OA203", "write offset or set",
				"a skew has an offset, or an instant to which the clock is set")
		}
		skews = append(skews, skew)
	}
	return skews
}

// crash reads a crash of the next Action.
func (l *stepReader) crash(n *syntax.Node, s *resolve.Scope) story.Crash {
	var crash story.Crash
	if !l.Keys(shape.Places()["crash"], n) {
		return crash
	}
	if v := n.Get("actor"); v != nil {
		l.actorName("actor", v, s, append(sites, authn.RoleAdmin)...)
	}
	if v := n.Get("at_put"); v != nil {
		for _, known := range l.Refs(v, s) {
			if l.Count("at_put", known, 1) > 2 {
				l.Foundf(known.Pos, "OA202", "1: before the action is on disk; 2: after it, before it is told",
					"at_put must be 1 or 2, got %s", known.Text)
			}
		}
		crash.Moment = story.Compile(verb.Number, v)
	}
	return crash
}

// firstLinks merges the key "link" of all files.
func (l *builder) firstLinks() []story.Uplink {
	var all []story.Uplink
	put := func(link story.Uplink) {
		i := slices.IndexFunc(all, func(u story.Uplink) bool { return u.Actor == link.Actor })
		if i < 0 {
			all = append(all, link)
		} else {
			all[i] = link
		}
	}
	s := resolve.NewScope("link")
	s.Bare = true
	for _, f := range l.Files {
		n := f.Root.Get("link")
		if n == nil || n.Kind != syntax.Map {
			continue
		}
		for _, link := range l.links(n, s) {
			switch link := link.(type) {
			case story.Uplink:
				put(link)
			case story.Bluetooth:
				ends := n.Get("bluetooth")
				put(story.Uplink{Actor: string(authn.Bluetooth(l.End(ends, authn.RolePhone), l.End(ends, authn.RoleWorkstation))),
					State: link.State})
			}
		}
		for _, p := range n.Pairs {
			if p.Key == "fault" {
				l.Foundf(p.At, "OA203", "set it in a step", "a fault cannot stand before the setup")
			}
		}
	}
	return all
}
