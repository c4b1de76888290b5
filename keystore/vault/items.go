package vault

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"

	"github.com/offauth/offauth/keystore"
	"github.com/offauth/offauth/keystore/disk"
)

// Keep stores an item in a vault and reads it back, to detect a vault that did
// not store it.
func Keep(ctx context.Context, vault keystore.Vault, item string, value []byte) error {
	if err := vault.Set(ctx, item, value); err != nil {
		return err
	}
	kept, err := vault.Get(ctx, item)
	if err == nil && !bytes.Equal(kept, value) {
		err = errors.New("it gave back something else than what it was given")
	}
	return err
}

// RemoveItems deletes all items of a world from a file vault. It needs no
// identity, so a world whose passphrase is lost can still be deleted.
func RemoveItems(dir, id string) error {
	disk.ClearParts(dir)
	return errors.Join(
		RemoveFile(itemPath(dir, keystore.KeyItem(id))),
		RemoveFile(itemPath(dir, keystore.GenItem(id))),
		RemoveFile(identityPath(dir, id)),
		RemoveFile(filepath.Join(dir, id+lockSuffix)))
}

// RemoveFile deletes a file of a vault, if it exists.
func RemoveFile(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return disk.Fault(err, "a vault item cannot be deleted")
	}
	return nil
}

// LockFile returns the path of the lock of a world's id: beside its items for a
// file vault, which may be linked into several homes, and in the user's runtime
// folder for the keyring. Two folders with the same world share one mark, so
// they must share this lock. The path is empty for a vault in memory.
func LockFile(vaultDir string, kind keystore.Kind, id string) (string, error) {
	switch kind {
	case keystore.KindFile:
		return filepath.Join(vaultDir, id+lockSuffix), nil
	case keystore.KindOS:
		dir, err := runtimeDir()
		return filepath.Join(dir, id+lockSuffix), err
	}
	return "", nil
}

// lockSuffix is the suffix of such a lock's file.
const lockSuffix = ".lock"

// runtimeDir returns a folder that all processes of the user find and others
// cannot write to.
func runtimeDir() (string, error) {
	uid := strconv.Itoa(os.Getuid())
	dir := os.Getenv("XDG_RUNTIME_DIR")
	if !filepath.IsAbs(dir) || !disk.IsDir(dir) {
		dir = "/run/user/" + uid
	}
	if !disk.IsDir(dir) {
		var err error
		if dir, err = os.UserCacheDir(); err != nil {
			dir = filepath.Join(os.TempDir(), "offauth-"+uid)
		}
	}
	dir = filepath.Join(dir, "offauth")
	return dir, os.MkdirAll(dir, 0o700)
}
