// Package state is the table of what a scenario may ask of a world: the paths
// behind "state." and in an expectation's state, such as workstation.locked.
// A path begins with an actor. The linter reads the table for what there is,
// the player for the values.
package state
