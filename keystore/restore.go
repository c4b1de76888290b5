package keystore

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/offauth/offauth/authn"
)

// Restoration says what Restore is to make of which snapshot.
type Restoration struct {
	// File is the snapshot.
	File string
	// Identity opens the key in it; without one the key comes from the vault
	// of the snapshot's world, which From gives.
	Identity *Identity
	From     func(kind Kind, id string) (Vault, error)
	// As is the new world's name, Kind its vault's kind, and To gives the
	// vault, as for Create.
	As   string
	Kind Kind
	To   func(id string) (Vault, error)
}

// Restore makes a world of a snapshot: a separate one, with an id and a key of
// its own, under which everything is sealed again, and whose records, numbered
// from 1, and generation begin again. All events come along. The world that
// the snapshot was made of is not touched, nor its generation: what was spent
// there since can be spent again here. The PINs are the same in both.
func (h Home) Restore(ctx context.Context, r Restoration) error {
	if err := checkName(r.As); err != nil {
		return err
	}
	keys, err := r.keys(ctx)
	if err != nil {
		return err
	}
	return h.Create(ctx, r.As, r.Kind, r.To, func(s authn.Store) error {
		return h.refill(ctx, s, r, keys)
	})
}

// keys finds the key of the snapshot, before anything is made.
func (r Restoration) keys(ctx context.Context) (*keyring, error) {
	switch info, err := os.Stat(r.File); {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fault(CodeSnapshotMissing, err, "there is no snapshot "+r.File)
	case err != nil:
		return nil, diskFault(err, "the snapshot cannot be read")
	case !info.Mode().IsRegular():
		return nil, snapshotDamaged(notRegular("open", r.File))
	}
	db, err := openReadOnly(r.File)
	if err != nil {
		return nil, snapshotFault(err)
	}
	defer db.Close()
	row, a, err := readAbout(ctx, db)
	if err != nil {
		return nil, snapshotFault(err)
	}
	var root []byte
	if r.Identity == nil {
		var vault Vault
		if vault, err = openVault(a.ID, a, r.From); err == nil {
			root, err = fetchKey(ctx, a.ID, a.ID, vault)
		}
	} else {
		var sealed metaRow
		if sealed, err = readMeta(ctx, db, metaKey); err != nil {
			return nil, fault(CodeSnapshotNoKey, ErrNoKey, "the snapshot was made without an identity")
		}
		root, err = keyIn(sealed, a.ID, r.Identity)
	}
	if err != nil {
		return nil, err
	}
	keys, err := newKeyring(root, a.ID)
	if err != nil {
		return nil, err
	}
	if err := row.check(keys.marker()); err != nil {
		return nil, snapshotFault(whose(ctx, db, keys, a.ID, err))
	}
	return keys, nil
}

// refill writes all that a snapshot holds into a new world. It works on a copy
// in the folder that the world is made in, as an older schema has to be brought
// up to date; a killed Restore's copy goes with that folder.
func (h Home) refill(ctx context.Context, to authn.Store, r Restoration, keys *keyring) error {
	path := filepath.Join(h.worlds(), newPrefix+r.As, "snapshot.db")
	if err := copyFile(r.File, path); err != nil {
		return diskFault(err, "the snapshot cannot be copied")
	}
	db, err := openDatabase(path)
	if err != nil {
		return snapshotFault(err)
	}
	from := &sqliteStore{name: r.As, db: db, keys: keys}
	err = from.migrate(ctx, migrations)
	if err == nil {
		err = from.view(ctx, func(rd *reader) error {
			if err := rd.verify(); err != nil {
				return snapshotFault(err)
			}
			return rd.pour(ctx, to)
		})
	}
	if err := errors.Join(err, db.Close()); err != nil {
		return snapshotFault(err)
	}
	for _, suffix := range []string{"", "-wal", "-shm", "-journal"} {
		if err := os.Remove(path + suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return diskFault(err, "the snapshot's copy cannot be deleted")
		}
	}
	return nil
}

// pour writes all that a reader reads into an empty store.
func (r *reader) pour(ctx context.Context, to authn.Store) error {
	records, err := r.Records("", "")
	if err != nil {
		return err
	}
	timers, err := r.Timers()
	if err != nil {
		return err
	}
	for i := range records {
		records[i].Version = 1
	}
	write := func(b authn.Batch) error {
		return to.Update(ctx, func(authn.Reader) (authn.Batch, error) { return b, nil })
	}
	if err := write(authn.Batch{Put: records, Set: timers}); err != nil {
		return err
	}
	return r.portions(func(events []authn.Event) error { return write(authn.Batch{Append: events}) })
}

// snapshotFault says of a world's fault that it is about a snapshot.
func snapshotFault(err error) error {
	if f, ok := authn.AsFault(err); ok && f.Code == CodeSnapshotDamaged {
		return err
	}
	for _, own := range []error{ErrDamaged, ErrForeign} {
		if errors.Is(err, own) {
			return snapshotDamaged(oneLine{err})
		}
	}
	return err
}

// copyFile copies into a file that must not be there yet, mode 0600.
func copyFile(from, to string) error {
	src, err := openRegular(from)
	if err != nil {
		return err
	}
	defer src.Close()
	dst, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(dst, src)
	return errors.Join(err, dst.Close())
}
