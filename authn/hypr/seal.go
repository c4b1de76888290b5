package hypr

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/ed25519"
	"crypto/hkdf"
	"crypto/hpke"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"

	"golang.org/x/crypto/argon2"

	"github.com/offauth/offauth/authn"
)

// KDF is the cost of turning a PIN into a key: Argon2id with one lane. It is
// kept beside each salt, so a change never locks anyone out.
type KDF struct {
	// Time is the number of passes, at least 1.
	Time uint32 `json:"time"`
	// MemoryKiB is at least 8.
	MemoryKiB uint32 `json:"memory_kib"`
}

// DefaultKDF costs tens of milliseconds a PIN on a laptop of 2026.
func DefaultKDF() KDF { return KDF{Time: 2, MemoryKiB: 19 * 1024} }

// job is the slow work for one PIN. What comes out depends on the PIN, the
// salt and the cost alone, so it serves every set of a user (see copyKeys).
func (k KDF) job(salt []byte, pin string) authn.SlowJob {
	digest := sha256.Sum256([]byte(pin))
	return authn.SlowJob{
		Key: fmt.Sprintf("argon2id/%d/%d/%x/%s", k.Time, k.MemoryKiB, salt, hex.EncodeToString(digest[:])),
		Do: func() []byte {
			return argon2.IDKey([]byte(pin), salt, k.Time, k.MemoryKiB, 1, 32)
		},
	}
}

// setHeader is what every sealed copy and every signature of a set is bound
// to: whose it is, where, which one, and until when.
func setHeader(t triple, number uint64, issued, expires int64) []byte {
	var e authn.Encoder
	e.Text("offauth hypr set 1")
	e.Text(t.User)
	e.Text(t.Phone)
	e.Text(t.Workstation)
	e.U64(number)
	e.U64(uint64(issued))
	e.U64(uint64(expires))
	return e.Bytes()
}

// copyKeys derives, from a stretched PIN and a set's header, the tag that
// finds a PIN's copy of the login key and the key that opens it.
func copyKeys(stretched, header []byte) (tag, key []byte) {
	return derive(stretched, "tag", header, 16), derive(stretched, "copy", header, 32)
}

// derive is HKDF-SHA-256 with no salt; the purpose and what the key is bound
// to are its info.
func derive(secret []byte, purpose string, bound []byte, length int) []byte {
	out, err := hkdf.Key(sha256.New, secret, nil, "offauth hypr "+purpose+" 1\x00"+string(bound), length)
	if err != nil {
		panic("hypr: hkdf: " + err.Error()) // only a length beyond 8,160 bytes can do it
	}
	return out
}

// seal encrypts under a key that is used for this one plaintext only, which
// is why the nonce may be zero and nothing random is needed.
func seal(key, plaintext, bound []byte) []byte {
	return gcm(key).Seal(nil, make([]byte, 12), plaintext, bound)
}

// open undoes seal; false means that key or data are not the right ones.
func open(key, sealed, bound []byte) ([]byte, bool) {
	plaintext, err := gcm(key).Open(nil, make([]byte, 12), sealed, bound)
	return plaintext, err == nil
}

func gcm(key []byte) cipher.AEAD {
	block, err := aes.NewCipher(key)
	if err != nil {
		panic("hypr: aes: " + err.Error()) // only a key that is not 32 bytes can do it
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		panic("hypr: gcm: " + err.Error())
	}
	return aead
}

// keys are a site's own: one to sign with, one that others seal to. Both are
// made from seeds, since GenerateKey may not take its bytes from Env.
type keys struct {
	Sign []byte `json:"sign"` // Ed25519 seed, 32 bytes
	Box  []byte `json:"box"`  // X25519 private key, 32 bytes
}

func drawKeys(env authn.Env) (keys, error) {
	b, err := env.Draw("hypr.keys", 64)
	if err != nil {
		return keys{}, err
	}
	return keys{Sign: b[:32], Box: b[32:]}, nil
}

// errDamaged says that a record holds what nothing here writes: a bug, or a
// hand that has the world's key.
var errDamaged = errors.New("hypr: a record is damaged")

// check says whether the keys have their lengths.
func (k keys) check() error {
	if len(k.Sign) != ed25519.SeedSize || len(k.Box) != 32 {
		return errDamaged
	}
	return nil
}

func (k keys) signer() ed25519.PrivateKey { return ed25519.NewKeyFromSeed(k.Sign) }
func (k keys) signPublic() []byte         { return publicOf(k.Sign) }
func (k keys) boxPublic() ([]byte, error) { return boxPublic(k.Box) }
func publicOf(seed []byte) []byte         { return ed25519.NewKeyFromSeed(seed).Public().(ed25519.PublicKey) }

func boxPublic(private []byte) ([]byte, error) {
	k, err := ecdh.X25519().NewPrivateKey(private)
	if err != nil {
		return nil, err
	}
	return k.PublicKey().Bytes(), nil
}

// sealTo encrypts to a site's box key with HPKE (RFC 9180: X25519,
// HKDF-SHA-256, AES-256-GCM). Its ciphertext is the one thing that does not
// come from Env; nothing keeps it.
func sealTo(boxPublic, plaintext, bound []byte) ([]byte, error) {
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

// openFor undoes sealTo; false means that it was not for this key, or was
// changed.
func openFor(box, sealed, bound []byte) ([]byte, bool) {
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
