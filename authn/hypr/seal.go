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

// kdfJob is the slow work for one PIN. What comes out depends on the PIN, the
// salt and the cost alone, so it serves every set of a user (see copyKeys).
func kdfJob(k authn.KDF, salt []byte, pin string) authn.SlowJob {
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

// derive makes a key of the family's, see authn.Derive.
func derive(secret []byte, purpose string, bound []byte, length int) []byte {
	return authn.Derive(secret, "hypr "+purpose, bound, length)
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

// keys are a site's own, see authn.SiteKeys.
type keys = authn.SiteKeys

func drawKeys(env authn.Env) (keys, error) { return authn.DrawKeys(env, "hypr.keys") }

// publicOf is the public half of a signing key's seed.
func publicOf(seed []byte) []byte { return authn.SignPublic(seed) }

// sealTo encrypts to a site's box key, see authn.SealTo.
func sealTo(boxPublic, plaintext, bound []byte) ([]byte, error) {
	return authn.SealTo(boxPublic, plaintext, bound)
}

// openFor undoes sealTo.
func openFor(box, sealed, bound []byte) ([]byte, bool) { return authn.OpenFor(box, sealed, bound) }
