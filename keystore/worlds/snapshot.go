package worlds

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/offauth/offauth/keystore"
	"github.com/offauth/offauth/keystore/disk"
	"github.com/offauth/offauth/keystore/seal"
	"github.com/offauth/offauth/keystore/vault"
)

// Snapshot copies a world into one file that must not be there yet, mode 0600:
// one consistent state of its database, sealed as it is, whatever others do
// meanwhile. A reader of the file sees what a reader of world.db sees; the secret
// halves open only with the world's key, which Restore takes from the world's
// vault, or, if to is given, from the file, where it lies encrypted to that
// identity.
func (h Home) Snapshot(ctx context.Context, name, file string, open keystore.Opener, to *vault.Identity) error {
	if _, err := os.Lstat(file); !errors.Is(err, fs.ErrNotExist) {
		if err == nil {
			err = fs.ErrExist
		}
		return snapshotExists(file, err)
	}
	w, err := h.Open(ctx, name, open)
	if err != nil {
		return err
	}
	defer w.Close()
	// A world that was rolled back is refused, as by every read, and one that is
	// damaged: its snapshot could not be restored.
	if err := w.Verify(ctx); err != nil {
		return keystore.NameWorld(err, name)
	}
	p, err := disk.NewPart(filepath.Dir(file))
	if err != nil {
		return disk.Fault(err, "the snapshot cannot be written")
	}
	defer p.Drop()
	if err := w.db.CopyTo(ctx, p.Name()); err != nil {
		return err
	}
	if to != nil {
		if err := w.addKey(ctx, p.Name(), to); err != nil {
			return err
		}
	}
	err = p.Sync()
	if err == nil {
		err = p.Publish(file)
	}
	if errors.Is(err, fs.ErrExist) {
		return snapshotExists(file, err)
	}
	return disk.Fault(err, "the snapshot cannot be written")
}

func snapshotExists(file string, err error) error {
	return keystore.Fault(keystore.CodeSnapshotExists, err, "a snapshot cannot be written to "+file)
}

// addKey puts the root key into a snapshot.
func (w *World) addKey(ctx context.Context, part string, to *vault.Identity) error {
	_, v := w.guard.current()
	root, err := v.Get(ctx, keystore.KeyItem(w.ID()))
	if err != nil {
		return keystore.VaultFault(err, w.name, keystore.KeyItem(w.ID()))
	}
	sealed, err := to.Encrypt(append([]byte(keystore.KeyItem(w.ID())+"\n"), root...))
	if err != nil {
		return err
	}
	return w.db.AddKey(ctx, part, sealed)
}

// keyIn opens the root key in a snapshot.
func keyIn(sealed []byte, id string, with *vault.Identity) ([]byte, error) {
	plain, err := with.Decrypt(sealed)
	if errors.Is(err, keystore.ErrWrongIdentity) {
		return nil, keystore.Fault(keystore.CodeWrongIdentity, keystore.ErrWrongIdentity,
			"the key in the snapshot was not encrypted to this identity")
	}
	root, ok := bytes.CutPrefix(plain, []byte(keystore.KeyItem(id)+"\n"))
	if err != nil || !ok || len(root) != seal.RootKeySize {
		return nil, snapshotDamaged(errors.New("the key in it is not what offauth put there"))
	}
	return root, nil
}

func snapshotDamaged(err error) error {
	return keystore.Fault(keystore.CodeSnapshotDamaged, err, "the snapshot cannot be used")
}
