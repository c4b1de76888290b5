// Package cli is the tree of offauth's commands: it makes the root, adds the
// nouns, and runs one command line.
//
// Each noun has a package (device), each of its verbs a file (unlock.go). A
// command makes no decision that belongs to a product; it fills in the names
// that the user left out, applies one Action and shows the Outcome. Results go
// to stdout, everything else to stderr.
package cli
