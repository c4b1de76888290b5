package keystore

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"

	"github.com/offauth/offauth/authn"
)

// sqliteStore keeps one world in a database.
type sqliteStore struct {
	name string
	db   *sql.DB
	lock *fileLock
	keys *keyring
	// guard is nil while the world is being made: its generation reaches the
	// vault when it is whole.
	guard *guard
	// at is the folder that it was opened in, or nil.
	at *place
}

var _ authn.Store = (*sqliteStore)(nil)

// View implements authn.Store. Readers and the writer have connections of
// their own, and in WAL mode neither waits for the other.
//
// A world that was put back to an earlier state is refused here too: what it
// would show was told before, but is no longer true. The first View of an open
// world asks the vault, later ones compare with what is known by then.
func (s *sqliteStore) View(ctx context.Context, read func(authn.Reader) error) error {
	for {
		again, err := s.followed(s.guardedView(ctx, read))
		if !again {
			return err
		}
	}
}

func (s *sqliteStore) guardedView(ctx context.Context, read func(authn.Reader) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if s.guard == nil {
		return s.view(ctx, func(r *reader) error { return read(r) })
	}
	// First the vault: from then on the world may move on, never back.
	known, err := s.guard.known(ctx)
	if err != nil {
		return vaultFault(err, s.name, genItem(s.guard.id))
	}
	return s.view(ctx, func(r *reader) error {
		if known == nil { // perhaps it lies elsewhere by now
			if err := s.guard.stays(r); err != nil {
				return err
			}
		}
		if _, err := s.guard.judge(r, known); err != nil {
			return err
		}
		return read(r)
	})
}

// view reads a consistent state, whichever it is.
func (s *sqliteStore) view(ctx context.Context, read func(*reader) error) error {
	tx, err := begin(ctx, s.db, toRead)
	if err != nil {
		return storageFault(err, "the world cannot be read")
	}
	defer tx.end()
	r, err := s.reader(ctx, tx)
	if err != nil {
		return err
	}
	return read(r)
}

// Update implements authn.Store. What was begun is rolled back when change
// fails or panics; ctx ends it as long as nothing has been committed.
//
// The vault learns of the change before the caller does: if that fails, the
// change is there, and the fault vault_write_failed says that nobody was told.
//
// A keyring answers in another process. So it is asked which state is the
// newest while change works on the one that is there; if that is another, what
// change made of it is dropped before anything is written.
func (s *sqliteStore) Update(ctx context.Context, change func(authn.Reader) (authn.Batch, error)) error {
	for {
		again, err := s.followed(s.guardedUpdate(ctx, change))
		if !again {
			return err
		}
	}
}

func (s *sqliteStore) guardedUpdate(ctx context.Context, change func(authn.Reader) (authn.Batch, error)) error {
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
	var now mark
	changed, err := s.transact(ctx, func(w *writer) (bool, error) {
		batch, err := s.admitted(ctx, w.reader, change)
		if err != nil || batch.Empty() {
			return false, err
		}
		err = w.update(batch)
		now = w.mark()
		return err == nil, err
	})
	if err != nil || !changed || s.guard == nil {
		return err
	}
	return s.guard.tell(ctx, now)
}

// admitted works out a change of the newest state that there is.
func (s *sqliteStore) admitted(ctx context.Context, r *reader, change func(authn.Reader) (authn.Batch, error)) (authn.Batch, error) {
	if s.guard != nil {
		if err := s.guard.admit(ctx, r); err != nil {
			return authn.Batch{}, err
		}
	}
	return changed(ctx, r, change)
}

// changed works out a change, unless ctx has ended.
func changed(ctx context.Context, r *reader, change func(authn.Reader) (authn.Batch, error)) (authn.Batch, error) {
	batch, err := change(r)
	if err == nil {
		err = ctx.Err()
	}
	return batch, err
}

// take takes the lock of the world's folder, and that of its id, as there may
// be two folders with this world. It returns what gives both back.
func (s *sqliteStore) take(ctx context.Context) (release func(), err error) {
	folder, err := s.lock.take(ctx)
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

// transact writes in a transaction; the caller has the lock. do reports whether
// there is anything to commit.
func (s *sqliteStore) transact(ctx context.Context, do func(*writer) (bool, error)) (changed bool, err error) {
	tx, err := begin(ctx, s.db, toWrite)
	if err != nil {
		return false, storageFault(err, "the world cannot be written")
	}
	defer tx.end()
	r, err := s.reader(ctx, tx)
	if err != nil {
		return false, err
	}
	if changed, err = do(&writer{r}); err != nil || !changed {
		return false, err
	}
	return true, storageFault(tx.commit(), "the change cannot be written")
}

// followed goes after a world that was moved to another vault meanwhile, and
// says that it is to be tried again. A world that was deleted looks like much
// else, such as a vault without its items.
func (s *sqliteStore) followed(err error) (again bool, _ error) {
	var moved errMovedVault
	if !errors.As(err, &moved) {
		if _, ok := authn.AsFault(err); ok && s.at != nil {
			if err = whyBusy(err, s.at.path); !s.at.stays() {
				return false, worldDeleted(s.name)
			}
		}
		return false, err
	}
	if err := s.guard.follow(moved.to); err != nil {
		return false, err
	}
	return true, nil
}

func worldDeleted(name string) error {
	return worldFault(CodeNoWorld, name, ErrNoWorld, "the world "+name+" was deleted")
}

// Close returns the database back; the last process to close it also empties
// its write-ahead log.
func (s *sqliteStore) Close() error {
	return storageFault(s.db.Close(), "the world cannot be closed")
}

// lockFault says why a world's lock could not be had.
func lockFault(err error, world string) error {
	if errors.Is(err, errMoved) || errors.Is(err, fs.ErrNotExist) {
		return worldDeleted(world)
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return diskFault(err, "the world cannot be locked")
}
