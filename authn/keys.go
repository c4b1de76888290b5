package authn

import (
	"crypto/ecdh"
	"crypto/ed25519"
	"crypto/hkdf"
	"crypto/hpke"
	"crypto/sha256"
	"errors"
)

// ErrDamaged is the error for a record with impossible content. The cause is a
// bug, or someone with the world's key.
var ErrDamaged = errors.New("a record is damaged")

// SiteKeys are a site's private keys: one to sign with, one that others encrypt
// to. Both are made from seeds, since GenerateKey may ignore the random source
// that it is given.
type SiteKeys struct {
	Sign []byte `json:"sign"` // Ed25519 seed, 32 bytes
	Box  []byte `json:"box"`  // X25519 private key, 32 bytes
}

// DrawKeys returns new keys from the random stream for purpose.
func DrawKeys(env Env, purpose string) (SiteKeys, error) {
	b, err := env.Draw(purpose, 64)
	if err != nil {
		return SiteKeys{}, err
	}
	return SiteKeys{Sign: b[:32], Box: b[32:]}, nil
}

// OwnKeys returns the keys that a site stores in a record. The first call draws
// and stores them.
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

// Check returns ErrDamaged if a key has the wrong length.
func (k SiteKeys) Check() error {
	if len(k.Sign) != ed25519.SeedSize || len(k.Box) != 32 {
		return ErrDamaged
	}
	return nil
}

// Signer returns the private signing key.
func (k SiteKeys) Signer() ed25519.PrivateKey { return ed25519.NewKeyFromSeed(k.Sign) }

// SignPublic returns the public half of the signing key.
func (k SiteKeys) SignPublic() []byte { return SignPublic(k.Sign) }

// BoxPublic returns the public half of the encryption key.
func (k SiteKeys) BoxPublic() ([]byte, error) { return BoxPublic(k.Box) }

// SignPublic returns the public half of the Ed25519 key with a seed.
func SignPublic(seed []byte) []byte {
	return ed25519.NewKeyFromSeed(seed).Public().(ed25519.PublicKey)
}

// BoxPublic returns the public half of an X25519 key.
func BoxPublic(private []byte) ([]byte, error) {
	k, err := ecdh.X25519().NewPrivateKey(private)
	if err != nil {
		return nil, err
	}
	return k.PublicKey().Bytes(), nil
}

// SealTo encrypts to a site's public encryption key with HPKE (RFC 9180:
// X25519, HKDF-SHA-256, AES-256-GCM). HPKE draws its own randomness, the only
// one that does not come from Env; the ciphertext is never stored.
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

// OpenFor decrypts the output of SealTo. It returns false if sealed is for
// another key or was changed.
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

// Derive returns a key made by HKDF-SHA-256 without a salt. Its info is the
// purpose, such as "hypr tag", and the data that the key is bound to. A purpose
// has no zero byte.
func Derive(secret []byte, purpose string, bound []byte, length int) []byte {
	out, err := hkdf.Key(sha256.New, secret, nil, "offauth "+purpose+" 1\x00"+string(bound), length)
	if err != nil {
		panic("authn: hkdf: " + err.Error()) // only a length beyond 8,160 bytes can do it
	}
	return out
}
