package shape

import (
	"slices"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/verb"
)

// TakesSettings reports whether a verb takes settings as its arguments.
func TakesSettings(v verb.Verb) bool {
	return slices.ContainsFunc(v.Args, func(a verb.Arg) bool { return a.Kind == verb.Settings })
}

// Other returns the role of a verb's second actor ("for"), or "".
func Other(v verb.Verb) authn.Role {
	for _, a := range v.Args {
		if a.Role != "" && a.Role != v.Role {
			return a.Role
		}
	}
	return ""
}

// RefusedVerbs are the verbs that are not steps, with the help for each.
var RefusedVerbs = map[string]string{
	authn.AdvanceClock{}.Verb(): "write wait: 5s",
	authn.SetClock{}.Verb():     "write at: 2026-03-02T08:00:00Z",
	authn.SkewClock{}.Verb():    "write skew: {ACTOR: {offset: -7m}}",
	authn.SetLink{}.Verb():      "write link: {ACTOR: down}",
	authn.SetFault{}.Verb():     "write link: {fault: {drop: MESSAGE, nth: 1}}",
	authn.RunClock{}.Verb():     "a scenario's clock stands still between its steps",
	authn.FreezeClock{}.Verb():  "a scenario's clock stands still between its steps",
	authn.VerbRepair:            "a scenario's world is never copied back",
}
