package keystore

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"time"

	"github.com/offauth/offauth/authn"
)

// databaseName and lockName are the files in a world's folder.
const (
	databaseName = "world.db"
	lockName     = "world.lock"
)

// World is an open world: an authn.Store, and what is known of it.
type World struct {
	*sqliteStore
	about about
}

var _ authn.Store = (*World)(nil)

// Name is the world's name.
func (w *World) Name() string { return w.name }

// ID is the random id under which its keys lie in the vault.
func (w *World) ID() string { return w.about.ID }

// VaultKind says which vault keeps its keys.
func (w *World) VaultKind() Kind { return w.about.Vault }

// CreatedAt is the host's time at which it was made.
func (w *World) CreatedAt() time.Time { return w.about.Created }

// Generation counts the Updates that wrote something.
func (w *World) Generation(ctx context.Context) (uint64, error) {
	var n uint64
	err := w.View(ctx, func(r authn.Reader) error {
		n = r.(*reader).state.generation
		return nil
	})
	return n, err
}

// Verify reads all that there is, and so finds every row that was altered,
// added, taken away or put back. It also has SQLite check its indexes, as a
// broken one could hide an event from who asks for a subject. It reads the
// whole file, so no ordinary command calls it.
func (w *World) Verify(ctx context.Context) error {
	return w.View(ctx, func(r authn.Reader) error {
		if err := r.(*reader).checkIntegrity(); err != nil {
			return err
		}
		if _, err := r.Records("", ""); err != nil {
			return err
		}
		if _, err := r.Timers(); err != nil {
			return err
		}
		// In portions, as a long life does not fit into the memory at once.
		newest := r.(*reader).state.events
		for after := uint64(0); ; after += verifyPortion {
			if err := r.(*reader).checkPortion(after, min(after+verifyPortion, newest)); err != nil || after+verifyPortion >= newest {
				return err
			}
		}
	})
}

// checkIntegrity has SQLite look for what it can see to be wrong itself.
func (r *reader) checkIntegrity() error {
	var answer string
	if err := r.tx.QueryRowContext(r.ctx, "PRAGMA integrity_check(1)").Scan(&answer); err != nil {
		return storageFault(err, "the world cannot be checked")
	}
	if answer != "ok" {
		return damaged("%s", oneLine{errors.New(answer)})
	}
	return nil
}

const verifyPortion = 10_000

// checkPortion checks the events after one number up to another.
func (r *reader) checkPortion(after, last uint64) error {
	next := after + 1
	err := r.each("SELECT seq, at, site, kind, subject, result, rule, fields, mac FROM events WHERE seq > ? ORDER BY seq LIMIT ?",
		[]any{int64(after), int64(verifyPortion)}, func(scan scanner) (bool, error) {
			e, err := r.event(scan)
			if err == nil && e.Seq != next {
				err = damaged("event %d was taken away", next)
			}
			next++
			return true, err
		})
	if err == nil && next != last+1 {
		err = damaged("event %d is not what was written last", next-1)
	}
	return storageFault(err, "table events cannot be read")
}

// openWorld opens the world in a folder; vault is asked for its root key.
func openWorld(ctx context.Context, dir, name string, open func(kind Kind, id string) (Vault, error)) (*World, error) {
	db, row, a, err := openUnverified(ctx, dir)
	if err != nil {
		return nil, err
	}
	w := &World{&sqliteStore{name: name, db: db, lock: newFileLock(filepath.Join(dir, lockName))}, a}
	if err := w.unlock(ctx, row, open); err != nil {
		db.Close()
		return nil, err
	}
	return w, nil
}

// unlock fetches the root key, checks what the world says of itself, and
// brings an older schema up to date.
func (w *World) unlock(ctx context.Context, row metaRow, open func(kind Kind, id string) (Vault, error)) error {
	item := keyItem(w.ID())
	vault, err := open(w.VaultKind(), w.ID())
	if err != nil {
		return vaultFault(err, w.name, item)
	}
	root, err := vault.Get(ctx, item)
	if err != nil {
		return vaultFault(err, w.name, item)
	}
	if w.keys, err = newKeyring(root, w.ID()); err != nil {
		return worldFault(CodeItemDamaged, w.name, ErrDamaged, "the vault item "+item+" is no root key")
	}
	if err := row.check(w.keys.marker()); err != nil {
		return err
	}
	version, err := userVersion(ctx, w.db)
	if err != nil {
		return err
	}
	if version > len(migrations) {
		return newerFault(version)
	}
	switch {
	case version < 1:
		return damaged("it has no schema")
	case version == len(migrations):
		return nil
	}
	release, err := w.lock.take(ctx)
	if err != nil {
		return w.lockFault(err)
	}
	defer release()
	return migrate(ctx, w.db, migrations)
}

// openUnverified opens a world's database without its vault, and reads what it
// says of itself.
func openUnverified(ctx context.Context, dir string) (*sql.DB, metaRow, about, error) {
	db, err := openDatabase(filepath.Join(dir, databaseName))
	if err != nil {
		return nil, metaRow{}, about{}, err
	}
	row, err := readMeta(ctx, db, metaWorld)
	var a about
	if err == nil {
		a, err = row.about()
	}
	if err != nil {
		db.Close()
		return nil, metaRow{}, about{}, err
	}
	return db, row, a, nil
}

// isDir says whether there is a folder under that path.
func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}
