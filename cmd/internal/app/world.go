package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/sim"
	"github.com/offauth/offauth/keystore"
	"github.com/offauth/offauth/keystore/worlds"
)

// World is an open world under its name.
type World struct {
	*sim.World
	// Name is what the user calls it, Store where it is kept.
	Name  string
	Store Store
}

// Store is where an open world is kept: a worlds.World.
type Store interface {
	authn.Store
	Watch(context.Context) (*worlds.Watch, error)
	Verify(context.Context) error
	Generation(context.Context) (uint64, error)
	ID() string
	VaultKind() keystore.Kind
	CreatedAt() time.Time
	Close() error
}

// Within opens the world that the flags mean, does something in it and closes
// it. An error without an Action is about that world all the same.
func (d *Deps) Within(ctx context.Context, do func(*World) error) error {
	w, err := openWorld(ctx, d)
	if err != nil {
		return err
	}
	err = do(w)
	if err != nil {
		var f *Failure
		if !errors.As(err, &f) {
			err = &Failure{World: w.Name, Err: err}
		}
		// What closing says besides would hide why the command failed.
		_ = w.Store.Close()
		return err
	}
	return w.Store.Close()
}

// Act applies one Action and keeps, with an error, what it left behind.
func (w *World) Act(ctx context.Context, a authn.Action) (authn.Outcome, error) {
	out, err := w.Apply(ctx, a)
	if err != nil {
		return out, &Failure{World: w.Name, Outcome: out, Err: err}
	}
	return out, nil
}

// ResultOf returns the result that an Action of this kind always has.
func ResultOf[R any](out authn.Outcome) (R, error) {
	r, ok := out.Result.(R)
	if !ok {
		return r, fmt.Errorf("the result is a %T, not a %T", out.Result, r)
	}
	return r, nil
}
