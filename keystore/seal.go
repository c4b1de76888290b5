package keystore

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"hash"

	"github.com/offauth/offauth/authn"
)

// rootKeySize is the length of a world's root key, which lies in the vault.
const rootKeySize = 32

// macSize is the length of a row's authenticator. 128 bits are out of reach
// of guessing, and a row is checked by who has the key, not by a stranger.
const macSize = 16

const nonceSize = 12

// keyring holds what is derived from a root key, each key for one use.
type keyring struct {
	id    string
	aead  cipher.AEAD
	rows  []byte
	sums  []byte
	marks []byte
}

// newKeyring derives the keys of the world of that id.
func newKeyring(root []byte, id string) (*keyring, error) {
	if len(root) != rootKeySize {
		return nil, errors.New("the root key has not 32 bytes")
	}
	derive := func(use string) []byte {
		key, err := hkdf.Key(sha256.New, root, []byte(id), "offauth world 1 "+use, 32)
		if err != nil {
			panic("keystore: " + err.Error()) // the lengths are constants
		}
		return key
	}
	block, err := aes.NewCipher(derive("seal"))
	if err != nil {
		return nil, err
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, err
	}
	return &keyring{id: id, aead: aead, rows: derive("rows"), sums: derive("sums"), marks: derive("marks")}, nil
}

// frame is an unambiguous encoding: every part carries its length, so no two
// rows give the same bytes.
type frame []byte

func (f frame) text(s string) frame {
	return append(binary.BigEndian.AppendUint64(f, uint64(len(s))), s...)
}

func (f frame) bytes(b []byte) frame {
	return append(binary.BigEndian.AppendUint64(f, uint64(len(b))), b...)
}

func (f frame) number(n int64) frame { return binary.BigEndian.AppendUint64(f, uint64(n)) }

// seal encrypts under a random nonce, which comes first. With one key 2^32
// times are safe; a world that changes every second gets there in 136 years.
func (k *keyring) seal(plain, bound []byte) []byte {
	out := make([]byte, nonceSize, nonceSize+len(plain)+k.aead.Overhead())
	rand.Read(out) // never fails
	return k.aead.Seal(out, out, plain, bound)
}

func (k *keyring) open(sealed, bound []byte) ([]byte, error) {
	if len(sealed) < nonceSize {
		return nil, ErrDamaged
	}
	return k.aead.Open(nil, sealed[:nonceSize], sealed[nonceSize:], bound)
}

// sealRecord seals the secret half. The first byte reports whether there is one:
// a record without it is sealed all the same, for its public half's sake.
func (k *keyring) sealRecord(r authn.Record) []byte {
	plain := make([]byte, 1, 1+len(r.Secret))
	if r.Secret != nil {
		plain[0] = 1
		plain = append(plain, r.Secret...)
	}
	return k.seal(plain, k.recordBound(r))
}

// openRecord fills in r.Secret, or says that this is not what was sealed for
// this world, site, name, version and public half.
func (k *keyring) openRecord(r *authn.Record, sealed []byte) error {
	plain, err := k.open(sealed, k.recordBound(*r))
	if err != nil || len(plain) == 0 || plain[0] > 1 || (plain[0] == 0 && len(plain) > 1) {
		return ErrDamaged
	}
	if r.Secret = nil; plain[0] == 1 {
		r.Secret = plain[1:]
	}
	return nil
}

func (k *keyring) recordBound(r authn.Record) []byte {
	public := sha256.Sum256(r.Public)
	return frame(nil).text("record").text(k.id).text(string(r.Site)).text(r.Name).number(int64(r.Version)).bytes(public[:])
}

// marker makes and checks the authenticators of rows. It is used by one
// goroutine at a time.
type marker struct {
	rows, sums hash.Hash
	id         string
}

func (k *keyring) marker() *marker {
	return &marker{rows: hmac.New(sha256.New, k.rows), sums: hmac.New(sha256.New, k.sums), id: k.id}
}

// mac is the authenticator of one row of a table.
func (m *marker) mac(table string, row frame) []byte {
	m.rows.Reset()
	m.rows.Write(frame(nil).text(table).text(m.id).bytes(row))
	return m.rows.Sum(nil)[:macSize]
}

// check compares in constant time (rule A9).
func (m *marker) check(table string, row frame, mac []byte) bool {
	return hmac.Equal(m.mac(table, row), mac)
}

// sum is a set of rows hashed so that rows can be added and taken away in any
// order: the exclusive or of a keyed hash of each. The sums are kept sealed,
// so nobody without the key can look for other rows with the same sum.
type sum [sha256.Size]byte

// toggle puts a row into the set, or takes it out.
func (s *sum) toggle(m *marker, table string, row frame) {
	m.sums.Reset()
	m.sums.Write(frame(nil).text(table).bytes(row))
	for i, b := range m.sums.Sum(nil) {
		s[i] ^= b
	}
}
