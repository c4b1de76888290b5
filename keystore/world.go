package keystore

import (
	"context"
	"database/sql"
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
// added, taken away or put back.
func (w *World) Verify(ctx context.Context) error {
	return w.View(ctx, func(r authn.Reader) error {
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
	db, a, err := openUnverified(ctx, dir)
	if err != nil {
		return nil, err
	}
	w := &World{&sqliteStore{name: name, db: db, lock: newFileLock(filepath.Join(dir, lockName))}, a}
	if err := w.unlock(ctx, open); err != nil {
		db.Close()
		return nil, err
	}
	return w, nil
}

// unlock fetches the root key, checks what the world says of itself, and
// brings an older schema up to date.
func (w *World) unlock(ctx context.Context, open func(kind Kind, id string) (Vault, error)) error {
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
	version, err := userVersion(ctx, w.db)
	if err != nil {
		return err
	}
	if version > len(migrations) {
		return newerFault(version)
	}
	if version < len(migrations) {
		release, err := w.lock.take(ctx)
		if err != nil {
			return w.lockFault(err)
		}
		defer release()
		if err := migrate(ctx, w.db, migrations); err != nil {
			return err
		}
	}
	w.about, err = readAbout(ctx, w.db, w.keys.marker())
	return err
}

// openUnverified opens a world's database without its vault.
func openUnverified(ctx context.Context, dir string) (*sql.DB, about, error) {
	db, err := openDatabase(filepath.Join(dir, databaseName))
	if err != nil {
		return nil, about{}, err
	}
	a, err := readAbout(ctx, db, nil)
	if err != nil {
		db.Close()
		return nil, about{}, err
	}
	return db, a, nil
}

// isDir says whether there is a folder under that path.
func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}
