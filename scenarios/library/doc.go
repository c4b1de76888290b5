// Package library has the stories that offauth carries with it: together they
// prove the rules of every family, each named by the expectation that fails
// when the rule is broken. "offauth scenario run --library" plays them, and
// whoever writes a story of their own can begin with one of these.
package library
