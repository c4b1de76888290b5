package property_test

import (
	"fmt"
	"slices"
	"strings"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/sim"
	"github.com/offauth/offauth/scenarios/compose"
	"github.com/offauth/offauth/scenarios/invariant"
	"github.com/offauth/offauth/scenarios/record"
)

// story returns a life that broke an invariant as a scenario file. Its last
// step expects what should have happened, so it fails until the bug is mended.
func (l *life) story() (string, error) {
	var done []sim.Recorded
	for i, m := range l.moves {
		done = append(done, sim.Recorded{Number: uint64(i + 1), At: m.at, Action: m.action, Outcome: m.outcome,
			Refusal: m.refusal})
	}
	b := l.broken[0]
	for _, i := range invariant.All() {
		if i.ID == b.ID {
			b.Sentence = i.Sentence
		}
	}
	scene, _, err := record.Scene("found-"+strings.ReplaceAll(b.ID, "_", "-"), l.family.name, done)
	if err != nil {
		return "", err
	}
	scene = record.Exact(scene) // a millisecond may be what matters
	scene.Header = []string{"found by: go test ./scenarios/property", fmt.Sprintf("%s: %s", b.ID, b.Sentence),
		"it did not hold: " + b.What}
	for _, id := range b.Rules {
		if rule, ok := authn.RuleByID(id); ok {
			scene.Header = append(scene.Header, fmt.Sprintf("%s: %s", rule.ID, rule.Text))
		}
	}
	scene.Description, scene.Tags = "Once, "+b.What+".", []string{"found"}
	scene.Moves = l.withCrashes(scene.Moves)
	scene.Moves[len(scene.Moves)-1].Expect = expected(b, l.moves[len(l.moves)-1])
	text, err := compose.Write(scene)
	return string(text), err
}

// withCrashes puts the crashes back, which a recording does not have. A scene
// leaves moves out at its beginning only.
func (l *life) withCrashes(told []compose.Move) []compose.Move {
	var list []compose.Move
	for i, m := range told {
		done := l.moves[len(l.moves)-len(told)+i]
		if done.crashed {
			list = append(list, compose.Move{At: done.at, Crash: done.crash})
			m.Expect = []string{"crashed: true"}
		}
		list = append(list, m)
	}
	return list
}

// expected returns lines of YAML: what the last move should have met. Where
// nothing can be said but that all invariants hold, which every story checks,
// it is what came of it.
func expected(b invariant.Broken, m move) []string {
	var lines []string
	switch {
	case m.crashed || b.ID == invariant.SpendBeforeTell:
		return []string{"crashed: true"}
	case b.Want != "" && m.refusal == nil:
		return []string{"refused: " + string(b.Want)}
	case b.Kind == "":
		return nil
	case m.refusal != nil:
		lines = append(lines, "refused: "+string(m.refusal.Code))
	}
	if slices.ContainsFunc(m.outcome.Events, func(e authn.Event) bool { return e.Kind == b.Kind }) {
		return append(lines, fmt.Sprintf("no_events: [%s]", b.Kind))
	}
	return append(lines, fmt.Sprintf("events: [%s]", b.Kind))
}
