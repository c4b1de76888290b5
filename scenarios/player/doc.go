// Package player plays one instance of a story, step by step, in a world of
// its own: a frozen clock, a store in memory and named random streams. It
// makes the story's Actions, looks at what came of them, and collects every
// expectation that did not come true, each with its place in the file.
//
// What cannot be played at all, such as a world that does not come up, is an
// error of New; what the story itself gets wrong is a Failure in the Result.
package player
