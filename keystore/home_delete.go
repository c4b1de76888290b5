package keystore

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
)

// Delete deletes a world and its items in the vault. It waits for an Update
// that is under way. open gives the world's vault; with force the world goes
// even if that fails or the world is damaged, and its items then stay behind.
//
// The world is renamed to .gone-NAME first: from then on there is no such
// world, and the next Create or Delete finishes what a killed one left.
func (h Home) Delete(ctx context.Context, name string, open func(kind Kind, id string) (Vault, error), force bool) error {
	if err := checkName(name); err != nil {
		return err
	}
	release, err := h.lock(ctx)
	if err != nil {
		return err
	}
	defer release()
	left := isDir(filepath.Join(h.worlds(), gonePrefix+name))
	if err := h.clearLeftovers(ctx, name, open, force); err != nil && !force {
		return err
	}
	if !h.Exists(name) {
		if left {
			return nil
		}
		return noWorld(name)
	}
	return nameWorld(h.delete(ctx, name, open, force), name)
}

func (h Home) delete(ctx context.Context, name string, open func(kind Kind, id string) (Vault, error), force bool) error {
	info := h.info(name)
	if info.Err != nil && !force {
		return info.Err
	}
	a := about{ID: info.ID, Vault: info.VaultKind}
	var vault Vault
	if info.Err == nil && a.Vault != KindFile {
		// Before anything is touched, so that a dead vault stops it here.
		var err error
		if vault, err = open(a.Vault, a.ID); err != nil && !force {
			return vaultFault(err, name, keyItem(a.ID))
		}
	}
	// The lock is given back just before the rename, as Windows renames no
	// folder with open files. An Update that slips in between finds after it
	// has the lock that its file has moved, or is done before the files go.
	unlock, err := newFileLock(filepath.Join(h.WorldDir(name), lockName)).take(ctx)
	switch {
	case err == nil:
		unlock()
	case ctx.Err() != nil:
		return err
	case !force:
		return diskFault(err, "the world cannot be locked")
	}
	gone := filepath.Join(h.worlds(), gonePrefix+name)
	if force {
		os.RemoveAll(gone) // of an earlier one whose vault was dead
	}
	if err := os.Rename(h.WorldDir(name), gone); err != nil {
		return diskFault(err, "the world cannot be deleted")
	}
	if err := syncDir(h.worlds()); err != nil {
		return diskFault(err, "the world cannot be deleted")
	}
	if err := clearItems(ctx, h, a, vault); err != nil && !force {
		return vaultFault(err, name, keyItem(a.ID))
	}
	return diskFault(os.RemoveAll(gone), "the world's files cannot be deleted")
}

// clearLeftovers finishes what killed processes left: the caller has the lock,
// so nobody else works on these folders. A folder of another world stays if
// its vault does not open. One of this name has to make room, and only with
// force do its items stay behind in a vault that does not open.
func (h Home) clearLeftovers(ctx context.Context, name string, open func(kind Kind, id string) (Vault, error), force bool) error {
	entries, err := os.ReadDir(h.worlds())
	if err != nil {
		return diskFault(err, "the worlds cannot be listed")
	}
	for _, e := range entries {
		world, ok := strings.CutPrefix(e.Name(), newPrefix)
		if !ok {
			if world, ok = strings.CutPrefix(e.Name(), gonePrefix); !ok {
				continue
			}
		}
		dir := filepath.Join(h.worlds(), e.Name())
		if err := h.clearItemsOf(ctx, dir, open); err != nil {
			if world != name {
				continue
			}
			if !force {
				return vaultFault(err, name, e.Name())
			}
		}
		if err := os.RemoveAll(dir); err != nil && world == name {
			return diskFault(err, "what is left of an earlier world cannot be deleted")
		}
	}
	return nil
}

// clearItemsOf deletes the vault items of the world in a folder. A folder
// whose database cannot be read has none that could be found.
func (h Home) clearItemsOf(ctx context.Context, dir string, open func(kind Kind, id string) (Vault, error)) error {
	db, _, a, err := openUnverified(ctx, dir)
	if err != nil {
		return nil
	}
	db.Close()
	if a.Vault == KindFile {
		return removeItems(h.VaultDir(), a.ID)
	}
	vault, err := open(a.Vault, a.ID)
	if err != nil {
		return err
	}
	return clearItems(ctx, h, a, vault)
}

// clearItems deletes all that the vault keeps for a world.
func clearItems(ctx context.Context, h Home, a about, vault Vault) error {
	if a.ID == "" {
		return nil
	}
	if a.Vault == KindFile {
		return removeItems(h.VaultDir(), a.ID)
	}
	if vault == nil {
		return nil
	}
	if err := vault.Delete(ctx, keyItem(a.ID)); err != nil && !errors.Is(err, ErrNotFound) {
		return err
	}
	if err := vault.Delete(ctx, genItem(a.ID)); err != nil && !errors.Is(err, ErrNotFound) {
		return err
	}
	return nil
}
