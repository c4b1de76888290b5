package explore

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"io"
	"maps"

	"github.com/offauth/offauth/authn"
)

// streams are the random bytes of a world: HMAC-SHA-256 under the seed, of
// purpose, site and how often that site drew for that purpose. So a step that
// is cut out shifts nobody else's bytes.
type streams struct {
	seed int64
	n    map[streamKey]uint64
}

type streamKey struct {
	site    authn.Site
	purpose string
}

func newStreams(seed int64) *streams { return &streams{seed: seed, n: map[streamKey]uint64{}} }

// fork returns streams that go on from here by themselves.
func (s *streams) fork() *streams { return &streams{seed: s.seed, n: maps.Clone(s.n)} }

// rand is sim.Config.Rand.
func (s *streams) rand(site authn.Site, purpose string) io.Reader {
	key := streamKey{site, purpose}
	s.n[key]++
	var seed [8]byte
	binary.BigEndian.PutUint64(seed[:], uint64(s.seed))
	head := append(append([]byte(purpose), 0), site...)
	head = binary.BigEndian.AppendUint64(append(head, 0), s.n[key])
	return &stream{key: seed[:], head: head}
}

// stream is one draw, block after block.
type stream struct {
	key, head []byte
	block     uint64
	left      []byte
}

// Read implements io.Reader.
func (s *stream) Read(p []byte) (int, error) {
	if len(s.left) == 0 {
		mac := hmac.New(sha256.New, s.key)
		mac.Write(binary.BigEndian.AppendUint64(s.head[:len(s.head):len(s.head)], s.block))
		s.block++
		s.left = mac.Sum(nil)
	}
	n := copy(p, s.left)
	s.left = s.left[n:]
	return n, nil
}
