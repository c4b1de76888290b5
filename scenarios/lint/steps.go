package lint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/offauth/offauth/scenarios/state"
	"github.com/offauth/offauth/scenarios/story"
	"github.com/offauth/offauth/scenarios/syntax"
)

// subject is what an expectation is about: a verb, a kind of step or the
// whole story.
type subject struct {
	// kind is stepVerb, another kind of step, or "story".
	kind string
	// name is the verb's spelling or the kind, for messages.
	name string
	// verb is whose refusals and results count, if any does.
	verb string
	// fragment is a call's.
	fragment *fragment
}

// stepReader reads steps.
type stepReader struct{ policies }

// steps reads a list of steps in the order in which they are played.
func (l *stepReader) steps(n *syntax.Node, s *scope) []story.Step {
	if n == nil || n.Kind != syntax.List {
		return nil
	}
	made := make([]story.Step, 0, len(n.Items))
	for _, item := range n.Items {
		if step, ok := l.step(item, s); ok {
			made = append(made, step)
		}
	}
	return made
}

// step reads one step.
func (l *stepReader) step(n *syntax.Node, s *scope) (story.Step, bool) {
	var step story.Step
	switch {
	case n.Kind == syntax.Text:
		l.found(n.Pos, "OA201", "write it with a colon: "+n.Text+":", "a step must be a mapping, got %s", say(n))
		return step, false
	case n.Kind != syntax.Map:
		l.found(n.Pos, "OA201", "write - VERB: {ARGUMENTS}", "a step must be a mapping, got %s", say(n))
		return step, false
	}
	p, slipped, second := places()["step"], false, false
	var kind *syntax.Pair
	for i := range n.Pairs {
		pair := &n.Pairs[i]
		switch does := l.does(pair.Key); {
		case does && kind != nil:
			second = true
			l.found(pair.At, "OA204", "start a new step with a dash", "this step already does %s on line %d", kind.Key, kind.At.Line)
		case does:
			kind = pair
		case strings.HasPrefix(pair.Key, "x-"):
		default:
			if _, ok := p.field(pair.Key); !ok {
				slipped = true
				l.unknownInStep(n, *pair)
			}
		}
	}
	if kind == nil {
		if !slipped {
			l.found(n.Pos, "OA204", "a step has a verb, or one of: "+strings.Join(stepKinds, ", "), "this step does nothing")
		}
		l.leftover(n, s)
		return step, false
	}
	step.Pos = kind.At
	l.modifiers(&step, n, s)
	sub := l.body(&step, n, *kind, s)
	l.ending(&step, n, kind.Key, s, sub)
	return step, !second
}

// does reports whether a key is a kind of step.
func (l *stepReader) does(key string) bool {
	_, ok := l.verbs[key]
	return ok || slices.Contains(stepKinds, key)
}

// unknownInStep words a key of a step that is none.
func (l *stepReader) unknownInStep(n *syntax.Node, pair syntax.Pair) {
	if help, ok := refusedVerbs[pair.Key]; ok {
		l.found(pair.At, "OA309", help, "%s is not a step of a scenario", pair.Key)
		return
	}
	if !l.known() {
		return
	}
	if family, ok := l.foreign[pair.Key]; ok {
		l.found(pair.At, "OA309", suggest(pair.Key, l.spelled), "%s is a verb of %s, and the profile is %s", pair.Key, family, l.story.Profile)
		return
	}
	var free []string
	does := false
	for _, p := range n.Pairs {
		does = does || l.does(p.Key)
		if v, ok := l.verbs[p.Key]; ok && slices.Contains(arguments(v), pair.Key) {
			l.found(pair.At, "OA101", fmt.Sprintf("it stands in the braces of the verb: %s: {%s: %s}", v.Name, pair.Key, orDots(pair.Value)), "unknown key %q in step", pair.Key)
			return
		}
	}
	for _, f := range places()["step"].fields {
		if n.Get(f.name) == nil && !(does && slices.Contains(stepKinds, f.name)) {
			free = append(free, f.name)
		}
	}
	if !does {
		free = append(free, l.spelled...)
	}
	help := suggest(pair.Key, free)
	if help == "" {
		help = l.alike(pair.Key)
	}
	l.found(pair.At, "OA101", help, "unknown key %q in step", pair.Key)
}

// orDots writes a word, or dots for what is longer.
func orDots(n *syntax.Node) string {
	if n.Kind == syntax.Text && len(n.Text) <= 40 && !strings.ContainsAny(n.Text, "${}[],\"'#:") {
		return n.Text
	}
	return "..."
}

// leftover judges what stands in a step whose verb is not known: its mistakes
// are found all the same.
func (l *stepReader) leftover(n *syntax.Node, s *scope) {
	var step story.Step
	l.modifiers(&step, n, s)
	if names := n.Get("save"); names != nil && names.Kind == syntax.Map {
		for _, p := range names.Pairs {
			s.saved[p.Key] = &save{at: p.At, used: true}
		}
	}
}

