// Package encap simulates Encap's offline authentication: a service provider
// shows a QR code, a phone without network turns it into a one-time password,
// and the server takes that once.
//
// The state machines are [Phone], [Provider] and [Server]. They talk in the
// messages of message.go and in no other way; what goes through a QR code is
// the verification data of data.go. docs/protocol-encap.md has the whole
// protocol. Formats are ours: Encap's were not found in public (rule A10), and
// the one-time password is OCRA as a stand-in (rule E23).
//
// # Why there is no slow KDF
//
// A PIN here never opens anything by itself. Every answer and every one-time
// password is keyed with a registration's shared secret, 32 random bytes that
// only the phone and the server have, so whoever sees answers can test no PIN
// without it. The phone keeps neither a PIN nor a hash of one: to guess a PIN,
// its secret is of no use without the server, which counts. The one place
// where a short PIN is the only unknown of a fast hash is the server's records
// of PIN hashes, as OCRA wants them (RFC 6287, 5.1); those lie in the sealed
// half.
package encap
