package property_test

import (
	"fmt"
	"slices"
	"strings"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/sim"
	"github.com/offauth/offauth/scenarios/compose"
	"github.com/offauth/offauth/scenarios/invariant"
	"github.com/offauth/offauth/scenarios/invariant/watch"
	"github.com/offauth/offauth/scenarios/record"
	"github.com/offauth/offauth/scenarios/syntax"
)

// story returns a scenario file with the Actions of a life that broke an
// invariant. Its last step expects the correct outcome, so it fails until the bug
// is fixed.
func (l *life) story() (string, error) {
	var done []sim.Recorded
	for i, m := range l.moves {
		done = append(done, sim.Recorded{Number: uint64(i + 1), At: m.at, Action: m.action, Outcome: m.outcome,
			Refusal: m.refusal})
	}
	b := l.broken[0]
	for _, i := range watch.All() {
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

// withCrashes adds the crashes, which a recording does not contain. moves are the
// last of l.moves, since a scene omits moves only at its beginning.
func (l *life) withCrashes(moves []compose.Move) []compose.Move {
	var list []compose.Move
	for i, m := range moves {
		done := l.moves[len(l.moves)-len(moves)+i]
		if done.crashed {
			list = append(list, compose.Move{At: done.at, Crash: done.crash})
			m.Expect = expect("crashed", syntax.Literal("true"))
		}
		list = append(list, m)
	}
	return list
}

// expected returns the correct outcome of the last move, or nil if only the
// invariants, which every story checks, define it.
func expected(b invariant.Broken, m move) *syntax.Node {
	switch {
	case m.crashed || b.ID == invariant.SpendBeforeTell:
		return expect("crashed", syntax.Literal("true"))
	case b.Want != "" && m.refusal == nil:
		return expect("refused", syntax.Word(string(b.Want)))
	case b.Kind == "":
		return nil
	}
	key := "events"
	if slices.ContainsFunc(m.outcome.Events, func(e authn.Event) bool { return e.Kind == b.Kind }) {
		key = "no_events"
	}
	node := expect(key, syntax.Words([]authn.Kind{b.Kind}))
	if m.refusal != nil {
		node.Pairs = append(expect("refused", syntax.Word(string(m.refusal.Code))).Pairs, node.Pairs...)
	}
	return node
}

// expect returns an expectation with one key.
func expect(key string, value *syntax.Node) *syntax.Node {
	return syntax.Mapping(syntax.Pair{Key: key, Value: value})
}
