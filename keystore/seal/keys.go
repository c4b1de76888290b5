// Package seal has the keys of a world, the encryption and authentication with
// them, and the mark that identifies the newest state in the vault.
package seal

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
	"github.com/offauth/offauth/keystore"
)

// RootKeySize is the length of a world's root key, which is in the vault.
const RootKeySize = 32

// MACSize is the length of a row's authenticator. 128 bits are out of reach
// of guessing, and only the holder of the key checks a row.
const MACSize = 16

const nonceSize = 12

// Keys holds the keys that are derived from a root key, one for each use.
type Keys struct {
	ID    string
	aead  cipher.AEAD
	rows  []byte
	sums  []byte
	marks []byte
}

// NewKeys derives the keys of the world with an id.
func NewKeys(root []byte, id string) (*Keys, error) {
	if len(root) != RootKeySize {
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
	return &Keys{ID: id, aead: aead, rows: derive("rows"), sums: derive("sums"), marks: derive("marks")}, nil
}

// Frame is an unambiguous encoding: every part has its length, so no two rows
// have the same encoding.
type Frame []byte

func (f Frame) Text(s string) Frame {
	return append(binary.BigEndian.AppendUint64(f, uint64(len(s))), s...)
}

func (f Frame) Bytes(b []byte) Frame {
	return append(binary.BigEndian.AppendUint64(f, uint64(len(b))), b...)
}

func (f Frame) Number(n int64) Frame { return binary.BigEndian.AppendUint64(f, uint64(n)) }

// Seal encrypts with a random nonce, which it puts first. One key is safe for
// 2^32 calls; a world that changes every second reaches that in 136 years.
func (k *Keys) Seal(plain, bound []byte) []byte {
	out := make([]byte, nonceSize, nonceSize+len(plain)+k.aead.Overhead())
	rand.Read(out) // never fails
	return k.aead.Seal(out, out, plain, bound)
}

func (k *Keys) Open(sealed, bound []byte) ([]byte, error) {
	if len(sealed) < nonceSize {
		return nil, keystore.ErrDamaged
	}
	return k.aead.Open(nil, sealed[:nonceSize], sealed[nonceSize:], bound)
}

// SealRecord seals the secret half. The first byte reports whether there is one:
// a record without it is sealed all the same, for its public half's sake.
func (k *Keys) SealRecord(r authn.Record) []byte {
	plain := make([]byte, 1, 1+len(r.Secret))
	if r.Secret != nil {
		plain[0] = 1
		plain = append(plain, r.Secret...)
	}
	return k.Seal(plain, k.recordBound(r))
}

// OpenRecord sets r.Secret, or returns ErrDamaged if sealed was not made for
// this world, site, name, version and public half.
func (k *Keys) OpenRecord(r *authn.Record, sealed []byte) error {
	plain, err := k.Open(sealed, k.recordBound(*r))
	if err != nil || len(plain) == 0 || plain[0] > 1 || (plain[0] == 0 && len(plain) > 1) {
		return keystore.ErrDamaged
	}
	if r.Secret = nil; plain[0] == 1 {
		r.Secret = plain[1:]
	}
	return nil
}

func (k *Keys) recordBound(r authn.Record) []byte {
	public := sha256.Sum256(r.Public)
	return Frame(nil).Text("record").Text(k.ID).Text(string(r.Site)).Text(r.Name).Number(int64(r.Version)).Bytes(public[:])
}

// Authenticator makes and checks the authenticators of rows. It is used by one
// goroutine at a time.
type Authenticator struct {
	rows, sums hash.Hash
	id         string
}

func (k *Keys) Authenticator() *Authenticator {
	return &Authenticator{rows: hmac.New(sha256.New, k.rows), sums: hmac.New(sha256.New, k.sums), id: k.ID}
}

// MAC returns the authenticator of a row of a table.
func (m *Authenticator) MAC(table string, row Frame) []byte {
	m.rows.Reset()
	m.rows.Write(Frame(nil).Text(table).Text(m.id).Bytes(row))
	return m.rows.Sum(nil)[:MACSize]
}

// Check compares in constant time (rule A9).
func (m *Authenticator) Check(table string, row Frame, mac []byte) bool {
	return hmac.Equal(m.MAC(table, row), mac)
}

// Sum is a hash of a set of rows to which rows can be added and from which they
// can be removed in any order: the exclusive or of the keyed hashes of the
// rows. Sums are stored encrypted, so nobody without the key can search for
// other rows with the same sum.
type Sum [sha256.Size]byte

// Toggle adds a row to the set, or removes it.
func (s *Sum) Toggle(m *Authenticator, table string, row Frame) {
	m.sums.Reset()
	m.sums.Write(Frame(nil).Text(table).Bytes(row))
	for i, b := range m.sums.Sum(nil) {
		s[i] ^= b
	}
}
