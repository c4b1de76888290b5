// Package compose writes scenario files from Actions that were recorded or that a
// property test generated. Secrets become references.
package compose
