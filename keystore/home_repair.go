package keystore

import (
	"context"
	"errors"

	"github.com/offauth/offauth/authn"
)

// Repair lets a world that was rolled back go on from the state that it is in.
// wipe deletes what must not be used twice, in the store that it is given, and
// then the generation is set above all that the database and the vault know
// of. Until the end the world is refused as before, so a Repair that was
// killed, or whose wipe fails, is simply done again.
//
// The vault's generation being gone or garbage is mended in the same way,
// since nobody knows then whether the world was rolled back. In a sound world
// wipe is not called. Everything is read first, and damage is told and stays.
func (h Home) Repair(ctx context.Context, name string, open Opener, wipe func(authn.Store) error) error {
	w, err := h.Open(ctx, name, open)
	if err != nil {
		return err
	}
	defer w.Close()
	err = w.following(func() error { return w.repair(ctx, wipe) })
	return nameWorld(err, name)
}

func (w *World) repair(ctx context.Context, wipe func(authn.Store) error) error {
	if err := w.guard.wake(ctx); err != nil {
		return err
	}
	release, err := w.take(ctx)
	if err != nil {
		return err
	}
	defer release()
	m, sound, err := w.soundness(ctx)
	if err != nil || sound {
		return err
	}
	if err := wipe(wiping{w.db}); err != nil {
		return err
	}
	var now mark
	_, err = w.db.Write(ctx, func(w *writer) (bool, error) {
		at := w.Mark()
		generation, prev := at.generation, at.tag
		if m != nil {
			// It goes on from the vault's mark: should we be killed before the
			// vault knows, it is one step behind, which is nothing unusual.
			generation, prev = max(generation, m.generation), m.tag
		}
		err := w.Raise(generation+1, prev)
		now = w.Mark()
		return err == nil, err
	})
	if err != nil {
		return err
	}
	return w.guard.tell(ctx, now)
}

// soundness returns the vault's mark, nil if there is none that can be read, and
// reports whether the world agrees with it.
func (w *World) soundness(ctx context.Context) (m *mark, sound bool, err error) {
	m, err = w.guard.readUnderLock(ctx)
	garbage := isGarbage(err)
	if err != nil && !garbage {
		return nil, false, vaultFault(err, w.name, genItem(w.ID()))
	}
	err = w.db.Read(ctx, func(r *reader) error {
		if err := w.guard.stays(r); err != nil {
			return err
		}
		_, judged := w.guard.judge(r, m)
		if judged == nil || mendable(judged) {
			if err := r.Verify(); err != nil {
				return err // nothing that is done here would mend that
			}
		}
		return judged
	})
	if mendable(err) || garbage && err == nil {
		return m, false, nil
	}
	return m, err == nil, err
}

// mendable reports whether an error is what Repair is for.
func mendable(err error) bool { return errors.Is(err, ErrRolledBack) || errors.Is(err, errNoMark) }

// wiping is the store that is given to wipe: it reads and writes the state
// that was put back. Its writes do not raise the generation, so that none of
// them can bring the world to where it would no longer be refused.
type wiping struct{ db *Database }

var _ authn.Store = wiping{}

// View implements authn.Store.
func (s wiping) View(ctx context.Context, read func(authn.Reader) error) error {
	return s.db.Read(ctx, func(r *reader) error { return read(r) })
}

// Update implements authn.Store. The lock is held already.
func (s wiping) Update(ctx context.Context, change func(authn.Reader) (authn.Batch, error)) error {
	_, err := s.db.Write(ctx, func(w *writer) (bool, error) {
		batch, err := change(w.reader)
		if err != nil || batch.Empty() {
			return false, err
		}
		return true, w.Amend(batch)
	})
	return err
}
