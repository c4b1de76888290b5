// Package player plays one instance of a story, step by step, in its own world
// with a frozen clock, a store in memory and named random streams. It applies the
// story's Actions, checks their outcomes, and collects every expectation that
// fails, with its position in the file.
//
// If the world cannot be created, New returns an error. A mistake of the story is
// a Failure in the Result.
package player
