// Package hypr simulates HYPR's Offline Mode: offline PINs that a phone shows
// and a locked workstation takes.
//
// The state machines are [Phone], [Workstation] and [Server]. They talk in
// the messages of message.go and in no other way; docs/protocol-hypr.md has
// the whole protocol. Formats are ours: HYPR's were not found in public
// (rule A10).
package hypr
