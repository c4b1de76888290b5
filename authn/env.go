package authn

import (
	"io"
	"time"
)

// Env is the core's only access to time and randomness. No package under authn
// reads a clock or a random source in any other way, so a test or a scenario
// that fixes both is deterministic (rule A8).
type Env struct {
	// Now returns the time by this site's clock, its skew included.
	Now func() time.Time
	// Rand returns the stream of random bytes for one purpose, such as
	// "hypr.pins". Streams of different purposes are independent, so an added
	// draw for one purpose never shifts the bytes of another.
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
