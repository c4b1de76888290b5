package stage

import (
	"context"
	"errors"

	"github.com/offauth/offauth/authn"
)

// errCrash is returned by a write in which the process dies.
var errCrash = errors.New("the process died")

// The moments at which the process can die in an Action, which is one write.
const (
	BeforeDisk = 1 // before its batch is on disk
	BeforeTold = 2 // after that, but before the caller gets the outcome
)

// crashStore is a store in which the process dies at the next write if it is armed.
type crashStore struct {
	authn.Store
	// armed is one of the moments, or 0.
	armed int
}

// Update implements authn.Store. A change that fails by itself is not a write, and
// leaves the crash armed.
func (s *crashStore) Update(ctx context.Context, change func(authn.Reader) (authn.Batch, error)) error {
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
