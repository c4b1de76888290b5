package stage

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"io"

	"github.com/offauth/offauth/authn"
)

// randomStreams gives every site and purpose its own random stream, which depends
// only on the seed and the number of earlier draws from it. An additional step of
// one actor does not change the streams of another.
type randomStreams struct {
	mac   hash.Hash
	draws map[drawKey]uint64
}

type drawKey struct {
	site    authn.Site
	purpose string
}

func newRandomStreams(seed int64) *randomStreams {
	var key [8]byte
	binary.BigEndian.PutUint64(key[:], uint64(seed)) //nolint:gosec // only the bits matter
	return &randomStreams{mac: hmac.New(sha256.New, key[:]), draws: map[drawKey]uint64{}}
}

// stream implements sim.Config's Rand.
func (c *randomStreams) stream(site authn.Site, purpose string) io.Reader {
	return randomStream{c, drawKey{site, purpose}}
}

type randomStream struct {
	*randomStreams
	key drawKey
}

// Read implements io.Reader. Each call is one draw; it never fails.
func (d randomStream) Read(p []byte) (int, error) {
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
