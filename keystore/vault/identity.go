package vault

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"filippo.io/age"

	"github.com/offauth/offauth/keystore"
	"github.com/offauth/offauth/keystore/disk"
)

// scryptWorkFactor is log2 of scrypt's N for a passphrase: 2^15 takes about
// 0.1 s, where age's own 2^18 takes over a second at every command. A guesser
// with the file therefore pays an eighth of what age would charge; the
// passphrase must be a good one.
const scryptWorkFactor = 15

// maxWorkFactor is the highest accepted work factor of a file, about a second.
const maxWorkFactor = 18

// maxAgeFile is the maximum size of an item or identity file.
const maxAgeFile = 64 << 10

// Identity encrypts and decrypts the items of a file vault. It is an age X25519
// key.
type Identity struct {
	keys []age.Identity
	to   *age.X25519Recipient
}

// LoadIdentityFile reads an identity in the text format of age-keygen. The
// first X25519 key encrypts items, and all of them decrypt.
func LoadIdentityFile(path string) (*Identity, error) {
	data, err := disk.ReadSmall(path, maxAgeFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, keystore.Fault(keystore.CodeIdentityMissing, keystore.ErrNoIdentity, "there is no identity file "+path)
	}
	if err != nil {
		return nil, keystore.Fault(keystore.CodeBadIdentity, err, "the identity file cannot be read")
	}
	id, err := parseIdentity(data)
	if err != nil {
		return nil, keystore.Fault(keystore.CodeBadIdentity, err, path+" holds no age identity that offauth can use")
	}
	return id, nil
}

// CreateIdentityFile makes a new identity in a new file, mode 0600.
func CreateIdentityFile(path string) (*Identity, error) {
	key, err := age.GenerateX25519Identity()
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, disk.Fault(err, "the identity file cannot be made")
	}
	text := "# made by offauth: whoever can read this file can open the keys of the worlds that were made with it\n" +
		"# public key: " + key.Recipient().String() + "\n" + key.String() + "\n"
	if err := disk.Create(path, []byte(text)); err != nil {
		return nil, disk.Fault(err, "the identity file cannot be made")
	}
	return newIdentity(key), nil
}

// CreatePassphraseIdentity makes a new identity for the world with an id and
// stores it, encrypted with a passphrase, in the folder of the file vault.
func CreatePassphraseIdentity(dir, id, passphrase string) (*Identity, error) {
	if passphrase == "" {
		return nil, keystore.Fault(keystore.CodeWrongPassphrase, keystore.ErrWrongPassphrase, "the passphrase is empty")
	}
	key, err := age.GenerateX25519Identity()
	if err != nil {
		return nil, err
	}
	to, err := age.NewScryptRecipient(passphrase)
	if err != nil {
		return nil, err
	}
	to.SetWorkFactor(scryptWorkFactor)
	sealed, err := encrypt([]byte(key.String()+"\n"), to)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, disk.Fault(err, "the vault's folder cannot be made")
	}
	if err := disk.Create(identityPath(dir, id), sealed); err != nil {
		return nil, disk.Fault(err, "the identity cannot be kept")
	}
	return newIdentity(key), nil
}

// OpenPassphraseIdentity decrypts the identity of CreatePassphraseIdentity. It
// costs one scrypt, about 0.1 s; items cost none.
func OpenPassphraseIdentity(dir, id, passphrase string) (*Identity, error) {
	path := identityPath(dir, id)
	sealed, err := disk.ReadSmall(path, maxAgeFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, keystore.Fault(keystore.CodeIdentityMissing, keystore.ErrNoIdentity,
			"this world has no identity under a passphrase")
	}
	if err != nil {
		return nil, keystore.Fault(keystore.CodeBadIdentity, err, "the identity of this world cannot be read")
	}
	if passphrase == "" {
		return nil, keystore.Fault(keystore.CodeWrongPassphrase, keystore.ErrWrongPassphrase, "the passphrase is empty")
	}
	opener, err := age.NewScryptIdentity(passphrase)
	if err != nil {
		return nil, err
	}
	opener.SetMaxWorkFactor(maxWorkFactor)
	text, err := decrypt(sealed, opener)
	if noMatch(err) {
		return nil, keystore.Fault(keystore.CodeWrongPassphrase, keystore.ErrWrongPassphrase,
			"the passphrase does not open this world's identity")
	}
	if err != nil {
		return nil, keystore.Fault(keystore.CodeBadIdentity, err, path+" is damaged")
	}
	key, err := parseIdentity(text)
	if err != nil {
		return nil, keystore.Fault(keystore.CodeBadIdentity, err, path+" is damaged")
	}
	return key, nil
}

// HasPassphraseIdentity reports whether the world with an id has an identity
// that is encrypted with a passphrase.
func HasPassphraseIdentity(dir, id string) bool {
	_, err := os.Stat(identityPath(dir, id))
	return err == nil
}

// Encrypt encrypts an item.
func (i *Identity) Encrypt(plain []byte) ([]byte, error) { return encrypt(plain, i.to) }

// Decrypt decrypts an item. The error wraps ErrWrongIdentity if the item was
// encrypted to another identity.
func (i *Identity) Decrypt(sealed []byte) ([]byte, error) {
	plain, err := decrypt(sealed, i.keys...)
	if noMatch(err) {
		return nil, keystore.ErrWrongIdentity
	}
	return plain, err
}

func identityPath(dir, id string) string { return filepath.Join(dir, id+".identity.age") }

func newIdentity(key *age.X25519Identity) *Identity {
	return &Identity{keys: []age.Identity{key}, to: key.Recipient()}
}

func parseIdentity(text []byte) (*Identity, error) {
	keys, err := age.ParseIdentities(bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	id := &Identity{}
	for _, k := range keys {
		if x, ok := k.(*age.X25519Identity); ok {
			id.keys = append(id.keys, x)
			if id.to == nil {
				id.to = x.Recipient()
			}
		}
	}
	if id.to == nil {
		return nil, errors.New("there is no X25519 identity in it")
	}
	return id, nil
}

func encrypt(plain []byte, to age.Recipient) ([]byte, error) {
	var out bytes.Buffer
	w, err := age.Encrypt(&out, to)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(plain); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

func decrypt(sealed []byte, keys ...age.Identity) ([]byte, error) {
	r, err := age.Decrypt(bytes.NewReader(sealed), keys...)
	if err != nil {
		return nil, err
	}
	plain, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("the encrypted part: %w", err)
	}
	return plain, nil
}

// noMatch reports whether a file looks intact but is encrypted to another key.
func noMatch(err error) bool {
	var none *age.NoIdentityMatchError
	return errors.As(err, &none)
}
