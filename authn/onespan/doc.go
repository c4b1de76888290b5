// Package onespan plays OneSpan's Digipass Authentication for Windows Logon:
// a one-time password at the Windows logon, checked by the server, or by the
// workstation itself where no server answers.
//
// A [Phone] holds a Digipass, time-based (TOTP) or event-based (HOTP). The
// [Server] knows its secret, the user's static password and server PIN, and
// makes offline data: for every one-time password to come a keyed hash of it,
// which releases the key that opens the static password (O19, O20). The
// [Workstation] keeps that data in blocks, of which a logon reads one, and
// never learns the secret.
//
// Which side judges is decided by the network alone (O14). Both tell each
// other at every contact what was used last, so that a password is taken once
// (O21).
//
// The layout of blocks follows OneSpan's where it is public
// (docs/protocol-onespan.md says what is ours). The package is pure: see
// package authn.
package onespan
