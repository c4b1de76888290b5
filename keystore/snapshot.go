package keystore

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// metaKey is the row of meta that holds the root key, encrypted to an
// identity. Only snapshots have it.
const metaKey = "key"

// ErrNoKey is wrapped by the fault snapshot_without_key.
var ErrNoKey = errors.New("no key in it")

// Snapshot copies a world into one file that must not be there yet, mode 0600:
// one consistent state of its database, sealed as it is, whatever others do
// meanwhile. Who reads the file sees what who reads world.db sees; the secret
// halves open only with the world's key, which Restore takes from the world's
// vault, or, if to is given, from the file, where it lies encrypted to that
// identity.
func (h Home) Snapshot(ctx context.Context, name, file string, open func(kind Kind, id string) (Vault, error), to *Identity) error {
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
		return nameWorld(err, name)
	}
	p, err := newPart(filepath.Dir(file))
	if err != nil {
		return diskFault(err, "the snapshot cannot be written")
	}
	defer p.drop()
	// It reads in a transaction of its own, and leaves out what was deleted.
	if _, err := w.db.ExecContext(ctx, "VACUUM INTO ?", p.Name()); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return storageFault(err, "the snapshot cannot be written")
	}
	if to != nil {
		if err := w.addKey(ctx, p.Name(), to); err != nil {
			return err
		}
	}
	err = p.Sync()
	if err == nil {
		err = p.name(file)
	}
	if errors.Is(err, fs.ErrExist) {
		return snapshotExists(file, err)
	}
	return diskFault(err, "the snapshot cannot be written")
}

func snapshotExists(file string, err error) error {
	return fault(CodeSnapshotExists, err, "a snapshot cannot be written to "+file)
}

// addKey puts the root key into a snapshot.
func (w *World) addKey(ctx context.Context, part string, to *Identity) error {
	_, vault := w.guard.at()
	root, err := vault.Get(ctx, keyItem(w.ID()))
	if err != nil {
		return vaultFault(err, w.name, keyItem(w.ID()))
	}
	sealed, err := to.seal(append([]byte(keyItem(w.ID())+"\n"), root...))
	if err != nil {
		return err
	}
	db, err := connect(part, false)
	if err != nil {
		return err
	}
	defer db.Close()
	row := newMetaRow(w.keys.marker(), metaKey, sealed)
	_, err = db.ExecContext(ctx, "INSERT INTO meta(key, value, mac) VALUES(?, ?, ?)", row.key, row.value, row.mac)
	if err == nil {
		err = db.Close()
	}
	return storageFault(err, "the snapshot cannot be written")
}

// keyIn opens the root key in a snapshot.
func keyIn(row metaRow, id string, with *Identity) ([]byte, error) {
	plain, err := with.open(row.value)
	if errors.Is(err, ErrWrongIdentity) {
		return nil, fault(CodeWrongIdentity, ErrWrongIdentity, "the key in the snapshot was not encrypted to this identity")
	}
	root, ok := bytes.CutPrefix(plain, []byte(keyItem(id)+"\n"))
	if err != nil || !ok || len(root) != rootKeySize {
		return nil, snapshotDamaged(errors.New("the key in it is not what offauth put there"))
	}
	return root, nil
}

func snapshotDamaged(err error) error {
	return fault(CodeSnapshotDamaged, err, "the snapshot cannot be used")
}
