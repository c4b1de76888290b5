// Package watch lists the invariants of every family, and watches worlds for what breaks them.
package watch

import (
	"slices"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/scenarios/invariant"
	"github.com/offauth/offauth/scenarios/invariant/encap"
	"github.com/offauth/offauth/scenarios/invariant/hypr"
	"github.com/offauth/offauth/scenarios/invariant/onespan"
)

// registered are the families of tests.
var registered []invariant.Family

// Register adds a family to those that are built in. A test calls it before anything is watched.
func Register(f invariant.Family) { registered = append(registered, f) }

// families returns every family. The invariants of a new one are added here.
func families() []invariant.Family {
	return slices.Concat([]invariant.Family{hypr.Family(), encap.Family(), onespan.Family()}, registered)
}

// All lists the invariants of every family, those of one ID once.
func All() []invariant.Invariant { return invariant.All(families()) }

// New returns a Watcher for the invariants of a family that are named; see invariant.New.
func New(family authn.FamilyName, names []string) (invariant.Watcher, error) {
	return invariant.New(families(), family, names)
}
