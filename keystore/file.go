package keystore

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
)

// FileVault keeps every item in a file of its own, encrypted to an age
// identity. Any number of processes may use one folder at the same time.
type FileVault struct {
	dir string
	id  *Identity

	writing sync.Mutex // held by who replaces a file; processes have their locks
	mu      sync.Mutex
	// last is the generation that was opened or kept last.
	last opened
}

// opened is an item's file and what it was found to hold. A command asks for
// the generation before it takes the world's lock and again under it. The file
// is read each time, but as long as its bytes are the same they hold the same,
// and need not be decrypted again. No key is remembered here.
type opened struct {
	name          string
	sealed, value []byte
}

var _ Vault = (*FileVault)(nil)

// NewFileVault returns the vault in a folder, which is made at the first Set.
func NewFileVault(dir string, id *Identity) *FileVault { return &FileVault{dir: dir, id: id} }

// Get implements Vault. The error wraps ErrWrongIdentity if the item was
// closed for another identity, ErrDamaged if it is no longer what was kept.
func (v *FileVault) Get(ctx context.Context, name string) ([]byte, error) {
	if err := checkGet(ctx, name); err != nil {
		return nil, err
	}
	sealed, err := readSmall(itemPath(v.dir, name), maxAgeFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w: %s", ErrNotFound, name)
	}
	if errors.Is(err, errBigFile) {
		return nil, damagedItem(name, err)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	if value, ok := v.remembered(name, sealed); ok {
		return value, nil
	}
	plain, err := v.id.open(sealed)
	if errors.Is(err, ErrWrongIdentity) {
		return nil, fault(CodeWrongIdentity, ErrWrongIdentity, "the vault item "+name+" was not encrypted to this identity")
	}
	if err != nil {
		return nil, damagedItem(name, err)
	}
	// The name lies inside, so that one item cannot be passed off as another.
	value, ok := bytes.CutPrefix(plain, []byte(name+"\n"))
	if !ok {
		return nil, damagedItem(name, errors.New("it is another item under this name"))
	}
	v.remember(name, sealed, value)
	return append([]byte{}, value...), nil
}

// remembered returns what an item holds if its file is the one that was opened
// last.
func (v *FileVault) remembered(name string, sealed []byte) ([]byte, bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.last.name != name || !bytes.Equal(v.last.sealed, sealed) {
		return nil, false
	}
	return append([]byte{}, v.last.value...), true
}

func (v *FileVault) remember(name string, sealed, value []byte) {
	if !isGen(name) {
		return
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.last = opened{name, sealed, append([]byte{}, value...)}
}

// Set implements Vault.
func (v *FileVault) Set(ctx context.Context, name string, value []byte) error {
	if err := checkSet(ctx, name, value); err != nil {
		return err
	}
	sealed, err := v.id.seal(append([]byte(name+"\n"), value...))
	if err != nil {
		return err
	}
	if err := os.MkdirAll(v.dir, 0o700); err != nil {
		return diskFault(err, "the vault's folder cannot be made")
	}
	v.writing.Lock()
	err = replaceFile(itemPath(v.dir, name), sealed)
	v.writing.Unlock()
	if err != nil {
		return diskFault(err, "the vault item cannot be written")
	}
	v.remember(name, sealed, value)
	return nil
}

// Delete implements Vault.
func (v *FileVault) Delete(ctx context.Context, name string) error {
	if err := checkGet(ctx, name); err != nil {
		return err
	}
	return removeFile(itemPath(v.dir, name))
}

// itemPath turns ID/key into DIR/ID.key.age.
func itemPath(dir, name string) string {
	return filepath.Join(dir, strings.Replace(name, "/", ".", 1)+".age")
}

// removeItems deletes all that a file vault keeps for a world. It needs no
// identity, so a world whose passphrase is lost can still be deleted.
func removeItems(dir, id string) error {
	clearParts(dir)
	var err error
	for _, path := range []string{itemPath(dir, keyItem(id)), itemPath(dir, genItem(id)), identityPath(dir, id), filepath.Join(dir, id+lockSuffix)} {
		err = errors.Join(err, removeFile(path))
	}
	return err
}

func removeFile(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return diskFault(err, "a vault item cannot be deleted")
	}
	return nil
}

func damagedItem(name string, err error) error {
	return fault(CodeItemDamaged, fmt.Errorf("%w: %w", ErrDamaged, err), "the vault item "+name+" is damaged")
}
