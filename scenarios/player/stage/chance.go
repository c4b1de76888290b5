package stage

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"io"

	"github.com/offauth/offauth/authn"
)

// chance gives every site and purpose a random stream of its own, of the seed
// and of how often it was drawn from alone: a step more in one place shifts
// nothing in another.
type chance struct {
	mac   hash.Hash
	draws map[drawKey]uint64
}

type drawKey struct {
	site    authn.Site
	purpose string
}

func newChance(seed int64) *chance {
	var key [8]byte
	binary.BigEndian.PutUint64(key[:], uint64(seed)) //nolint:gosec // the bits are all that matters
	return &chance{mac: hmac.New(sha256.New, key[:]), draws: map[drawKey]uint64{}}
}

// stream implements sim.Config's Rand.
func (c *chance) stream(site authn.Site, purpose string) io.Reader {
	return drawing{c, drawKey{site, purpose}}
}

type drawing struct {
	*chance
	key drawKey
}

// Read implements io.Reader. Each call is one draw; it never fails.
func (d drawing) Read(p []byte) (int, error) {
	n := d.draws[d.key]
	d.draws[d.key] = n + 1
	for at, block := 0, uint64(0); at < len(p); block++ {
		d.mac.Reset()
		name := make([]byte, 0, 64)
		name = append(append(append(append(name, d.key.purpose...), 0), d.key.site...), 0)
		name = binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(name, n), block)
		d.mac.Write(name)
		at += copy(p[at:], d.mac.Sum(nil))
	}
	return len(p), nil
}
