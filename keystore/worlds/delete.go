package worlds

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/offauth/offauth/keystore"
	"github.com/offauth/offauth/keystore/disk"
	"github.com/offauth/offauth/keystore/sqlite"
	"github.com/offauth/offauth/keystore/vault"
)

// Delete deletes a world and its items in the vault. It waits for an Update
// that is under way. open gives the world's vault; with force the world goes
// even if that fails or the world is damaged. Its items then stay behind, and
// are cleared by the next Create, Delete or Wipe to which their vault opens.
//
// The world is renamed to .gone-NAME first: from then on there is no such
// world, and the next Create or Delete finishes what a killed one left.
func (h Home) Delete(ctx context.Context, name string, open keystore.Opener, force bool) error {
	if err := checkName(name); err != nil {
		return err
	}
	if h.Exists(name) && !force {
		// Before any lock is taken, for a keyring may show a dialog.
		if err := h.wakeWorld(ctx, name, open); err != nil {
			return keystore.NameWorld(err, name)
		}
	}
	release, err := h.lock(ctx)
	if err != nil {
		return err
	}
	defer release()
	left := disk.IsDir(filepath.Join(h.worlds(), gonePrefix+name))
	if err := h.clearLeftovers(ctx, name, open, force); err != nil && !force {
		return err
	}
	if !h.Exists(name) {
		if left {
			return nil
		}
		return noWorld(name)
	}
	return keystore.NameWorld(h.delete(ctx, name, open, force), name)
}

func (h Home) delete(ctx context.Context, name string, open keystore.Opener, force bool) error {
	a, err := aboutOf(ctx, h.WorldDir(name))
	if err != nil && (!force || !unreadable(err)) {
		return err
	}
	// The lock is given back just before the rename, as Windows renames no
	// folder with open files. An Update that slips in between finds after it
	// has the lock that its file has moved, or is done before the files go.
	unlock, err := disk.NewLock(filepath.Join(h.WorldDir(name), lockName)).Take(ctx)
	switch {
	case err == nil:
		unlock()
	case ctx.Err() != nil:
		return err
	case !force:
		return disk.Fault(err, "the world cannot be locked")
	}
	gone := filepath.Join(h.worlds(), gonePrefix+name)
	if force {
		os.RemoveAll(gone) // of an earlier one that could not be cleared
	}
	if err := os.Rename(h.WorldDir(name), gone); err != nil {
		return disk.Fault(err, "the world cannot be deleted")
	}
	if err := disk.SyncDir(h.worlds()); err != nil {
		return disk.Fault(err, "the world cannot be deleted")
	}
	if h.has(a.ID) { // this was a copy, and the world goes on
		return disk.Fault(os.RemoveAll(gone), "the world's files cannot be deleted")
	}
	if err := h.clearItems(ctx, name, a, open); err != nil {
		if !force {
			return err
		}
		return h.setAside(gone, a)
	}
	return disk.Fault(os.RemoveAll(gone), "the world's files cannot be deleted")
}

// has reports whether a world of that id is there.
func (h Home) has(id string) bool {
	list, err := h.List()
	return err != nil || slices.ContainsFunc(list, func(i Info) bool { return id != "" && i.ID == id })
}

// unreadable reports whether an error means that a database will never say whose
// keys it needs. A disk that is full or does not answer is another matter:
// without the database the keys in the vault would never be found again.
func unreadable(err error) bool {
	return errors.Is(err, keystore.ErrDamaged) || errors.Is(err, keystore.ErrForeign) || errors.Is(err, keystore.ErrNewer)
}

// clearLeftovers finishes what killed processes left: the caller has the lock,
// so nobody else works on these folders. A folder of another world stays if
// its vault does not open. One of this name has to make room; with force it
// does so even if its items cannot be cleared now.
func (h Home) clearLeftovers(ctx context.Context, name string, open keystore.Opener, force bool) error {
	entries, err := os.ReadDir(h.worlds())
	if err != nil {
		return disk.Fault(err, "the worlds cannot be listed")
	}
	for _, e := range entries {
		world, ok := strings.CutPrefix(e.Name(), newPrefix)
		if !ok {
			if world, ok = strings.CutPrefix(e.Name(), gonePrefix); !ok {
				continue
			}
		}
		dir := filepath.Join(h.worlds(), e.Name())
		a, err := aboutOf(ctx, dir)
		switch {
		case err == nil && h.has(a.ID): // a copy of a world
		case err == nil:
			err = h.clearItems(ctx, world, a, open)
		case unreadable(err): // a database that says nothing has no items that could be found
			err = nil
		}
		switch {
		case err == nil:
			err = os.RemoveAll(dir)
		case world == name && force:
			err = h.setAside(dir, a)
		case world == name:
			return err
		default:
			continue
		}
		if err != nil && world == name {
			return disk.Fault(err, "what is left of an earlier world cannot be deleted")
		}
	}
	return nil
}