// modifiers reads what any step may have.
func (l *stepReader) modifiers(step *story.Step, n *syntax.Node, s *scope) {
	for _, p := range n.Pairs {
		switch p.Key {
		case "id":
			if l.text("id", p.Value) {
				step.ID = p.Value.Text
				if _, ok := s.ids[step.ID]; ok {
					l.found(p.Value.Pos, "OA205", "ids are unique", "two steps have the id %q", step.ID)
				}
				if strings.ContainsAny(step.ID, ". ${}") || step.ID == "" {
					l.found(p.Value.Pos, "OA202", "letters, digits, _ and -", "an id cannot be %q", step.ID)
				}
			}
		case "name":
			if l.text("name", p.Value) {
				step.Name = p.Value.Text
			}
		case "on_fail":
			l.value("on_fail", field{kind: kChoice, choice: []string{"stop", "continue"}}, p.Value)
			step.Go = p.Value.Text == "continue"
		case "when":
			step.When = l.when(p.Value, s)
		}
	}
}

// when reads the paths with their matchers.
func (l *stepReader) when(n *syntax.Node, s *scope) []story.Entry {
	if n.Kind != syntax.Map {
		l.found(n.Pos, "OA201", "write when: {case.NAME: VALUE}", "when must be a mapping, got %s", say(n))
		return nil
	}
	var entries []story.Entry
	for _, p := range n.Pairs {
		path := strings.Split(strings.TrimSuffix(strings.TrimPrefix(p.Key, "${"), "}"), ".")
		if len(path) < 2 {
			l.found(p.At, "OA206", "write a path such as case.NAME", "no such reference: %q", p.Key)
			continue
		}
		l.reference(p.At, path, s)
		l.matcher(p.Value, s, against{strings.Join(path, "."), l.pathKind(path, s)})
		entries = append(entries, story.Entry{Name: strings.Join(path, "."), At: p.At, Value: p.Value})
	}
	return entries
}

// ending reads expect and save, and lets later steps name this one.
func (l *stepReader) ending(step *story.Step, n *syntax.Node, does string, s *scope, sub subject) {
	for _, p := range n.Pairs {
		switch p.Key {
		case "save":
			if does == story.StepPhase {
				l.found(p.At, "OA203", "put it into the step that does something", "a phase does nothing to save")
				continue
			}
			step.Save = l.saves(p.Value, s, sub)
		case "with":
			if does != story.StepCall {
				l.found(p.At, "OA101", "with goes with call", "with has no call in this step")
			}
		case "steps":
			if does != story.StepRepeat {
				l.found(p.At, "OA101", "steps goes with repeat", "steps has no repeat in this step")
			}
		}
	}
	if e := n.Get("expect"); e != nil {
		switch does {
		case story.StepPhase, story.StepCheck, story.StepRepeat:
			l.found(e.Pos, "OA203", "put it into a step that does something", "a %s has no expect", does)
		default:
			step.Expect = e
			l.usage.checks++
			l.expectation(e, s, sub)
		}
	}
	if step.ID != "" {
		s.ids[step.ID] = does
	}
}

// saves reads the new names; each is there from now on.
func (l *stepReader) saves(n *syntax.Node, s *scope, sub subject) []story.Save {
	if n.Kind != syntax.Map {
		l.found(n.Pos, "OA201", "write save: {NAME: result.FIELD}", "save must be a mapping, got %s", say(n))
		return nil
	}
	var made []story.Save
	for _, p := range n.Pairs {
		if strings.ContainsAny(p.Key, ". ${}") {
			l.found(p.At, "OA202", "letters, digits, _ and -", "a saved value cannot be called %q", p.Key)
		}
		if l.text("what is saved", p.Value) {
			l.savePath(p.Value, sub)
			made = append(made, story.Save{Name: p.Key, At: p.At, Path: p.Value.Text, From: p.Value.Pos})
		}
		kind := l.savedKind(p.Value.Text, sub)
		if before, ok := s.saved[p.Key]; ok {
			before.at = p.At
			if before.kind != kind {
				before.kind = state.Any
			}
		} else {
			s.saved[p.Key] = &save{at: p.At, kind: kind}
		}
	}
	return made
}

// savePath judges where a saved value comes from.
func (l *stepReader) savePath(n *syntax.Node, sub subject) {
	path := strings.Split(n.Text, ".")
	bad := func(help, format string, args ...any) { l.found(n.Pos, "OA206", help, format, args...) }
	switch {
	case strings.Contains(n.Text, "${"):
		bad("write the path alone: save: {NAME: result.FIELD}", "a path to save has no ${ }")
	case len(path) < 2:
		bad("a path begins with result, returns or state", "no such path: %q", n.Text)
	case path[0] == "state":
		l.statePath(n.Pos, path[1:])
	case path[0] == "result" && sub.verb == "":
		bad("", "%s gives no result", sub.name)
	case path[0] == "result" && len(path) == 2:
		l.resultField(n.Pos, sub.verb, path[1])
	case path[0] == "returns" && sub.kind != story.StepCall:
		bad("a verb gives result.FIELD", "returns are a call's")
	case path[0] == "returns" && len(path) == 2:
		if f := sub.fragment; f != nil {
			if names := f.returns(); !slices.Contains(names, path[1]) {
				bad(suggest(path[1], names), "the fragment %s returns no %q", f.name, path[1])
			}
		}
	default:
		bad("a path begins with result, returns or state", "no such path: %q", n.Text)
	}
}
