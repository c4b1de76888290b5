// Package hypr simulates HYPR's Offline Mode: a phone shows offline PINs that
// unlock a workstation.
//
// The state machines are [Phone], [Workstation] and [Server]. They communicate
// only by the messages of message.go; docs/protocol-hypr.md has the whole
// protocol. Formats are ours: HYPR's were not found in public (rule A10).
package hypr
