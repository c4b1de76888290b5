// Package app is what every command stands on: the streams, the environment and
// the flags of one process, opening worlds and their vaults, asking for secrets,
// printing reports as text or JSON, and exit codes. A command returns an error;
// exit.go alone turns errors into text and exit codes.
package app
