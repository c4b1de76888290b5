// Package pick finds the user, phone, workstation, provider or site that a
// command line means, and the command that is the next step of a newcomer.
package pick
