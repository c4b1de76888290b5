package keystoretest

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/offauth/offauth/authn"
)

var errMine = errors.New("my own error")

func storeRollsBack(t *testing.T, o Opener) {
	s := o.Open(t)
	err := s.Update(t.Context(), func(authn.Reader) (authn.Batch, error) {
		return authn.Batch{Put: []authn.Record{{Site: "server", Name: "r", Version: 1}}}, errMine
	})
	equal(t, err, errMine)
	equal(t, s.View(t.Context(), func(authn.Reader) error { return errMine }), errMine)
	isEmpty(t, s)
	equal(t, try(t, s, authn.Batch{}), nil)
}

func storePanics(t *testing.T, o Opener) {
	handles := o.handles(t)
	for range 2 {
		func() {
			defer func() { equal(t, recover(), any("boom")) }()
			_ = handles[0].Update(t.Context(), func(authn.Reader) (authn.Batch, error) { panic("boom") })
		}()
	}
	for _, s := range handles {
		isEmpty(t, s)
	}
	update(t, handles[len(handles)-1], authn.Batch{Put: []authn.Record{{Site: "server", Name: "r", Version: 1}}})
}

func storeCancelled(t *testing.T, o Opener) {
	handles := o.handles(t)
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	none := func(authn.Reader) (authn.Batch, error) {
		t.Error("change was called")
		return authn.Batch{}, nil
	}
	for _, s := range handles {
		equal(t, s.Update(cancelled, none), context.Canceled)
		equal(t, s.View(cancelled, func(authn.Reader) error { return errMine }), context.Canceled)
	}
	// A waiter for the lock returns when its context ends.
	err := handles[0].Update(t.Context(), func(authn.Reader) (authn.Batch, error) {
		for _, s := range handles {
			ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
			equal(t, s.Update(ctx, none), context.DeadlineExceeded)
			cancel()
		}
		return authn.Batch{}, nil
	})
	equal(t, err, nil)
	// A context that ends during the change undoes it.
	ctx, cancel := context.WithCancel(t.Context())
	err = handles[0].Update(ctx, func(authn.Reader) (authn.Batch, error) {
		cancel()
		return authn.Batch{Append: []authn.Event{{Seq: 1, At: day}}}, nil
	})
	equal(t, err, context.Canceled)
	for _, s := range handles {
		isEmpty(t, s)
		equal(t, try(t, s, authn.Batch{}), nil)
	}
}
