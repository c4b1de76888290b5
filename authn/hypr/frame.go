package hypr

import (
	"crypto/ed25519"

	"github.com/offauth/offauth/authn"
)

// body is the content of a message between its header and its signature.
type body interface {
	put(*authn.Encoder)
	take(*authn.Decoder)
}

const (
	wireVersion = 1
	signature   = ed25519.SignatureSize
)

// encode writes version, kind, body, and the sender's Ed25519 signature over
// all of that.
func encode(kind string, b body, signer ed25519.PrivateKey) []byte {
	var e authn.Encoder
	e.U8(wireVersion)
	e.Text(kind)
	b.put(&e)
	e.Raw(ed25519.Sign(signer, e.Bytes()))
	return e.Bytes()
}

// decode reads a message without judging its signature, since who must have
// signed may stand inside. It answers authn.ErrMalformed to anything that
// encode would not have written.
func decode(kind string, raw []byte, b body) error {
	if len(raw) < signature || len(raw) > longest(kind) {
		return authn.ErrMalformed
	}
	d := authn.NewDecoder(raw[:len(raw)-signature])
	if d.U8() != wireVersion || d.Text() != kind {
		return authn.ErrMalformed
	}
	b.take(d)
	return d.Close()
}

// onItsWay says whether a message came by the way that its kind goes: what
// belongs to Bluetooth is not taken from the network, nor the reverse.
func onItsWay(m authn.Message) bool {
	switch m.Kind {
	case msgPasskeyAsk, msgPasskeyCall, msgPasskeyAnswer, msgPasskeyDone:
		return m.Near
	}
	return !m.Near
}

// longest is how long a message of a kind may be: so long that a block of
// another message can hold it, which is what blocks hold.
func longest(kind string) int {
	switch kind {
	case msgAuditReport:
		return 60_000
	case msgUnlockOrder, msgPairDone:
		return 16_384
	case certificateKind:
		return 2_048
	}
	return 8_192
}

// signedBy says whether a message was signed by the holder of a key.
func signedBy(raw, public []byte) bool {
	cut := len(raw) - signature
	return len(public) == ed25519.PublicKeySize && cut >= 0 && ed25519.Verify(public, raw[:cut], raw[cut:])
}
