package worlds

import (
	"context"
	"errors"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/keystore"
	"github.com/offauth/offauth/keystore/seal"
	"github.com/offauth/offauth/keystore/sqlite"
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
func (h Home) Repair(ctx context.Context, name string, open keystore.Opener, wipe func(authn.Store) error) error {
	w, err := h.Open(ctx, name, open)
	if err != nil {
		return err
	}
	defer w.Close()
	err = w.following(func() error { return w.repair(ctx, wipe) })
	return keystore.NameWorld(err, name)
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
	if err := wipe(unguarded{w.db}); err != nil {
		return err
	}
	var now seal.Mark
	_, err = w.db.Write(ctx, func(w *sqlite.Writer) (bool, error) {
		at := w.Mark()
		generation, prev := at.Generation, at.Tag
		if m != nil {
			// It goes on from the vault's mark: should we be killed before the
			// vault knows, it is one step behind, which is nothing unusual.
			generation, prev = max(generation, m.Generation), m.Tag
		}
		err := w.Raise(generation+1, prev)
		now = w.Mark()
		return err == nil, err
	})
	if err != nil {
		return err
	}
	return w.guard.keepMark(ctx, now)
}

// soundness returns the vault's mark, nil if there is none that can be read, and
// reports whether the world agrees with it.
func (w *World) soundness(ctx context.Context) (m *seal.Mark, sound bool, err error) {
	m, err = w.guard.readUnderLock(ctx)
	garbage := keystore.IsDamagedItem(err)
	if err != nil && !garbage {
		return nil, false, keystore.VaultFault(err, w.name, keystore.GenItem(w.ID()))
	}
	err = w.db.Read(ctx, func(r *sqlite.Reader) error {
		if err := w.guard.checkVault(r); err != nil {
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

// mendable reports whether Repair can fix an error.
func mendable(err error) bool {
	return errors.Is(err, keystore.ErrRolledBack) || errors.Is(err, seal.ErrNoMark)
}

// unguarded is the store that is given to wipe: it reads and writes the state
// that was put back. Its writes do not raise the generation, so that none of
// them can bring the world to where it would no longer be refused.
type unguarded struct{ db *sqlite.Database }

var _ authn.Store = unguarded{}

// View implements authn.Store.
func (s unguarded) View(ctx context.Context, read func(authn.Reader) error) error {
	return s.db.Read(ctx, func(r *sqlite.Reader) error { return read(r) })
}

// Update implements authn.Store. The lock is held already.
func (s unguarded) Update(ctx context.Context, change func(authn.Reader) (authn.Batch, error)) error {
	_, err := s.db.Write(ctx, func(w *sqlite.Writer) (bool, error) {
		batch, err := change(w.Reader)
		if err != nil || batch.Empty() {
			return false, err
		}
		return true, w.Amend(batch)
	})
	return err
}

// Adopt lets a world have the name of the folder that it lies in, after that
// was renamed. A copy is not adopted while the world itself is there: the two
// would have one state in the vault, so that each change in one would leave the
// other behind. It reports whether there was anything to do.
func (h Home) Adopt(ctx context.Context, name string, open keystore.Opener) (adopted bool, err error) {
	if err := checkName(name); err != nil {
		return false, err
	}
	a, err := aboutOf(ctx, h.WorldDir(name))
	if err != nil {
		return false, keystore.NameWorld(err, name)
	}
	list, err := h.List()
	if err != nil {
		return false, err
	}
	for _, other := range list {
		if other.Name != name && other.ID == a.ID {
			return false, copyFault(name, other.Name)
		}
	}
	at, err := findFolder(h.WorldDir(name))
	if err != nil || at == nil {
		return false, noWorld(name)
	}
	w, err := h.openFolder(ctx, name, at, open)
	if err != nil {
		return false, keystore.NameWorld(err, name)
	}
	defer w.Close()
	err = w.following(func() error {
		adopted, err = w.adopt(ctx, name)
		return err
	})
	return adopted, keystore.NameWorld(err, name)
}

// copyFault is about a copy of a world that is there.
func copyFault(name, other string) error {
	return &authn.Fault{
		Code:    keystore.CodeRenamed,
		Message: "the folder " + name + " is a copy of the world " + other + ", which is there too",
		Hints: []string{
			"offauth world snapshot FILE --world " + other,
			"offauth world restore FILE --as NEWNAME",
			"offauth world delete " + name,
		},
		Err: keystore.ErrRenamed,
	}
}

// adopt writes the name, if the database is in its newest state.
func (w *World) adopt(ctx context.Context, name string) (adopted bool, err error) {
	release, err := w.take(ctx)
	if err != nil {
		return false, err
	}
	defer release()
	return w.db.Write(ctx, func(wr *sqlite.Writer) (bool, error) {
		if err := w.guard.admit(ctx, wr.Reader); err != nil {
			return false, err
		}
		a, err := wr.About()
		if err != nil || a.Name == name {
			return false, err
		}
		a.Name = name
		return true, wr.SetAbout(a)
	})
}
