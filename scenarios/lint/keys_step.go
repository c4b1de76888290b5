package lint

import (
	"github.com/offauth/offauth/scenarios/story"
)

// stepKinds are the kinds of steps beside the verbs, which modifiers a step
// may have beside them, in the order in which fmt writes them.
var stepKinds = []string{
	story.StepPhase, story.StepWait, story.StepAt, story.StepAwait, story.StepLink, story.StepSkew, story.StepRestart,
	story.StepCrash, story.StepPolicy, story.StepCheck, story.StepCall, story.StepRepeat,
}

// stepPlace has the keys of a step beside its verb.
func stepPlace() place {
	return place{"step", []field{
		{name: "id", kind: kText, doc: "unique; await and steps.ID name it"},
		{name: "name", kind: kText, doc: "for reports"},
		{name: "when", kind: kMatchers, doc: "a path and a matcher each; the step is done if all hold"},
		{name: "phase", kind: kText, doc: "a chapter of the report"},
		{name: "wait", kind: kDuration, doc: "moves the clock forward; timers fire on the way"},
		{name: "at", kind: kInstant, doc: "moves the clock to an instant"},
		{name: "await", kind: kText, doc: "moves the clock until the pending action of that id ends"},
		{name: "link", kind: kLinks, doc: "an actor and up, down or captive each; or fault, or bluetooth"},
		{name: "skew", kind: kMapOf, place: "skew", doc: "an actor and how far its clock is off"},
		{name: "restart", kind: kActorName, doc: "a phone or workstation loses its memory and keeps its store (A6)"},
		{name: "crash", kind: kPlace, place: "crash", doc: "the next action dies at a write (A13)"},
		{name: "policy", kind: kPolicy, doc: "the administrator changes settings"},
		{name: "check", kind: kPlace, place: "check", doc: "looks, does nothing"},
		{name: "call", kind: kText, doc: "does a fragment"},
		{name: "with", kind: kValues, doc: "the fragment's arguments"},
		{name: "repeat", kind: kInt, doc: "does steps so many times; ${loop.n} counts from 1"},
		{name: "steps", kind: kSteps, doc: "what is repeated"},
		{name: "save", kind: kSaves, doc: "a new name and a path below result, returns or state each"},
		{name: "expect", kind: kExpect, doc: "what must come of it; without it the step must be accepted"},
		{name: "on_fail", kind: kChoice, choice: []string{"stop", "continue"}, doc: "whether a failure ends the story"},
	}}
}

// expectFields has the keys of an expectation; those of a check first.
func expectFields() (check, outcome []field) {
	check = []field{
		{name: "count", kind: kCounts, doc: "how many events of a kind: in this step, in a check since the start"},
		{name: "since", kind: kText, doc: "the id of a step from which a check counts"},
		{name: "state", kind: kMatchers, doc: "a path and a matcher each, after the step"},
		{name: "no_events", kind: kEvents, doc: "none of these"},
	}
	outcome = []field{
		{name: "ok", kind: kTrue, doc: "accepted; implied where nothing is said"},
		{name: story.KeyRefused, kind: kRefusal, doc: "refused with exactly this code"},
		{name: "rule", kind: kRule, doc: "the rule that the refusal names"},
		{name: "native", kind: kAnything, doc: "the product's own number or name"},
		{name: "shown", kind: kAnything, doc: "the words that the product shows its user"},
		{name: "pending", kind: kTrue, doc: "accepted and not finished"},
		{name: "crashed", kind: kTrue, doc: "an armed crash struck"},
		{name: "events", kind: kEvents, doc: "these, in this order; others may lie between"},
		{name: "events_exactly", kind: kEvents, doc: "these and no others"},
		{name: "output", kind: kMatchers, doc: "a field of the result and a matcher each"},
		{name: "elapsed", kind: kDuration, doc: "of the world's time, from the action's start to its end"},
	}
	return check, outcome
}

func expectPlace() place {
	check, outcome := expectFields()
	var fields []field
	for _, f := range append(outcome, check...) {
		if f.name != "since" {
			fields = append(fields, f)
		}
	}
	return place{"expect", fields}
}

func checkPlace() place {
	check, outcome := expectFields()
	for _, f := range outcome {
		if f.name == "events" {
			check = append(check, f)
		}
	}
	return place{"check", check}
}

// operators are those of a matcher.
var operators = []string{
	"eq", "ne", "gt", "ge", "lt", "le", "between", "one_of", "not", "matches", "len", "contains", "absent", "all", "any", "exactly",
}
