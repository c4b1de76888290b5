package worlds

import (
	"context"
	"errors"
	"io/fs"
	"path/filepath"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/keystore"
	"github.com/offauth/offauth/keystore/disk"
	"github.com/offauth/offauth/keystore/seal"
	"github.com/offauth/offauth/keystore/sqlite"
)

// store keeps one world in a database, under its lock.
type store struct {
	name string
	db   *sqlite.Database
	lock *disk.Lock
	// guard is nil while the world is being made: its generation reaches the
	// vault when it is whole.
	guard *guard
	// at is the folder that it was opened in, or nil.
	at *folder
}

var _ authn.Store = (*store)(nil)

// View implements authn.Store; it does not wait for an Update.
//
// A world that was put back to an earlier state is refused here too: what it
// would show was told before, but is no longer true. The first View of an open
// world asks the vault, later ones compare with what is known by then.
func (s *store) View(ctx context.Context, read func(authn.Reader) error) error {
	return s.following(func() error { return s.guardedView(ctx, read) })
}

func (s *store) guardedView(ctx context.Context, read func(authn.Reader) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if s.guard == nil {
		return s.db.Read(ctx, func(r *sqlite.Reader) error { return read(r) })
	}
	// First the vault: from then on the world may move on, never back.
	known, err := s.guard.known(ctx)
	if err != nil {
		return keystore.VaultFault(err, s.name, keystore.GenItem(s.guard.id))
	}
	return s.db.Read(ctx, func(r *sqlite.Reader) error {
		if known == nil { // perhaps it lies elsewhere by now
			if err := s.guard.checkVault(r); err != nil {
				return err
			}
		}
		if _, err := s.guard.judge(r, known); err != nil {
			return err
		}
		return read(r)
	})
}

// Update implements authn.Store. What was begun is rolled back when change
// fails or panics; ctx ends it as long as nothing has been committed.
//
// The vault learns of the change before the caller does: if that fails, the
// change is on disk, and the error is the fault vault_write_failed.
func (s *store) Update(ctx context.Context, change func(authn.Reader) (authn.Batch, error)) error {
	return s.following(func() error { return s.guardedUpdate(ctx, change) })
}

func (s *store) guardedUpdate(ctx context.Context, change func(authn.Reader) (authn.Batch, error)) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if s.guard != nil {
		if err := s.guard.wake(ctx); err != nil {
			return err
		}
	}
	release, err := s.take(ctx)
	if err != nil {
		return err
	}
	defer release()
	var now seal.Mark
	changed, err := s.db.Write(ctx, func(w *sqlite.Writer) (bool, error) {
		batch, err := s.admitted(ctx, w.Reader, change)
		if err != nil || batch.Empty() {
			return false, err
		}
		err = w.Update(batch)
		now = w.Mark()
		return err == nil, err
	})
	if err != nil || !changed || s.guard == nil {
		return err
	}
	return s.guard.keepMark(ctx, now)
}

// admitted calls change once the guard admits the state that it will see, and
// returns ctx's error if ctx has ended meanwhile.
func (s *store) admitted(
	ctx context.Context, r *sqlite.Reader, change func(authn.Reader) (authn.Batch, error),
) (authn.Batch, error) {
	if s.guard != nil {
		if err := s.guard.admit(ctx, r); err != nil {
			return authn.Batch{}, err
		}
	}
	batch, err := change(r)
	if err == nil {
		err = ctx.Err()
	}
	return batch, err
}

// take takes the lock of the world's folder, and that of its id, as there may
// be two folders with this world. release gives both back.
func (s *store) take(ctx context.Context) (release func(), err error) {
	folder, err := s.lock.Take(ctx)
	if err != nil {
		return nil, lockFault(err, s.name)
	}
	if s.guard == nil {
		return folder, nil
	}
	id, err := s.guard.take(ctx)
	if err != nil {
		folder()
		return nil, err
	}
	return func() { id(); folder() }, nil
}

// following calls do, and again each time the world turns out to have been moved
// to another vault. It also names a world that was deleted meanwhile, which looks
// like other faults, such as a vault without its items.
func (s *store) following(do func() error) error {
	for {
		err := do()
		var moved errMovedVault
		if errors.As(err, &moved) {
			if err := s.guard.follow(moved.to); err != nil {
				return err
			}
			continue
		}
		if _, ok := authn.AsFault(err); ok && s.at != nil {
			if err = disk.WhyBusy(err, filepath.Join(s.at.path, lockName)); !s.at.unchanged() {
				return worldDeleted(s.name)
			}
		}
		return err
	}
}

func worldDeleted(name string) error {
	return keystore.WorldFault(keystore.CodeNoWorld, name, keystore.ErrNoWorld, "the world "+name+" was deleted")
}

// Close closes the world; the last process to close it also empties the
// database's write-ahead log.
func (s *store) Close() error { return s.db.Close() }

// lockFault returns the fault of a world's lock that could not be taken.
func lockFault(err error, world string) error {
	if errors.Is(err, disk.ErrMoved) || errors.Is(err, fs.ErrNotExist) {
		return worldDeleted(world)
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return disk.Fault(err, "the world cannot be locked")
}
