// Package oath makes and checks the one-time passwords of OATH: [HOTP]
// (RFC 4226, a counter), [TOTP] (RFC 6238, the time) and [OCRA] (RFC 6287, a
// challenge), over HMAC with SHA-1, SHA-256 or SHA-512.
//
// The package only computes and compares. It reads no clock, draws no random
// numbers and keeps no state: the caller stores the last accepted counter or
// step and limits retries. In HOTP and TOTP alike that state is one number, the
// lowest counter that may still be accepted:
//
//	next, ok := h.Verify(code, next, oath.DefaultLookAhead)
//
// It moves on success alone, to the matched counter + 1, so no accepted value
// is accepted again (rules A2, A3). It must be stored before the answer is
// told. Guesses must be limited by the caller (RFC 4226, section 7.3).
//
// A HOTP, a TOTP or an OCRA prepares its secret once and then works without
// allocating. It has scratch space of its own, so it is not for two goroutines
// at once. Printing one with fmt does not show the secret.
//
// # What is constant in time
//
// A typed code is compared in constant time (rule A9). A search computes every
// counter of its window and compares each, whatever matches, so its time
// reveals the width of the window, but not where or whether a code matched. A
// code of the wrong length or with wrong characters is refused at once, which
// depends only on the typed text.
package oath
