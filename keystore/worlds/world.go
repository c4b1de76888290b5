package worlds

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/keystore"
	"github.com/offauth/offauth/keystore/disk"
	"github.com/offauth/offauth/keystore/seal"
	"github.com/offauth/offauth/keystore/sqlite"
)

// databaseName and lockName are the files in a world's folder.
const (
	databaseName = "world.db"
	lockName     = "world.lock"
)

// World is an open world. It is an authn.Store.
type World struct{ *store }

var _ authn.Store = (*World)(nil)

// Name is the world's name.
func (w *World) Name() string { return w.name }

// ID is the random id under which its keys lie in the vault.
func (w *World) ID() string { return w.db.About().ID }

// VaultKind is the kind of vault that keeps its keys.
func (w *World) VaultKind() keystore.Kind {
	kind, _ := w.guard.current()
	return kind
}

// CreatedAt is the host's time at which it was made.
func (w *World) CreatedAt() time.Time { return w.db.About().Created }

// Generation counts the Updates that wrote something.
func (w *World) Generation(ctx context.Context) (uint64, error) {
	var n uint64
	err := w.View(ctx, func(r authn.Reader) error {
		n = r.(*sqlite.Reader).Mark().Generation
		return nil
	})
	return n, err
}

// Verify reads everything, and so finds every row that was altered, added,
// taken away or put back. It reads the whole file, so only commands that are
// about the world as such call it.
func (w *World) Verify(ctx context.Context) error {
	return w.View(ctx, func(r authn.Reader) error { return r.(*sqlite.Reader).Verify() })
}

// openWorld opens the world in a folder, if it has that folder's name; its
// vault is asked for its root key.
func (h Home) openWorld(ctx context.Context, name string, at *folder, open keystore.Opener) (*World, error) {
	w, err := h.openFolder(ctx, name, at, open)
	if err != nil {
		return nil, err
	}
	if err := checkWorldName(w.db.About(), name); err != nil {
		w.Close()
		return nil, err
	}
	return w, nil
}

// checkWorldName refuses a world under another name than its own.
func checkWorldName(a sqlite.About, name string) error {
	if a.Name == "" || a.Name == name {
		return nil
	}
	return keystore.WorldFault(keystore.CodeRenamed, name, keystore.ErrRenamed,
		"the folder "+name+" holds the world "+a.Name)
}

// openFolder opens the world in a folder, whatever its name is.
func (h Home) openFolder(ctx context.Context, name string, at *folder, open keystore.Opener) (*World, error) {
	dir := h.WorldDir(name)
	for {
		db, err := openDatabase(ctx, dir)
		if err != nil {
			return nil, err
		}
		w := &World{&store{name: name, db: db, lock: disk.NewLock(filepath.Join(dir, lockName)), at: at}}
		err = w.unlock(ctx, h.VaultDir(), open)
		if err == nil {
			return w, nil
		}
		db.Close()
		// A Move may have come between the database and the vault.
		if now, e := aboutOf(ctx, dir); !errors.Is(err, keystore.ErrNotFound) || e != nil || now.Vault == db.About().Vault {
			return nil, err
		}
	}
}

// openDatabase opens the database in a world's folder.
func openDatabase(ctx context.Context, dir string) (*sqlite.Database, error) {
	db, err := sqlite.Open(ctx, filepath.Join(dir, databaseName))
	return db, disk.WhyBusy(err, filepath.Join(dir, lockName))
}

// unlock fetches the root key, authenticates the database's About, and
// brings an older schema up to date. It holds no lock, so a keyring may show
// its dialog here.
func (w *World) unlock(ctx context.Context, vaultDir string, open keystore.Opener) error {
	a := w.db.About()
	keys, vault, err := fetchKeys(ctx, w.name, a, open)
	if err != nil {
		return err
	}
	if err := w.db.Unlock(ctx, w.name, keys); err != nil {
		return err
	}
	w.guard = newGuard(w.name, keys, a.Vault, vault, open)
	w.guard.vaultDir = vaultDir
	if w.db.UpToDate() {
		return nil
	}
	release, err := w.take(ctx)
	if err != nil {
		return err
	}
	defer release()
	return w.db.Migrate(ctx, w.name)
}

// fetchKeys gets the root key from the vault that the database names.
func fetchKeys(
	ctx context.Context, world string, a sqlite.About, open keystore.Opener,
) (*seal.Keys, keystore.Vault, error) {
	item := keystore.KeyItem(a.ID)
	vault, err := open(a.Vault, a.ID)
	if err != nil {
		return nil, nil, keystore.VaultFault(err, world, item)
	}
	root, err := vault.Get(ctx, item)
	if err != nil {
		return nil, nil, keystore.VaultFault(err, world, item)
	}
	keys, err := seal.NewKeys(root, a.ID)
	if err != nil {
		return nil, nil, noRootKey(world, item)
	}
	return keys, vault, nil
}

func noRootKey(world, item string) error {
	return keystore.WorldFault(keystore.CodeItemDamaged, world, keystore.ErrDamaged,
		"the vault item "+item+" is no root key")
}

// Watch finds out whether a world was changed, without reading it: it holds no
// lock and asks SQLite for one number.
type Watch struct {
	world   string
	changes *sqlite.Changes
	seen    int64
	path    string
	file    os.FileInfo
}

// Watch starts to watch the world. It must be closed before the world.
func (w *World) Watch(ctx context.Context) (*Watch, error) {
	changes, err := w.db.Changes(ctx)
	if err != nil {
		return nil, err
	}
	watch := &Watch{world: w.name, changes: changes, path: filepath.Join(w.at.path, databaseName)}
	watch.seen, err = changes.Version(ctx)
	if err == nil {
		if watch.file, err = os.Stat(watch.path); err != nil {
			err = lockFault(err, w.name)
		}
	}
	if err != nil {
		watch.Close()
		return nil, err
	}
	return watch, nil
}

// Changed reports whether this process or another changed the world
// since the last call, or since the Watch began. The fault no_world says that it
// was deleted, or that another took its place.
func (w *Watch) Changed(ctx context.Context) (bool, error) {
	if now, err := os.Stat(w.path); err != nil || !os.SameFile(now, w.file) {
		return false, lockFault(disk.ErrMoved, w.world)
	}
	version, err := w.changes.Version(ctx)
	changed := err == nil && version != w.seen
	w.seen = version
	return changed, err
}

// Close ends the watch.
func (w *Watch) Close() error { return w.changes.Close() }
