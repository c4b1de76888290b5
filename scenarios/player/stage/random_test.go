package stage

import (
	"bytes"
	"testing"

	"github.com/offauth/offauth/authn"
)

// draw reads n bytes of a stream after some other draws.
func draw(seed int64, before int, site, purpose string, n int) []byte {
	c := newRandomStreams(seed)
	b := make([]byte, n)
	for range before + 1 {
		_, _ = c.stream(authn.Site(site), purpose).Read(b)
	}
	return b
}

// A draw from one stream changes no other stream, and every name has its own.
func TestStreamsDependOnSeedNameAndDrawsAlone_A8(t *testing.T) {
	t.Parallel()
	seen := map[string]string{}
	for _, s := range []struct {
		seed          int64
		before        int
		site, purpose string
	}{{1, 0, "server", "a"}, {2, 0, "server", "a"}, {1, 1, "server", "a"}, {1, 0, "phone/x", "a"}, {1, 0, "server", "b"},
		{1, 0, "serv", "era"}} {
		one, two := draw(s.seed, s.before, s.site, s.purpose, 80), draw(s.seed, s.before, s.site, s.purpose, 80)
		if !bytes.Equal(one, two) || bytes.Equal(one[:32], one[32:64]) {
			t.Errorf("%+v: %x, %x", s, one, two)
		}
		if other := seen[string(one[:16])]; other != "" {
			t.Errorf("%+v is that of %s", s, other)
		}
		seen[string(one[:16])] = s.site + " " + s.purpose
	}
}
