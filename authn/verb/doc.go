// Package verb has the list of families and the table of verbs, one for
// everything that a person can do: its spelling, actor, arguments, refusals and
// events. The table joins the rows of the families and of the world. The
// command line, linter, player and docs read it.
package verb
