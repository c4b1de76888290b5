// Package verb lists the families, and is the table of everything that a person
// can do: how it is spelled, who does it, what it takes, how it can be refused
// and which events it can leave. The table is put together from the rows of the
// families and of the world. Command line, linter, player and docs read it.
package verb
