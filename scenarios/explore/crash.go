package explore

import (
	"context"
	"errors"

	"github.com/offauth/offauth/authn"
)

// errCrash is what a store answers when the process has died.
var errCrash = errors.New("the process died")

// mortal is a store under which the process can die, in the next Update: at 1
// before its batch is on disk, at 2 after.
type mortal struct {
	authn.Store
	at   int
	died bool
}

// Update implements authn.Store.
func (m *mortal) Update(ctx context.Context, change func(authn.Reader) (authn.Batch, error)) error {
	at := m.at
	if at == 0 {
		return m.Store.Update(ctx, change)
	}
	err := m.Store.Update(ctx, func(r authn.Reader) (authn.Batch, error) {
		batch, err := change(r)
		if err == nil && at == 1 {
			return authn.Batch{}, errCrash
		}
		return batch, err
	})
	switch {
	case err == nil:
		m.at, m.died = 0, true
		return errCrash
	case errors.Is(err, errCrash):
		m.at, m.died = 0, true
	}
	return err
}

// forker is a store that can be copied.
type forker interface{ Fork() authn.Store }
