// Package verb is the table of everything that a person can do: how it is
// spelled, who does it, what it takes, which refusals it can meet and which
// events it can leave. The command line is held against it by a test; docs
// and explain read it.
package verb
