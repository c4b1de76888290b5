// Package coverage reports what a run of stories touched, and what it did not:
// the rules that expectations name, and the refusals, events, verbs and roles
// that occurred. It reads the results of a run and the tables of verbs, codes
// and rules.
package coverage
