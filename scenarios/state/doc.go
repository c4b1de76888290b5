// Package state is the table of the state that a scenario can check: the paths
// after "state." and in the state of an expectation, such as workstation.locked.
// A path begins with an actor. The linter uses the table to check paths and kinds,
// the player to read the values.
package state
