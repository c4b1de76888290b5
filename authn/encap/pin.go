package encap

import "github.com/offauth/offauth/authn"

// longestCode is how much of a typed code goes to the server; no right one is
// as long.
const longestCode = 32

// hashPIN is the hash of a PIN as OCRA wants it; nil for none.
func hashPIN(pin authn.Secret) []byte {
	if pin.Empty() {
		return nil
	}
	return otpSuite(0, true).HashPIN(pin.Reveal())
}

// typedCode drops what a person may type or copy along, blanks and dashes.
func typedCode(code authn.Secret) string {
	text := authn.Ungrouped(code.Reveal())
	return text[:min(len(text), longestCode)]
}
