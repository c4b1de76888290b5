package hypr

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"golang.org/x/crypto/argon2"

	"github.com/offauth/offauth/authn"
)

// kdfJob returns the slow job for one PIN. Its result depends only on the PIN,
// the salt and the cost, so it serves every set of a user (see copyKeys).
func kdfJob(k authn.KDF, salt []byte, pin string) authn.SlowJob {
	digest := sha256.Sum256([]byte(pin))
	return authn.SlowJob{
		Key: fmt.Sprintf("argon2id/%d/%d/%x/%s", k.Time, k.MemoryKiB, salt, hex.EncodeToString(digest[:])),
		Do: func() []byte {
			return argon2.IDKey([]byte(pin), salt, k.Time, k.MemoryKiB, 1, 32)
		},
	}
}

// setHeader returns the data that every sealed copy and every signature of a
// set is bound to: its triple, number and life.
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

// copyKeys derives two keys from a stretched PIN and a set's header: the tag
// that identifies the PIN's copy of the login key, and the key that decrypts
// that copy.
func copyKeys(stretched, header []byte) (tag, key []byte) {
	return derive(stretched, "tag", header, 16), derive(stretched, "copy", header, 32)
}

// derive returns a key of the family, see authn.Derive.
func derive(secret []byte, purpose string, bound []byte, length int) []byte {
	return authn.Derive(secret, "hypr "+purpose, bound, length)
}

// seal encrypts under a key that is used for a single plaintext, so the nonce
// may be zero.
func seal(key, plaintext, bound []byte) []byte {
	return gcm(key).Seal(nil, make([]byte, 12), plaintext, bound)
}

// open decrypts the output of seal. It returns false if the key or the data is
// wrong.
func open(key, sealed, bound []byte) ([]byte, bool) {
	plaintext, err := gcm(key).Open(nil, make([]byte, 12), sealed, bound)
	return plaintext, err == nil
}

func gcm(key []byte) cipher.AEAD {
	block, err := aes.NewCipher(key)
	if err != nil {
		panic("hypr: aes: " + err.Error()) // only if the key is not 32 bytes long
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		panic("hypr: gcm: " + err.Error())
	}
	return aead
}

// keys are the private keys of a site.
type keys = authn.SiteKeys

func drawKeys(env authn.Env) (keys, error) { return authn.DrawKeys(env, "hypr.keys") }

// publicOf returns the public half of the signing key with a seed.
func publicOf(seed []byte) []byte { return authn.SignPublic(seed) }

// sealTo encrypts to a site's box key, see authn.SealTo.
func sealTo(boxPublic, plaintext, bound []byte) ([]byte, error) {
	return authn.SealTo(boxPublic, plaintext, bound)
}

// openFor decrypts the output of sealTo.
func openFor(box, sealed, bound []byte) ([]byte, bool) { return authn.OpenFor(box, sealed, bound) }
