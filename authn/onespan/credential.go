package onespan

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base32"
	"fmt"
	"strings"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/oath"
)

const (
	maxPIN        = 8   // digits of a new server PIN (O29)
	maxPassword   = 127 // bytes of a static password, as Windows has it
	maxCredential = 512 // bytes of a typed credential
)

// shape has the lengths of the parts of a credential that the policy requires;
// 0 for a part that is not typed.
type shape struct {
	password, pin, otp int
	// newPIN is true if a new server PIN may follow, twice (O28).
	newPIN bool
}

// parts are the parts of a credential.
type parts struct {
	password, pin, otp string
	// fresh and again are the new server PIN, as typed twice.
	fresh, again string
}

// parse splits a credential by lengths alone (O32): from the left what the policy
// requires, then the one-time password; an even remainder is the new PIN twice.
// Blanks and dashes between digits are dropped, those in a password kept. False
// means that it does not fit, and not which part was wrong.
func (s shape) parse(credential string) (parts, bool) {
	if len(credential) > maxCredential {
		return parts{}, false
	}
	head := min(s.password, len(credential))
	credential = credential[:head] + authn.Ungrouped(credential[head:])
	need := s.password + s.pin + s.otp
	rest := len(credential) - need
	if rest < 0 || rest%2 != 0 || rest > 0 && !s.newPIN {
		return parts{}, false
	}
	cut := func(n int) string {
		part := credential[:n]
		credential = credential[n:]
		return part
	}
	return parts{
		password: cut(s.password), pin: cut(s.pin), otp: cut(s.otp), fresh: cut(rest / 2), again: credential,
	}, true
}

// changes reports whether a new server PIN was typed.
func (p parts) changes() bool { return p.fresh != "" }

// wanted lists the parts of a credential under the policy, and the part that it
// has only online or only offline.
func (c clientSettings) wanted(offline bool) string {
	var parts []string
	if c.PasswordRequired && !offline || c.PasswordOffline && offline {
		parts = append(parts, "static password")
	}
	if c.PINRequired {
		parts = append(parts, "server PIN")
	}
	text := strings.Join(append(parts, "one-time password"), ", ")
	switch {
	case offline && c.PasswordRequired && !c.PasswordOffline:
		text += " (offline no static password)"
	case !offline && c.PasswordOffline && !c.PasswordRequired:
		text += " (a static password offline alone)"
	}
	return text
}

// checkNewPIN returns the verdict on the form of a new server PIN (O29, O30). It
// uses no secret of this side.
func checkNewPIN(fresh, again string, least int) verdict {
	switch {
	case subtle.ConstantTimeCompare([]byte(fresh), []byte(again)) != 1:
		return newPINUnequal
	case len(fresh) < least:
		return newPINShort
	case len(fresh) > maxPIN, !allDigits(fresh):
		return newPINForm
	}
	return verdict{}
}

func allDigits(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r < '0' || r > '9' }) < 0
}

// pinHash verifies a server PIN without storing it. The key is random; the seal
// around it prevents a search through so few PINs.
type pinHash struct {
	Key  []byte `json:"key,omitempty"`
	Hash []byte `json:"hash,omitempty"`
}

// newPINHash hashes a server PIN.
func newPINHash(env authn.Env, pin string) (pinHash, error) {
	key, err := env.Draw("onespan.pin", keySize)
	return pinHash{Key: key, Hash: hashOfPIN(key, pin)}, err
}

func hashOfPIN(key []byte, pin string) []byte {
	mac := hmac.New(sha256.New, key)
	_, _ = mac.Write([]byte(pin))
	return mac.Sum(nil)
}

// matches reports whether this is the PIN, in constant time (A9).
func (p pinHash) matches(pin string) bool {
	return len(p.Hash) > 0 && subtle.ConstantTimeCompare(hashOfPIN(p.Key, pin), p.Hash) == 1
}

// equalSecrets reports whether two passwords are the same, in constant time (A9).
func equalSecrets(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

// revealed returns a typed credential, to seal it to the server or to check it
// here. This file alone reveals secrets.
func revealed(credential authn.Secret) string { return credential.Reveal() }

// splitCodes splits two codes with blanks between.
func splitCodes(codes authn.Secret) (first, second string, ok bool) {
	words := strings.Fields(codes.Reveal())
	if len(words) == 2 {
		return authn.Ungrouped(words[0]), authn.Ungrouped(words[1]), true
	}
	// Both were copied in groups: each is a half.
	all := authn.Ungrouped(codes.Reveal())
	if len(words) < 4 || len(words)%2 != 0 || len(all)%2 != 0 {
		return "", "", false
	}
	return all[:len(all)/2], all[len(all)/2:], true
}

// maxSeed is how long a seed may be in bytes.
const maxSeed = 64

// readSeed reads a secret in base32, as authenticator apps write it: in any
// case, with or without blanks and padding. The error tells what is wrong,
// without a character of the seed.
func readSeed(seed authn.Secret) ([]byte, error) {
	bad := func(why string, hints ...string) error {
		return authn.BadArgument(
			fmt.Sprintf("a seed is base32 of %d to %d bytes, and this %s", oath.MinSecret, maxSeed, why), hints...)
	}
	text := strings.ToUpper(authn.Ungrouped(seed.Reveal()))
	if strings.HasPrefix(text, "OTPAUTH:") {
		return nil, bad("is a whole otpauth link", "hand over what stands between `secret=` and the next `&` alone")
	}
	raw, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(strings.ReplaceAll(text, "=", ""))
	switch {
	case err != nil:
		return nil, bad("is not base32, which has the letters A to Z and the digits 2 to 7",
			"look for a wrong or missing sign, such as 0 for O, 1 for I or 8 for B")
	case len(raw) < oath.MinSecret || len(raw) > maxSeed:
		return nil, bad(fmt.Sprintf("has %d", len(raw)))
	}
	return raw, nil
}
