package onespan

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/oath"
)

const (
	keySize     = 32 // of a hash key, a key on the way, a PIN's key
	dataKeySize = 16 // what a match releases, as OneSpan's
	tagSize     = entrySize - dataKeySize
)

// hasher makes the keyed hash of one-time passwords of one block. Key, value
// and password fill one block of SHA-256, so a hash is one compression; their
// length never varies, so nobody can lengthen a hash into another's.
type hasher struct {
	msg [keySize + 8 + oath.MaxDigits]byte
	end int
	// sums counts what was hashed: what a logon costs.
	sums int
}

// newHasher prepares the key of a block. It comes from the data's hash key and
// is bound to the header, so that no entry of one block fits another.
func newHasher(hashKey []byte, number uint64, h header, digits int) *hasher {
	var e authn.Encoder
	e.U64(number)
	e.Text(h.Serial)
	e.U64(uint64(h.Diversifier)<<32 | uint64(h.Start))
	x := &hasher{end: keySize + 8 + digits}
	copy(x.msg[:], authn.Derive(hashKey, "onespan block", e.Bytes(), keySize))
	return x
}

// sum returns the hash of the one-time password of a value.
func (x *hasher) sum(value uint64, otp []byte) [sha256.Size]byte {
	x.sums++
	binary.BigEndian.PutUint64(x.msg[keySize:], value)
	copy(x.msg[keySize+8:x.end], otp)
	return sha256.Sum256(x.msg[:x.end])
}

// recipe has all inputs of a block.
type recipe struct {
	header
	number           uint64
	digits           int
	seed             []byte
	hashKey, dataKey []byte
}

// job makes a block, encoded. It takes milliseconds, so it is not done under a
// lock; the hash key is random and new for each data, so the name that is made
// from it is nobody else's.
func (r recipe) job() authn.SlowJob {
	name := authn.Derive(r.hashKey, "onespan job", binary.BigEndian.AppendUint64(nil, uint64(r.Start)<<32|uint64(r.Count)),
		16)
	return authn.SlowJob{Key: fmt.Sprintf("onespan/%d/%x", r.number, name), Do: func() []byte { return r.make() }}
}

// make hashes every one-time password of the block. An entry has a tag, that
// tells whether a password may be the one, and the data key under a pad that
// only the password gives (O19, O20).
func (r recipe) make() []byte {
	otps, err := oath.NewHOTP(oath.SHA1, r.seed, r.digits)
	if err != nil {
		panic("onespan: " + err.Error()) // the server keeps no other seeds and lengths
	}
	x := newHasher(r.hashKey, r.number, r.header, r.digits)
	b := block{header: r.header, Entries: make([]byte, int(r.Count)*entrySize)}
	otp := make([]byte, 0, oath.MaxDigits)
	for i := range int(r.Count) {
		value := uint64(r.Start) + uint64(i)
		otp = otps.Append(otp[:0], value)
		sum := x.sum(value, otp)
		entry := b.Entries[i*entrySize : (i+1)*entrySize]
		copy(entry, sum[:tagSize])
		subtle.XORBytes(entry[tagSize:], sum[tagSize:entrySize], r.dataKey)
	}
	return b.encode()
}

// match is a value whose one-time password may have been typed, and the data key
// that it then releases.
type match struct {
	value   uint64
	dataKey []byte
}

// find looks for a password among the values from and to, both included, as
// far as the block has them. It hashes all of them whatever it finds (A9).
func (b block) find(x *hasher, otp string, from, to uint64) []match {
	var found []match
	first, last := uint64(b.Start), uint64(b.Start)+uint64(b.Count)
	for v := max(from, first); v <= to && v < last; v++ {
		sum := x.sum(v, []byte(otp))
		entry := b.Entries[(v-first)*entrySize:][:entrySize]
		if subtle.ConstantTimeCompare(entry[:tagSize], sum[:tagSize]) == 1 {
			m := match{value: v, dataKey: make([]byte, dataKeySize)}
			subtle.XORBytes(m.dataKey, sum[tagSize:entrySize], entry[tagSize:])
			found = append(found, m)
		}
	}
	return found
}

// payload is sealed with the data key: the static password (O20), and the hash
// of the server PIN (O33).
type payload struct {
	Password string
	PIN      pinHash
}

// saltSize is that of a payload's salt.
const saltSize = 16

// payloadKey is the key of one payload. The salt is drawn for each, as two
// worlds that were restored from one snapshot count the same revisions; so the
// nonce may be zero. A payload that was made before there was a salt has none.
func payloadKey(dataKey, bound, salt []byte) []byte {
	return authn.Derive(dataKey, "onespan payload", append(slices.Clone(bound), salt...), keySize)
}

func (p *payload) fields(f authn.Fields) {
	f.Text(&p.Password)
	f.Block(&p.PIN.Key, &p.PIN.Hash)
}

// seal encrypts a payload.
func (p payload) seal(dataKey, bound, salt []byte) []byte {
	var e authn.Encoder
	p.fields(e.Fields())
	return gcm(payloadKey(dataKey, bound, salt)).Seal(nil, make([]byte, 12), e.Bytes(), bound)
}

// openPayload undoes seal. False means that it was not the data key: the
// password only looked like a right one by its tag.
func openPayload(dataKey, sealed, bound, salt []byte) (payload, bool) {
	plain, err := gcm(payloadKey(dataKey, bound, salt)).Open(nil, make([]byte, 12), sealed, bound)
	if err != nil {
		return payload{}, false
	}
	var p payload
	d := authn.NewDecoder(plain)
	p.fields(d.Fields())
	return p, d.Close() == nil
}

// payloadBound returns the associated data of a payload: its owner, its data and
// its revision.
func payloadBound(workstation, user, serial string, number, revision uint64) []byte {
	var e authn.Encoder
	e.Text(workstation)
	e.Text(user)
	e.Text(serial)
	e.U64(number)
	e.U64(revision)
	return e.Bytes()
}

// partKey is the key of one block on its way; a part is sealed once.
func partKey(transport []byte, number uint64, part int) []byte {
	return authn.Derive(transport, "onespan part",
		binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(nil, number), uint64(part)), keySize)
}

func sealPart(transport []byte, number uint64, part int, plain []byte) []byte {
	return gcm(partKey(transport, number, part)).Seal(nil, make([]byte, 12), plain, nil)
}

func openPart(transport []byte, number uint64, part int, sealed []byte) ([]byte, bool) {
	plain, err := gcm(partKey(transport, number, part)).Open(nil, make([]byte, 12), sealed, nil)
	return plain, err == nil
}

func gcm(key []byte) cipher.AEAD {
	b, err := aes.NewCipher(key)
	if err != nil {
		panic("onespan: aes: " + err.Error()) // only a key that is not 32 bytes can do it
	}
	aead, err := cipher.NewGCM(b)
	if err != nil {
		panic("onespan: gcm: " + err.Error())
	}
	return aead
}
