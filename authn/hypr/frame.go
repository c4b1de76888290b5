package hypr

import (
	"crypto/ed25519"

	"github.com/offauth/offauth/authn"
)

// body is the content of a message between its header and its signature.
type body interface{ fields(authn.Fields) }

const signature = authn.SignatureSize

// encode writes a message, see authn.EncodeFrame.
func encode(kind string, b body, signer ed25519.PrivateKey) []byte {
	return authn.EncodeFrame(kind, b.fields, signer)
}

// decode reads a message, see authn.DecodeFrame.
func decode(kind string, raw []byte, b body) error {
	return authn.DecodeFrame(kind, raw, longest(kind), b.fields)
}

// rightChannel reports whether a message came over the channel of its kind:
// Bluetooth messages are refused from the network, and the reverse.
func rightChannel(m authn.Message) bool {
	switch m.Kind {
	case msgPasskeyAsk, msgPasskeyCall, msgPasskeyAnswer, msgPasskeyDone:
		return m.Near
	}
	return !m.Near
}

// longest returns the maximum length of a message of a kind. A message that is
// packed into a block of another message must fit there.
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

// signedBy reports whether a message was signed by the holder of a key.
func signedBy(raw, public []byte) bool { return authn.SignedBy(raw, public) }
