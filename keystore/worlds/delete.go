package worlds

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/offauth/offauth/keystore"
	"github.com/offauth/offauth/keystore/disk"
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
