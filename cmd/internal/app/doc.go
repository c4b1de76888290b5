// Package app holds what every command uses: the streams, environment and flags
// of a process, opening worlds and their vaults, asking for secrets, printing
// reports as text or JSON, and exit codes. A command returns an error; only
// exit.go turns errors into text and exit codes.
package app