// Wipe deletes all that vaults keep for a world: its key, its generation and
// its identity, in the vault that it has and in one that a killed move left
// something in. The folder stays; nobody can ever open it again. What killed
// processes left of other worlds is cleared on the way.
//
// Keyrings cannot be listed, so what is found is what a folder under HOME
// tells of. Items of a folder that was deleted by hand, or whose database is
// too damaged to say its id, have to be deleted with the keyring's own tools:
// they lie under the service "offauth".
func (h Home) Wipe(ctx context.Context, name string, open keystore.Opener) error {
	if err := checkName(name); err != nil {
		return err
	}
	if !h.Exists(name) {
		return noWorld(name)
	}
	if err := h.wakeWorld(ctx, name, open); err != nil {
		return keystore.NameWorld(err, name)
	}
	release, err := h.lock(ctx)
	if err != nil {
		return err
	}
	defer release()
	if err := h.clearLeftovers(ctx, "", open, false); err != nil {
		return err
	}
	unlock, err := disk.NewLock(filepath.Join(h.WorldDir(name), lockName)).Take(ctx)
	if err != nil {
		return lockFault(err, name)
	}
	defer unlock()
	a, err := aboutOf(ctx, h.WorldDir(name))
	if err != nil {
		return keystore.NameWorld(err, name)
	}
	return h.clearItems(ctx, name, a, open)
}

// wakeWorld asks the keyrings that a world's items lie in, while no lock is
// held.
func (h Home) wakeWorld(ctx context.Context, name string, open keystore.Opener) error {
	a, err := aboutOf(ctx, h.WorldDir(name))
	if err != nil {
		return err
	}
	for _, kind := range a.Vaults() {
		if kind == keystore.KindFile {
			continue
		}
		byID := func(id string) (keystore.Vault, error) { return open(kind, id) }
		if err := wakeVault(ctx, name, a.ID, byID); err != nil {
			return err
		}
	}
	return nil
}

// clearItems deletes all that vaults keep for a world.
func (h Home) clearItems(ctx context.Context, name string, a sqlite.About, open keystore.Opener) error {
	if a.ID == "" {
		return nil
	}
	// Whatever the kind: an identity may be left of a move that never began.
	if err := vault.RemoveItems(h.VaultDir(), a.ID); err != nil {
		return err
	}
	for _, kind := range a.Vaults() {
		if kind == keystore.KindFile {
			continue
		}
		v, err := open(kind, a.ID)
		if err == nil {
			err = h.clearVault(ctx, kind, a.ID, v)
		}
		if err != nil {
			return keystore.VaultFault(err, name, keystore.KeyItem(a.ID))
		}
	}
	return nil
}

// clearVault deletes what one vault keeps for a world. The files of a file
// vault go without its identity.
func (h Home) clearVault(ctx context.Context, kind keystore.Kind, id string, v keystore.Vault) error {
	if kind == keystore.KindFile {
		return vault.RemoveItems(h.VaultDir(), id)
	}
	if v == nil {
		return nil
	}
	if path, err := vault.LockFile(h.VaultDir(), kind, id); err == nil && path != "" {
		if err := vault.RemoveFile(path); err != nil {
			return err
		}
	}
	for _, item := range []string{keystore.KeyItem(id), keystore.GenItem(id)} {
		if err := v.Delete(ctx, item); err != nil && !errors.Is(err, keystore.ErrNotFound) {
			return err
		}
	}
	return nil
}

// leftName is the file that stays of a world whose items could not be deleted:
// it holds the About that says where they are.
const leftName = "left.json"

// setAside deletes the files of a deleted world, stores the location of its
// items, and frees its name.
func (h Home) setAside(dir string, a sqlite.About) error {
	if a.ID == "" {
		return disk.Fault(os.RemoveAll(dir), "the world's files cannot be deleted")
	}
	note, err := json.Marshal(a)
	if err != nil {
		return err
	}
	aside := filepath.Join(h.worlds(), gonePrefix+a.ID)
	err = os.MkdirAll(aside, 0o700)
	if err == nil {
		err = disk.Replace(filepath.Join(aside, leftName), note)
	}
	if err == nil && aside != dir {
		err = os.RemoveAll(dir)
	}
	return disk.Fault(err, "the world's files cannot be deleted")
}

// aboutOf returns what the database in a folder holds about its world, or the
// note that was left of it. It is not authenticated.
func aboutOf(ctx context.Context, dir string) (sqlite.About, error) {
	if strings.HasPrefix(filepath.Base(dir), gonePrefix) {
		if note, err := disk.ReadSmall(filepath.Join(dir, leftName), 4096); err == nil {
			return sqlite.ParseAbout(leftName, note)
		}
	}
	db, err := openDatabase(ctx, dir)
	if err != nil {
		return sqlite.About{}, err
	}
	return db.About(), db.Close()
}
