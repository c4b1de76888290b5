package lint

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/scenarios/lint/check"
	"github.com/offauth/offauth/scenarios/lint/resolve"
	"github.com/offauth/offauth/scenarios/lint/shape"
	"github.com/offauth/offauth/scenarios/spelling"
	"github.com/offauth/offauth/scenarios/state"
	"github.com/offauth/offauth/scenarios/story"
	"github.com/offauth/offauth/scenarios/syntax"
)

// stepReader reads steps.
type stepReader struct{ check.Policies }

// steps reads a list of steps in the order in which they are played.
func (l *stepReader) steps(n *syntax.Node, s *resolve.Scope) []story.Step {
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
func (l *stepReader) step(n *syntax.Node, s *resolve.Scope) (story.Step, bool) {
	var step story.Step
	switch {
	case n.Kind == syntax.Text:
		l.Foundf(n.Pos, "OA201", "write it with a colon: "+n.Text+":", "a step must be a mapping, got %s", resolve.Say(n))
		return step, false
	case n.Kind != syntax.Map:
		l.Foundf(n.Pos, "OA201", "write - VERB: {ARGUMENTS}", "a step must be a mapping, got %s", resolve.Say(n))
		return step, false
	}
	p, slipped, second := shape.Places()["step"], false, false
	var kind *syntax.Pair
	for i := range n.Pairs {
		pair := &n.Pairs[i]
		switch does := l.isStepKey(pair.Key); {
		case does && kind != nil:
			second = true
			l.Foundf(pair.At, "OA204", "start a new step with a dash", "this step already does %s on line %d", kind.Key,
				kind.At.Line)
		case does:
			kind = pair
		case strings.HasPrefix(pair.Key, "x-"):
		default:
			if _, ok := p.Field(pair.Key); !ok {
				slipped = true
				l.unknownInStep(n, *pair)
			}
		}
	}
	if kind == nil {
		if !slipped {
			l.Foundf(n.Pos, "OA204", "a step has a verb, or one of: "+strings.Join(shape.StepKinds, ", "),
				"this step does nothing")
		}
		l.unknownStep(n, s)
		return step, false
	}
	step.Pos = kind.At
	l.modifiers(&step, n, s)
	sub := l.body(&step, n, *kind, s)
	l.ending(&step, n, kind.Key, s, sub)
	return step, !second
}

// isStepKey reports whether a key is a kind of step.
func (l *stepReader) isStepKey(key string) bool {
	_, ok := l.Verbs[key]
	return ok || slices.Contains(shape.StepKinds, key)
}

// unknownInStep reports an unknown key of a step.
func (l *stepReader) unknownInStep(n *syntax.Node, pair syntax.Pair) {
	if help, ok := shape.RefusedVerbs[pair.Key]; ok {
		l.Foundf(pair.At, "OA309", help, "%s is not a step of a scenario", pair.Key)
		return
	}
	if !l.Known() {
		return
	}
	if family, ok := l.Foreign[pair.Key]; ok {
		l.Foundf(pair.At, "OA309", spelling.Suggest(pair.Key, l.Spelled), "%s is a verb of %s, and the profile is %s",
			pair.Key, family, l.Story.Profile)
		return
	}
	var free []string
	does := false
	for _, p := range n.Pairs {
		does = does || l.isStepKey(p.Key)
		if v, ok := l.Verbs[p.Key]; ok && slices.Contains(arguments(v), pair.Key) {
			l.Foundf(pair.At, "OA101", fmt.Sprintf("it stands in the braces of the verb: %s: {%s: %s}", v.Name, pair.Key,
				orDots(pair.Value)), "unknown key %q in step", pair.Key)
			return
		}
	}
	for _, f := range shape.Places()["step"].Fields {
		if n.Get(f.Name) == nil && !(does && slices.Contains(shape.StepKinds, f.Name)) {
			free = append(free, f.Name)
		}
	}
	if !does {
		free = append(free, l.Spelled...)
	}
	help := spelling.Suggest(pair.Key, free)
	if help == "" {
		help = l.suggestVerb(pair.Key)
	}
	l.Foundf(pair.At, "OA101", help, "unknown key %q in step", pair.Key)
}

// orDots returns a short word, or "..." for anything else.
func orDots(n *syntax.Node) string {
	if n.Kind == syntax.Text && len(n.Text) <= 40 && !strings.ContainsAny(n.Text, "${}[],\"'#:") {
		return n.Text
	}
	return "..."
}

// unknownStep checks the other keys of a step without a known verb.
func (l *stepReader) unknownStep(n *syntax.Node, s *resolve.Scope) {
	var step story.Step
	l.modifiers(&step, n, s)
	if names := n.Get("save"); names != nil && names.Kind == syntax.Map {
		for _, p := range names.Pairs {
			s.Saved[p.Key] = &resolve.Save{At: p.At, Used: true}
		}
	}
}

// modifiers reads the keys that every kind of step may have.
func (l *stepReader) modifiers(step *story.Step, n *syntax.Node, s *resolve.Scope) {
	for _, p := range n.Pairs {
		switch p.Key {
		case "id":
			if l.Text("id", p.Value) {
				step.ID = p.Value.Text
				if _, ok := s.IDs[step.ID]; ok {
					l.Foundf(p.Value.Pos, "OA205", "ids are unique", "two steps have the id %q", step.ID)
				}
				if strings.ContainsAny(step.ID, ". ${}") || step.ID == "" {
					l.Foundf(p.Value.Pos, "OA202", "letters, digits, _ and -", "an id cannot be %q", step.ID)
				}
			}
		case "name":
			if l.Text("name", p.Value) {
				step.Name = p.Value.Text
			}
		case "on_fail":
			l.Value("on_fail", shape.Field{Kind: shape.ChoiceKind, Choice: []string{"stop", "continue"}}, p.Value)
			step.ContinueOnFail = p.Value.Text == "continue"
		case "when":
			step.When = l.when(p.Value, s)
		}
	}
}

// when reads the paths and matchers of a "when".
func (l *stepReader) when(n *syntax.Node, s *resolve.Scope) []story.Entry {
	if n.Kind != syntax.Map {
		l.Foundf(n.Pos, "OA201", "write when: {case.NAME: VALUE}", "when must be a mapping, got %s", resolve.Say(n))
		return nil
	}
	var entries []story.Entry
	for _, p := range n.Pairs {
		path := strings.Split(strings.TrimSuffix(strings.TrimPrefix(p.Key, "${"), "}"), ".")
		if len(path) < 2 {
			l.Foundf(p.At, "OA206", "write a path such as case.NAME", "no such reference: %q", p.Key)
			continue
		}
		l.Reference(p.At, path, s)
		l.Matcher(p.Value, s, check.Against{Label: strings.Join(path, "."), Kind: l.PathKind(path, s)})
		entries = append(entries, story.Entry{Name: strings.Join(path, "."), At: p.At, Value: p.Value})
	}
	return entries
}

// ending reads expect and save, and makes the id known to later steps.
func (l *stepReader) ending(step *story.Step, n *syntax.Node, does string, s *resolve.Scope, sub resolve.Subject) {
	for _, p := range n.Pairs {
		switch p.Key {
		case "save":
			if does == story.StepPhase {
				l.Foundf(p.At, "OA203", "put it into the step that does something", "a phase does nothing to save")
				continue
			}
			step.Save = l.saves(p.Value, s, sub)
		case "with":
			if does != story.StepCall {
				l.Foundf(p.At, "OA101", "with goes with call", "with has no call in this step")
			}
		case "steps":
			if does != story.StepRepeat {
				l.Foundf(p.At, "OA101", "steps goes with repeat", "steps has no repeat in this step")
			}
		}
	}
	if e := n.Get("expect"); e != nil {
		switch does {
		case story.StepPhase, story.StepCheck, story.StepRepeat:
			l.Foundf(e.Pos, "OA203", "put it into a step that does something", "a %s has no expect", does)
		default:
			step.Expect = e
			l.Usage.Checks++
			l.Expectation(e, s, sub)
		}
	}
	if step.ID != "" {
		s.IDs[step.ID] = does
	}
}

// saves reads a save and makes its names known to later steps.
func (l *stepReader) saves(n *syntax.Node, s *resolve.Scope, sub resolve.Subject) []story.Save {
	if n.Kind != syntax.Map {
		l.Foundf(n.Pos, "OA201", "write save: {NAME: result.FIELD}", "save must be a mapping, got %s", resolve.Say(n))
		return nil
	}
	var made []story.Save
	for _, p := range n.Pairs {
		if strings.ContainsAny(p.Key, ". ${}") {
			l.Foundf(p.At, "OA202", "letters, digits, _ and -", "a saved value cannot be called %q", p.Key)
		}
		if l.Text("what is saved", p.Value) {
			l.savePath(p.Value, sub)
			made = append(made, story.Save{Name: p.Key, At: p.At, Path: p.Value.Text, From: p.Value.Pos})
		}
		kind := l.SavedKind(p.Value.Text, sub)
		if before, ok := s.Saved[p.Key]; ok {
			before.At = p.At
			if before.Kind != kind {
				before.Kind = state.Any
			}
		} else {
			s.Saved[p.Key] = &resolve.Save{At: p.At, Kind: kind}
		}
	}
	return made
}

// savePath checks the path of a saved value.
func (l *stepReader) savePath(n *syntax.Node, sub resolve.Subject) {
	path := strings.Split(n.Text, ".")
	bad := func(help, format string, args ...any) { l.Foundf(n.Pos, "OA206", help, format, args...) }
	switch {
	case strings.Contains(n.Text, "${"):
		bad("write the path alone: save: {NAME: result.FIELD}", "a path to save has no ${ }")
	case len(path) < 2:
		bad("a path begins with result, returns or state", "no such path: %q", n.Text)
	case path[0] == "state":
		l.StatePath(n.Pos, path[1:])
	case path[0] == "result" && sub.Verb == "":
		bad("", "%s gives no result", sub.Name)
	case path[0] == "result" && len(path) == 2:
		l.ResultField(n.Pos, sub.Verb, path[1])
	case path[0] == "returns" && sub.Kind != story.StepCall:
		bad("a verb gives result.FIELD", "returns are a call's")
	case path[0] == "returns" && len(path) == 2:
		if f := sub.Fragment; f != nil {
			if names := f.Returns(); !slices.Contains(names, path[1]) {
				bad(spelling.Suggest(path[1], names), "the fragment %s returns no %q", f.Name, path[1])
			}
		}
	default:
		bad("a path begins with result, returns or state", "no such path: %q", n.Text)
	}
}

// suggestVerb returns the help with the verbs that begin with the same word, or else
// how to find all verbs.
func (l *stepReader) suggestVerb(word string) string {
	first, _, _ := strings.Cut(word, " ")
	var names []string
	for _, name := range l.Spelled {
		if strings.HasPrefix(name, first+" ") {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return "a step is a verb, such as " + l.Spelled[0] + ", or one of: " + strings.Join(shape.StepKinds, ", ") +
			`; "offauth scenario schema --profile ` + l.Story.Profile + `" has all verbs`
	}
	slices.Sort(names)
	return "one of: " + strings.Join(names, ", ")
}

// checkInStory reports a wait or instant that is outside of the story: before its
// start, or after the end that timeout.virtual sets.
func (l *stepReader) checkInStory(n *syntax.Node) {
	most := l.Story.Timeout.Defaults().Virtual
	if by, ok := resolve.Duration(n); ok && by > most {
		l.Foundf(n.Pos, "OA203", "raise it: timeout: {virtual: "+n.Text+"}", "this waits longer than timeout.virtual, %s",
			days(most))
	}
	at, ok := resolve.Instant(n)
	switch {
	case !ok || l.Alone || l.Story.Start.IsZero():
	case at.Before(l.Story.Start) && !l.GoesBack():
		l.Foundf(n.Pos, "OA203", "time moves forward from clock.start; clock back sets it back",
			"this lies before the story begins, at %s", l.Root.Get("clock").Get("start").Text)
	case at.Sub(l.Story.Start) > most:
		l.Foundf(n.Pos, "OA203", "raise it: timeout: {virtual: "+days(at.Sub(l.Story.Start)+authn.Day-1)+"}",
			"this lies behind timeout.virtual, %s after the beginning", days(most))
	}
}

// days formats a duration in whole days, or in smaller units if it is less than one.
func days(d time.Duration) string {
	if d < authn.Day {
		return d.String()
	}
	return fmt.Sprintf("%dd", d/authn.Day)
}
