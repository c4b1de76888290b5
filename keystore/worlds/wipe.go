package worlds

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"

	"github.com/offauth/offauth/keystore"
	"github.com/offauth/offauth/keystore/disk"
	"github.com/offauth/offauth/keystore/sqlite"
	"github.com/offauth/offauth/keystore/vault"
)

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

// setAside deletes the files of a world that is gone, keeps a note of where its
// items lie, and frees its name.
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
