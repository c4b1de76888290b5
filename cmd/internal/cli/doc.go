// Package cli is the tree of offauth's commands: it makes the root, adds the
// nouns, and runs one command line.
//
// Each noun has a package (device), each of its verbs a file (unlock.go). A
// command decides nothing that a product decides; it names what the person left
// out, applies one Action and shows the Outcome. Results go to stdout, talk to
// stderr.
package cli
