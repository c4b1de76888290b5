package worlds

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/keystore"
	"github.com/offauth/offauth/keystore/disk"
	"github.com/offauth/offauth/keystore/seal"
	"github.com/offauth/offauth/keystore/sqlite"
	"github.com/offauth/offauth/keystore/vault"
)

// Create makes a world atomically. open returns the vault for the key of the
// world with an id, and fill, unless it is nil, writes the first state. Create
// returns its error unchanged. For a kind other than KindFile, open may first
// be called with the id of a leftover that is to be cleared. A keyring is asked
// once before any lock is taken, for it may show a dialog.
//
// The world comes into being in a folder .new-NAME, where its id is on disk
// before its key is in the vault; so the next Create can clear both after a
// process that died. The fault world_exists says that another process
// was faster: the world can then be opened.
func (h Home) Create(
	ctx context.Context, name string, kind keystore.Kind,
	open func(id string) (keystore.Vault, error), fill func(authn.Store) error,
) error {
	if err := checkName(name); err != nil {
		return err
	}
	if h.Exists(name) {
		return worldExists(name)
	}
	if kind != keystore.KindFile {
		if err := wakeVault(ctx, name, newID(), open); err != nil {
			return err
		}
	}
	release, err := h.lock(ctx)
	if err != nil {
		return err
	}
	defer release()
	if h.Exists(name) {
		return worldExists(name)
	}
	byKind := func(k keystore.Kind, id string) (keystore.Vault, error) {
		if k != kind {
			return nil, keystore.ErrUnavailable
		}
		return open(id)
	}
	if err := h.clearLeftovers(ctx, name, byKind, true); err != nil {
		return err
	}
	about := sqlite.About{ID: newID(), Name: name, Vault: kind, Created: time.Now().UTC().Round(0)}
	return h.create(ctx, about, open, fill)
}

func worldExists(name string) error {
	return keystore.WorldFault(keystore.CodeWorldExists, name, keystore.ErrWorldExists,
		"there is a world "+name+" already")
}

// wakeVault reads an item, which may be missing, so that a keyring shows its
// dialog now.
func wakeVault(ctx context.Context, world, id string, open func(id string) (keystore.Vault, error)) error {
	v, err := open(id)
	if err == nil {
		_, err = v.Get(ctx, keystore.KeyItem(id))
	}
	if errors.Is(err, keystore.ErrNotFound) || keystore.IsDamagedItem(err) {
		return nil
	}
	return keystore.VaultFault(err, world, keystore.KeyItem(id))
}

func (h Home) create(
	ctx context.Context, about sqlite.About, open func(id string) (keystore.Vault, error), fill func(authn.Store) error,
) error {
	dir := filepath.Join(h.worlds(), newPrefix+about.Name)
	if err := os.Mkdir(dir, 0o700); err != nil {
		return disk.Fault(err, "the world's folder cannot be made")
	}
	m := &making{dir: dir, about: about}
	whole := false
	defer func() { // after a panic in fill too
		if !whole {
			m.undo(context.WithoutCancel(ctx), h)
		}
	}()
	if err := m.make(ctx, open, fill); err != nil {
		return err
	}
	if err := os.Rename(dir, h.WorldDir(about.Name)); err != nil {
		return disk.Fault(err, "the world cannot be given its name")
	}
	whole = true
	return disk.Fault(disk.SyncDir(h.worlds()), "the world cannot be given its name")
}

// making is a world that is being created.
type making struct {
	dir   string
	about sqlite.About
	db    *sqlite.Database
	vault keystore.Vault
}

func (m *making) make(
	ctx context.Context, open func(id string) (keystore.Vault, error), fill func(authn.Store) error,
) error {
	root := make([]byte, seal.RootKeySize)
	rand.Read(root) // never fails
	keys, err := seal.NewKeys(root, m.about.ID)
	if err != nil {
		return err
	}
	// The id is in the file before anything is in the vault under it, as
	// clearLeftovers reads the file.
	if m.db, err = sqlite.Create(ctx, filepath.Join(m.dir, databaseName), keys, m.about); err != nil {
		return disk.WhyBusy(err, filepath.Join(m.dir, lockName))
	}
	if m.vault, err = open(m.about.ID); err != nil {
		return keystore.VaultFault(err, m.about.Name, keystore.KeyItem(m.about.ID))
	}
	if err := vault.Keep(ctx, m.vault, keystore.KeyItem(m.about.ID), root); err != nil {
		return keystore.VaultFault(err, m.about.Name, keystore.KeyItem(m.about.ID))
	}
	if fill != nil {
		if err := fill(&store{name: m.about.Name, db: m.db, lock: disk.NewLock(filepath.Join(m.dir, lockName))}); err != nil {
			return err
		}
	}
	if err := m.keepMark(ctx, keys); err != nil {
		return err
	}
	db := m.db
	m.db = nil // even a Close that fails has closed it
	if err := db.Close(); err != nil {
		return err
	}
	return disk.Fault(disk.SyncDir(m.dir), "the world cannot be written")
}

// keepMark puts the first generation into the vault, once, however much was
// written until the world is whole.
func (m *making) keepMark(ctx context.Context, keys *seal.Keys) error {
	item := keystore.GenItem(m.about.ID)
	return m.db.Read(ctx, func(r *sqlite.Reader) error {
		return keystore.VaultFault(vault.Keep(ctx, m.vault, item, keys.MarkText(r.Mark())), m.about.Name, item)
	})
}

// undo deletes the unfinished world; the next Create deletes what undo cannot.
func (m *making) undo(ctx context.Context, h Home) {
	if m.db != nil {
		m.db.Close()
	}
	if h.clearVault(ctx, m.about.Vault, m.about.ID, m.vault) == nil {
		os.RemoveAll(m.dir)
	}
}

// newID returns 128 random bits in hex.
func newID() string {
	id := make([]byte, 16)
	rand.Read(id) // never fails
	return hex.EncodeToString(id)
}
