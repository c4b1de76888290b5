// Command offauth is a flight simulator for offline login: one binary plays
// the phone, the lock screen, the server and the admin, on real cryptography
// and a clock that can be moved. All of it is in cmd/internal/cli.
package main
