package shape

import (
	"slices"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/verb"
)

// TakesSettings reports whether settings may stand behind a verb as if they were
// its arguments.
func TakesSettings(v verb.Verb) bool {
	return slices.ContainsFunc(v.Args, func(a verb.Arg) bool { return a.Kind == verb.Settings })
}

// Other is the role of the actor to whom a verb is done; empty if there is
// none.
func Other(v verb.Verb) authn.Role {
	for _, a := range v.Args {
		if a.Role != "" && a.Role != v.Role {
			return a.Role
		}
	}
	return ""
}

// RefusedVerbs are those that a step says otherwise, or not at all.
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
