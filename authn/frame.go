package authn

import "crypto/ed25519"

// FrameVersion is the first byte of every message.
const FrameVersion = 1

// SignatureSize is how many bytes at the end of a message are its signature.
const SignatureSize = ed25519.SignatureSize

// EncodeFrame encodes a message in the format of all families: version, kind,
// body, and the sender's Ed25519 signature over all three.
func EncodeFrame(kind string, fields func(Fields), signer ed25519.PrivateKey) []byte {
	var e Encoder
	e.U8(FrameVersion)
	e.Text(kind)
	fields(e.Fields())
	e.Raw(ed25519.Sign(signer, e.Bytes()))
	return e.Bytes()
}

// DecodeFrame decodes a message of at most longest bytes. It does not check the
// signature, since the message may name its signer. It returns ErrMalformed for
// anything that EncodeFrame would not have written.
func DecodeFrame(kind string, raw []byte, longest int, fields func(Fields)) error {
	if len(raw) < SignatureSize || len(raw) > longest {
		return ErrMalformed
	}
	d := NewDecoder(raw[:len(raw)-SignatureSize])
	if d.U8() != FrameVersion || d.Text() != kind {
		return ErrMalformed
	}
	fields(d.Fields())
	return d.Close()
}

// SignedBy reports whether the signature at the end of raw verifies under a
// public key.
func SignedBy(raw, public []byte) bool {
	cut := len(raw) - SignatureSize
	return len(public) == ed25519.PublicKeySize && cut >= 0 && ed25519.Verify(public, raw[:cut], raw[cut:])
}
