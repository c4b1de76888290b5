package authn

import (
	"io"
	"time"
)

// Env is all that the core may know of the world outside: what time it is,
// and where chance comes from. Nothing below authn reads a clock or a random
// source in any other way, so a test or a scenario that fixes both fixes
// everything (rule A8).
type Env struct {
	// Now is the reading of this site's clock, its skew included.
	Now func() time.Time
	// Rand returns the stream of random bytes for one purpose, such as
	// "hypr.pins". Streams of different purposes are independent, so a draw
	// that is added in one place never shifts another's.
	Rand func(purpose string) io.Reader
}

// Draw reads n bytes of the stream for purpose. An error means that the
// source of randomness failed, which is a fault and never a refusal.
func (e Env) Draw(purpose string, n int) ([]byte, error) {
	b := make([]byte, n)
	if _, err := io.ReadFull(e.Rand(purpose), b); err != nil {
		return nil, err
	}
	return b, nil
}
