package explore

import (
	"context"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/sim"
	"github.com/offauth/offauth/scenarios/compose"
	"github.com/offauth/offauth/scenarios/invariant"
)

// World is what is explored; *sim.World is one.
type World interface {
	authn.Applier
	// Snapshot copies what may be shown.
	Snapshot(ctx context.Context, scope authn.Scope) (authn.Snapshot, error)
	// Events returns the events that a query selects, oldest first.
	Events(ctx context.Context, q authn.EventQuery) ([]authn.Event, error)
}

// Options say what to explore, and for how long.
type Options struct {
	// Profile is "hypr", "hypr@classic", "hypr@current", "encap" or
	// "onespan".
	Profile string
	// Seed decides everything that is drawn.
	Seed int64
	// Runs is how many runs there are at most, For how long it goes on; at
	// least one of them is set. A run that has begun is ended.
	Runs int
	For  time.Duration
	// Now reads the clock for For and for Result.Wall; nil where neither is
	// wanted.
	Now func() time.Time
	// Actions is how many a run has; 0 means 40.
	Actions int
	// Invariants are names, or "all"; none means all.
	Invariants []string
	// Store returns an empty store. One that has a method Fork() authn.Store,
	// which gives a copy that goes its own way, saves making the same world
	// again for every run.
	Store func() authn.Store
	// KDF is the cost at which PINs are stretched; zero means CheapKDF.
	KDF authn.KDF
	// Open returns the world in a store; nil means sim.Open.
	Open func(sim.Config) World
	// Budget is how many replays shrinking may take; 0 means 2,000.
	Budget int
	// Progress, if set, is told after each run how many runs and actions
	// there were.
	Progress func(runs, actions int)
}

// CheapKDF is the cost of worlds in which nobody guards anything. Reports
// name it beside their figures.
func CheapKDF() authn.KDF { return authn.KDF{Time: 1, MemoryKiB: 8} }

// Result is what an exploration gives. Without a Found it is worth what it
// says of the states, the deadlines and the refusals that it met.
type Result struct {
	Profile string
	Seed    int64
	// Runs and Actions are how many were played; an action that came to
	// nothing, since what it refers to is not there, does not count.
	Runs, Actions int
	// Replayed is how many of the runs were played twice and compared.
	Replayed int
	// Wall is how long it took, shrinking included; 0 without a Now.
	Wall time.Duration
	// KDF is the cost at which PINs were stretched, as a phrase.
	KDF string
	// Invariants are the names of those that were held.
	Invariants []string
	// States are those that a good exploration meets, with how often this one
	// did, in the order of invariant.States; 0 means never.
	States []Count
	// Edges are the kinds of deadlines, with how often a wait ended exactly
	// on one; sorted.
	Edges []Count
	// Refusals are the "verb code" of the family's part of the verb table,
	// with how often each came; sorted; 0 means never.
	Refusals []Count
	// Found is nil if every invariant held.
	Found *Found
	// Interrupted says that the context ended it early.
	Interrupted bool
}

// Count is how often something was met.
type Count struct {
	Name string
	// Sentence says what it is, where its name does not.
	Sentence string
	N        int
}

// Never returns the names of those that were not met.
func Never(counts []Count) []string {
	var names []string
	for _, c := range counts {
		if c.N == 0 {
			names = append(names, c.Name)
		}
	}
	return names
}

// Found is an invariant that does not hold.
type Found struct {
	invariant.Broken
	// Run is the run that found it, from 0.
	Run int
	// Drawn is how many actions had been drawn until then, Kept how many are
	// left, and Replays what it took.
	Drawn, Kept, Replays int
	// Scene is the story that is left. Its last move is the one that broke
	// the invariant, and expects what should have happened.
	Scene compose.Scene
}

func (o Options) withDefaults() Options {
	if o.Actions <= 0 {
		o.Actions = 40
	}
	if o.KDF == (authn.KDF{}) {
		o.KDF = CheapKDF()
	}
	if o.Open == nil {
		o.Open = func(c sim.Config) World { return sim.Open(c) }
	}
	if o.Budget <= 0 {
		o.Budget = 2_000
	}
	return o
}
