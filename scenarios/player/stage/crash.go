package stage

import (
	"context"
	"errors"

	"github.com/offauth/offauth/authn"
)

// errCrash is what the store says of a write in which the process died.
var errCrash = errors.New("the process died")

// The moments at which an Action can die: an Action is one write.
const (
	BeforeDisk = 1 // before its batch is on disk
	BeforeTold = 2 // after it is on disk, before it is told
)

// crashing is a store that one armed write dies in.
type crashing struct {
	authn.Store
	// armed is one of the moments, or 0.
	armed int
}

// Update implements authn.Store. A change that comes to nothing by itself is
// no write, and leaves the crash armed.
func (s *crashing) Update(ctx context.Context, change func(authn.Reader) (authn.Batch, error)) error {
	if s.armed != BeforeDisk {
		err := s.Store.Update(ctx, change)
		if err == nil && s.armed == BeforeTold {
			s.armed = 0
			return errCrash
		}
		return err
	}
	return s.Store.Update(ctx, func(r authn.Reader) (authn.Batch, error) {
		if _, err := change(r); err != nil {
			return authn.Batch{}, err
		}
		s.armed = 0
		return authn.Batch{}, errCrash
	})
}
