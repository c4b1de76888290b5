package worlds

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/keystore"
	"github.com/offauth/offauth/keystore/disk"
	"github.com/offauth/offauth/keystore/seal"
	"github.com/offauth/offauth/keystore/sqlite"
	"github.com/offauth/offauth/keystore/vault"
)

// Restoration is what Restore makes of which snapshot.
type Restoration struct {
	// File is the snapshot.
	File string
	// Identity opens the key in it; without one the key comes from the vault
	// of the snapshot's world, which From opens.
	Identity *vault.Identity
	From     keystore.Opener
	// As is the new world's name, Kind its vault's kind, and To opens the
	// vault, as for Create.
	As   string
	Kind keystore.Kind
	To   func(id string) (keystore.Vault, error)
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
func (r Restoration) keys(ctx context.Context) (*seal.Keys, error) {
	switch info, err := os.Stat(r.File); {
	case errors.Is(err, fs.ErrNotExist):
		return nil, keystore.Fault(keystore.CodeSnapshotMissing, err, "there is no snapshot "+r.File)
	case err != nil:
		return nil, disk.Fault(err, "the snapshot cannot be read")
	case !info.Mode().IsRegular():
		return nil, snapshotDamaged(disk.NotRegular("open", r.File))
	}
	db, err := sqlite.OpenReadOnly(ctx, r.File)
	if err != nil {
		return nil, snapshotFault(err)
	}
	defer db.Close()
	keys, err := r.keysOf(ctx, db)
	if err != nil {
		return nil, err
	}
	return keys, snapshotFault(db.Unlock(ctx, keys.ID, keys))
}

// keysOf takes the root key from the vault or from the snapshot.
func (r Restoration) keysOf(ctx context.Context, db *sqlite.Database) (*seal.Keys, error) {
	a := db.About()
	if r.Identity == nil {
		keys, _, err := fetchKeys(ctx, a.ID, a, r.From)
		return keys, err
	}
	sealed, err := db.EncryptedKey(ctx)
	if err != nil {
		return nil, keystore.Fault(keystore.CodeSnapshotNoKey, keystore.ErrNoKey, "the snapshot was made without an identity")
	}
	root, err := keyIn(sealed, a.ID, r.Identity)
	if err != nil {
		return nil, err
	}
	return seal.NewKeys(root, a.ID)
}

// refill writes all that a snapshot holds into a new world. It works on a copy
// in the folder that the world is made in, as an older schema has to be brought
// up to date; a killed Restore's copy goes with that folder.
func (h Home) refill(ctx context.Context, to authn.Store, r Restoration, keys *seal.Keys) error {
	path := filepath.Join(h.worlds(), newPrefix+r.As, "snapshot.db")
	if err := copyFile(r.File, path); err != nil {
		return disk.Fault(err, "the snapshot cannot be copied")
	}
	db, err := sqlite.Open(ctx, path)
	if err != nil {
		return snapshotFault(err)
	}
	err = db.Unlock(ctx, keys.ID, keys)
	if err == nil {
		err = db.Migrate(ctx, r.As)
	}
	if err == nil {
		err = db.Read(ctx, func(from *sqlite.Reader) error {
			if err := from.Verify(); err != nil {
				return snapshotFault(err)
			}
			return copyAll(ctx, from, to)
		})
	}
	if err := errors.Join(err, db.Close()); err != nil {
		return snapshotFault(err)
	}
	for _, suffix := range []string{"", "-wal", "-shm", "-journal"} {
		if err := os.Remove(path + suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return disk.Fault(err, "the snapshot's copy cannot be deleted")
		}
	}
	return nil
}

// copyAll writes all that a reader reads into an empty store.
func copyAll(ctx context.Context, from *sqlite.Reader, to authn.Store) error {
	records, err := from.Records("", "")
	if err != nil {
		return err
	}
	timers, err := from.Timers()
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
	return from.Portions(func(events []authn.Event) error { return write(authn.Batch{Append: events}) })
}

// snapshotFault turns the fault of a damaged world into that of a damaged
// snapshot.
func snapshotFault(err error) error {
	if f, ok := authn.AsFault(err); ok && f.Code == keystore.CodeSnapshotDamaged {
		return err
	}
	for _, own := range []error{keystore.ErrDamaged, keystore.ErrForeign} {
		if errors.Is(err, own) {
			return snapshotDamaged(keystore.OneLine(err))
		}
	}
	return err
}

// copyFile copies into a file that must not be there yet, mode 0600.
func copyFile(from, to string) error {
	src, err := disk.OpenRegular(from)
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
