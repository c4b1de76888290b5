// Package compose writes scenario files: of what somebody did on the command
// line, or of what a property test found. Secrets become references.
package compose
