// Package explore looks for trouble by itself. It draws random sequences of
// actions, faults among them, plays them on the real engine in a world in
// memory, holds every invariant after every action, and cuts what it finds
// down to the few actions that matter.
//
// Explore does it all and gives a Result, which says what was looked at as
// well as what was found: how many actions, which states and which deadlines
// were met, which refusals never came. A Found has a compose.Scene, which
// package compose writes as a scenario file. Its last move says what should
// have happened, so the file fails now and passes once the bug is gone. Shrink
// does the second half alone, on a Scene that somebody recorded.
//
//	result, err := explore.Explore(ctx, explore.Options{
//		Profile: "hypr", Seed: 1, Runs: 1000,
//		Store: func() authn.Store { return memory.NewStore() },
//	})
//
// Actions are symbolic: a step types "the PIN that step 7 showed", never its
// digits, and waits "until 1 ms before the set of pixel expires". So a step
// that is cut out changes no other's meaning; one that refers to it does
// nothing. Run k of a seed is the same on every machine.
//
// A family takes part by a driver: its actors and a small policy, what is
// likely to be done next, and what its arguments can be (hypr.go, encap.go, onespan.go).
// Verbs come from the verb table, so a new verb is tried without a line here
// if the driver, or the general part, knows its arguments.
package explore
