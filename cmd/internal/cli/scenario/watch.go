package scenario

import (
	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/scenarios/invariant"
)

// watch returns the invariants that a story is held to.
func watch(family authn.FamilyName, names []string) (invariant.Watcher, error) {
	return invariant.New(family, names)
}
