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
func (w *World) VaultKind() Kind {
	kind, _ := w.guard.at()
	return kind
}

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
// whole file, so only commands that are about the world as such call it.
func (w *World) Verify(ctx context.Context) error {
	return w.View(ctx, func(r authn.Reader) error { return r.(*reader).verify() })
}

func (r *reader) verify() error {
	if err := r.checkIntegrity(); err != nil {
		return err
	}
	if _, err := r.Records("", ""); err != nil {
		return err
	}
	if _, err := r.Timers(); err != nil {
		return err
	}
	if err := r.checkNodes(); err != nil {
		return err
	}
	return r.portions(func([]authn.Event) error { return nil })
}

// checkNodes finds nodes that are no part of the index. All of it was read.
func (r *reader) checkNodes() error {
	var n int
	if err := r.tx.QueryRowContext(r.ctx, "SELECT count(*) FROM nodes").Scan(&n); err != nil {
		return storageFault(err, "table nodes cannot be read")
	}
	if n != len(r.index.nodes) {
		return damaged("table nodes holds %d rows, and %d are of the index", n, len(r.index.nodes))
	}
	return nil
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

// portionSize is how many events are held in memory at once where all are
// read: a long life does not fit in.
const portionSize = 10_000

// portions returns all events in order, and finds out if one was altered, added
// or taken away.
func (r *reader) portions(give func([]authn.Event) error) error {
	for after := uint64(0); ; after += portionSize {
		list, err := r.portion(after)
		if err != nil {
			return storageFault(err, "table events cannot be read")
		}
		last := min(after+portionSize, r.state.events)
		if uint64(len(list)) != last-after {
			return damaged("event %d is not what was written last", after+uint64(len(list)))
		}
		if err := give(list); err != nil || last == r.state.events {
			return err
		}
	}
}

// portion returns the events after one.
func (r *reader) portion(after uint64) ([]authn.Event, error) {
	var list []authn.Event
	err := r.each("SELECT seq, at, site, kind, subject, result, rule, fields, mac FROM events WHERE seq > ? ORDER BY seq LIMIT ?",
		[]any{int64(after), int64(portionSize)}, func(scan scanner) (bool, error) {
			e, err := r.event(scan)
			if err == nil && e.Seq != after+uint64(len(list))+1 {
				err = damaged("event %d was taken away", after+uint64(len(list))+1)
			}
			list = append(list, e)
			return true, err
		})
	return list, err
}

// openWorld opens the world in a folder, if it has that folder's name; its
// vault is asked for its root key.
func (h Home) openWorld(ctx context.Context, name string, at *place, open func(kind Kind, id string) (Vault, error)) (*World, error) {
	w, err := h.openFolder(ctx, name, at, open)
	if err != nil {
		return nil, err
	}
	if err := w.about.called(name); err != nil {
		w.Close()
		return nil, err
	}
	return w, nil
}

// openFolder opens the world in a folder, whatever its name is.
func (h Home) openFolder(ctx context.Context, name string, at *place, open func(kind Kind, id string) (Vault, error)) (*World, error) {
	dir := h.WorldDir(name)
	for {
		db, row, a, err := openUnverified(ctx, dir)
		if err != nil {
			return nil, err
		}
		w := &World{&sqliteStore{name: name, db: db, lock: newFileLock(filepath.Join(dir, lockName)), at: at}, a}
		err = w.unlock(ctx, row, h.VaultDir(), open)
		if err == nil {
			return w, nil
		}
		db.Close()
		// A Move may have come between the database and the vault.
		if now, e := aboutOf(ctx, dir); !errors.Is(err, ErrNotFound) || e != nil || now.Vault == a.Vault {
			return nil, err
		}
	}
}

// unlock fetches the root key, checks what the world says of itself, and
// brings an older schema up to date. It holds no lock, so a keyring may show
// its dialog here.
func (w *World) unlock(ctx context.Context, row metaRow, vaultDir string, open func(kind Kind, id string) (Vault, error)) error {
	vault, err := openVault(w.name, w.about, open)
	if err != nil {
		return err
	}
	root, err := fetchKey(ctx, w.name, w.ID(), vault)
	if err != nil {
		return err
	}
	if w.keys, err = newKeyring(root, w.ID()); err != nil {
		return err
	}
	if err := row.check(w.keys.marker()); err != nil {
		return whose(ctx, w.db, w.keys, w.name, err)
	}
	w.guard = newGuard(w.name, w.keys, w.about.Vault, vault, open)
	w.guard.vaultDir = vaultDir
	if w.about.schema == len(migrations) {
		return nil
	}
	release, err := w.take(ctx)
	if err != nil {
		return err
	}
	defer release()
	return w.migrate(ctx, migrations)
}

// openVault opens the vault that a world says its items lie in.
func openVault(world string, a about, open func(kind Kind, id string) (Vault, error)) (Vault, error) {
	vault, err := open(a.Vault, a.ID)
	return vault, vaultFault(err, world, keyItem(a.ID))
}

// fetchKey gets the root key from a world's vault.
func fetchKey(ctx context.Context, world, id string, vault Vault) ([]byte, error) {
	item := keyItem(id)
	root, err := vault.Get(ctx, item)
	if err != nil {
		return nil, vaultFault(err, world, item)
	}
	if len(root) != rootKeySize {
		return nil, worldFault(CodeItemDamaged, world, ErrDamaged, "the vault item "+item+" is no root key")
	}
	return root, nil
}

// whose reports whether the key or the row is wrong: no row fits the key of
// another world.
func whose(ctx context.Context, q querier, keys *keyring, world string, altered error) error {
	row, err := readMeta(ctx, q, metaState)
	if err != nil || row.check(keys.marker()) == nil {
		return altered
	}
	return worldFault(CodeItemForeign, world, ErrOtherWorld, "the vault item "+keyItem(keys.id)+" is not this world's key")
}

// openUnverified opens a world's database without its vault, and reads what it
// says of itself.
func openUnverified(ctx context.Context, dir string) (*sql.DB, metaRow, about, error) {
	if err := ctx.Err(); err != nil {
		return nil, metaRow{}, about{}, err
	}
	db, err := openDatabase(filepath.Join(dir, databaseName))
	if err != nil {
		return nil, metaRow{}, about{}, err
	}
	row, a, err := readAbout(context.WithoutCancel(ctx), db)
	if err != nil {
		db.Close()
		return nil, metaRow{}, about{}, err
	}
	return db, row, a, nil
}

// readAbout looks at a database for the first time: at its schema, and then at
// what it says of itself.
func readAbout(ctx context.Context, db *sql.DB) (metaRow, about, error) {
	version, err := checkedVersion(ctx, db, migrations)
	if err == nil && version == 0 {
		err = damaged("it has no schema")
	}
	if err != nil {
		return metaRow{}, about{}, err
	}
	row, err := readMeta(ctx, db, metaWorld)
	if err != nil {
		return metaRow{}, about{}, err
	}
	a, err := row.about()
	a.schema = version
	return row, a, err
}

// isDir reports whether there is a folder under that path.
func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}
