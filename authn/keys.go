package authn

import (
	"crypto/ecdh"
	"crypto/ed25519"
	"crypto/hkdf"
	"crypto/hpke"
	"crypto/sha256"
	"errors"
)

// ErrDamaged says that a record holds what nothing here writes: a bug, or a
// hand that has the world's key.
var ErrDamaged = errors.New("a record is damaged")

// SiteKeys are a site's own: one to sign with, one that others seal to. Both
// are made from seeds, since GenerateKey may not take its bytes from Env.
type SiteKeys struct {
	Sign []byte `json:"sign"` // Ed25519 seed, 32 bytes
	Box  []byte `json:"box"`  // X25519 private key, 32 bytes
}

// DrawKeys makes keys from the stream for purpose.
func DrawKeys(env Env, purpose string) (SiteKeys, error) {
	b, err := env.Draw(purpose, 64)
	if err != nil {
		return SiteKeys{}, err
	}
	return SiteKeys{Sign: b[:32], Box: b[32:]}, nil
}

// OwnKeys returns the keys that a site keeps in a record, drawn when they are
// first needed.
func (h Host) OwnKeys(record, purpose string) (k SiteKeys, err error) {
	there, err := h.Shelf.Load(record, nil, &k)
	if err != nil || there {
		return k, err
	}
	if k, err = DrawKeys(h.Env, purpose); err != nil {
		return k, err
	}
	return k, h.Shelf.Save(record, struct{}{}, k)
}

// Check returns ErrDamaged unless the keys have their lengths.
func (k SiteKeys) Check() error {
	if len(k.Sign) != ed25519.SeedSize || len(k.Box) != 32 {
		return ErrDamaged
	}
	return nil
}

// Signer is the private key to sign with.
func (k SiteKeys) Signer() ed25519.PrivateKey { return ed25519.NewKeyFromSeed(k.Sign) }

// SignPublic is the public half of the signing key.
func (k SiteKeys) SignPublic() []byte { return SignPublic(k.Sign) }

// BoxPublic is the public half of the key that others seal to.
func (k SiteKeys) BoxPublic() ([]byte, error) { return BoxPublic(k.Box) }

// SignPublic is the public half of the Ed25519 key with a seed.
func SignPublic(seed []byte) []byte {
	return ed25519.NewKeyFromSeed(seed).Public().(ed25519.PublicKey)
}

// BoxPublic is the public half of an X25519 key.
func BoxPublic(private []byte) ([]byte, error) {
	k, err := ecdh.X25519().NewPrivateKey(private)
	if err != nil {
		return nil, err
	}
	return k.PublicKey().Bytes(), nil
}

// SealTo encrypts to a site's box key with HPKE (RFC 9180: X25519,
// HKDF-SHA-256, AES-256-GCM). Its ciphertext is the one thing that does not
// come from Env; nothing keeps it.
func SealTo(boxPublic, plaintext, bound []byte) ([]byte, error) {
	public, err := ecdh.X25519().NewPublicKey(boxPublic)
	if err != nil {
		return nil, err
	}
	to, err := hpke.NewDHKEMPublicKey(public)
	if err != nil {
		return nil, err
	}
	return hpke.Seal(to, hpke.HKDFSHA256(), hpke.AES256GCM(), bound, plaintext)
}

// OpenFor undoes SealTo; false means that it was not for this key, or was
// changed.
func OpenFor(box, sealed, bound []byte) ([]byte, bool) {
	private, err := ecdh.X25519().NewPrivateKey(box)
	if err != nil {
		return nil, false
	}
	key, err := hpke.NewDHKEMPrivateKey(private)
	if err != nil {
		return nil, false
	}
	plaintext, err := hpke.Open(key, hpke.HKDFSHA256(), hpke.AES256GCM(), bound, sealed)
	return plaintext, err == nil
}

// Derive is HKDF-SHA-256 with no salt. The purpose, such as "hypr tag", and
// what the key is bound to are its info; a purpose has no zero byte.
func Derive(secret []byte, purpose string, bound []byte, length int) []byte {
	out, err := hkdf.Key(sha256.New, secret, nil, "offauth "+purpose+" 1\x00"+string(bound), length)
	if err != nil {
		panic("authn: hkdf: " + err.Error()) // only a length beyond 8,160 bytes can do it
	}
	return out
}
