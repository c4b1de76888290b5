// Package vault has offauth's own vaults: files that are encrypted to an age
// identity, and one in memory.
package vault

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/offauth/offauth/keystore"
	"github.com/offauth/offauth/keystore/disk"
)

// File is a vault with one file per item, encrypted to an age identity. Any
// number of processes may use one folder at the same time.
type File struct {
	dir string
	id  *Identity

	writing sync.Mutex // held while a file is replaced; processes have their locks
}

var _ keystore.Vault = (*File)(nil)

// NewFile returns the vault in a folder, which the first Set creates.
func NewFile(dir string, id *Identity) *File { return &File{dir: dir, id: id} }

// Get implements Vault. The error wraps ErrWrongIdentity if the item was
// encrypted to another identity, ErrDamaged if it was changed.
func (v *File) Get(ctx context.Context, name string) ([]byte, error) {
	if err := keystore.CheckGet(ctx, name); err != nil {
		return nil, err
	}
	sealed, err := disk.ReadSmall(itemPath(v.dir, name), maxAgeFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w: %s", keystore.ErrNotFound, name)
	}
	if errors.Is(err, disk.ErrTooBig) {
		return nil, keystore.DamagedItem(name, err)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", keystore.ErrUnavailable, err)
	}
	plain, err := v.id.Decrypt(sealed)
	if errors.Is(err, keystore.ErrWrongIdentity) {
		return nil, keystore.Fault(keystore.CodeWrongIdentity, keystore.ErrWrongIdentity,
			"the vault item "+name+" was not encrypted to this identity")
	}
	if err != nil {
		return nil, keystore.DamagedItem(name, err)
	}
	// The plaintext includes the name, so that one item cannot be passed off as
	// another.
	value, ok := bytes.CutPrefix(plain, []byte(name+"\n"))
	if !ok {
		return nil, keystore.DamagedItem(name, errors.New("it is another item under this name"))
	}
	return value, nil
}

// Set implements Vault.
func (v *File) Set(ctx context.Context, name string, value []byte) error {
	if err := keystore.CheckSet(ctx, name, value); err != nil {
		return err
	}
	sealed, err := v.id.Encrypt(append([]byte(name+"\n"), value...))
	if err != nil {
		return err
	}
	if err := os.MkdirAll(v.dir, 0o700); err != nil {
		return disk.Fault(err, "the vault's folder cannot be made")
	}
	v.writing.Lock()
	defer v.writing.Unlock()
	return disk.Fault(disk.Replace(itemPath(v.dir, name), sealed), "the vault item cannot be written")
}

// Delete implements Vault.
func (v *File) Delete(ctx context.Context, name string) error {
	if err := keystore.CheckGet(ctx, name); err != nil {
		return err
	}
	return RemoveFile(itemPath(v.dir, name))
}

// itemPath returns the path of an item: DIR/ID.key.age for ID/key.
func itemPath(dir, name string) string {
	return filepath.Join(dir, strings.Replace(name, "/", ".", 1)+".age")
}
