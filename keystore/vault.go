package keystore

import (
	"context"
	"errors"
	"fmt"
)

// Vault stores a few small secrets under names of the form ID/key and ID/gen,
// where ID is a world's id. keystoretest.TestVault tests what every
// implementation must do.
type Vault interface {
	// Get returns an item; the error wraps ErrNotFound if there is none.
	Get(ctx context.Context, name string) ([]byte, error)
	// Set stores an item, atomically replacing an earlier one.
	Set(ctx context.Context, name string, value []byte) error
	// Delete removes an item; removing a missing one is no error.
	Delete(ctx context.Context, name string) error
}

// The errors of vaults, to be matched with errors.Is.
var (
	ErrNotFound    = errors.New("no such item in the vault")
	ErrUnavailable = errors.New("the vault does not answer")
	// ErrNoKeyring is an ErrUnavailable: the service answers but has no
	// keyring.
	ErrNoKeyring error = noKeyring{}
	ErrLocked          = errors.New("the vault is locked")
	ErrTooBig          = errors.New("the item is too big for a vault")
	ErrTimeout         = errors.New("the vault did not answer in time")
	// ErrBadItem means that a name is not valid for a vault item.
	ErrBadItem = errors.New("bad name of a vault item")
)

type noKeyring struct{}

func (noKeyring) Error() string        { return "the keyring service answers, and has none" }
func (noKeyring) Is(target error) bool { return target == ErrUnavailable }

// Kind is a kind of vault.
type Kind string

// The kinds of vaults.
const (
	KindOS     Kind = "os"
	KindFile   Kind = "file"
	KindMemory Kind = "memory"
)

// Opener returns the vault of a kind for the items of the world with an id.
type Opener func(kind Kind, id string) (Vault, error)

// Known reports whether k is one of the kinds above.
func (k Kind) Known() bool { return k == KindOS || k == KindFile || k == KindMemory }

// MaxItem is the maximum length of an item in bytes. The keyring of Windows
// accepts 2,560, which is this much in base64. Every vault has the same limit,
// so that a world can move between any two.
const MaxItem = 1920

// idLength is the length of a world's id: 128 bits in hex.
const idLength = 32

// CheckItem checks the name of a vault item: a world's id of 32 lower-case hex
// digits, a slash, and "key" or "gen". The error wraps ErrBadItem. It is strict
// because the name becomes a file name, and avoids a regular expression, which
// would be compiled at every start.
func CheckItem(name string) error {
	ok := len(name) > idLength && (name[idLength:] == "/key" || name[idLength:] == "/gen")
	for i := 0; ok && i < idLength; i++ {
		ok = '0' <= name[i] && name[i] <= '9' || 'a' <= name[i] && name[i] <= 'f'
	}
	if !ok {
		return fmt.Errorf("%w: %q is not ID/key or ID/gen", ErrBadItem, name)
	}
	return nil
}

// CheckSet makes the checks of every vault before it stores an item.
func CheckSet(ctx context.Context, name string, value []byte) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := CheckItem(name); err != nil {
		return err
	}
	if len(value) > MaxItem {
		return fmt.Errorf("%w: %d bytes, the limit is %d", ErrTooBig, len(value), MaxItem)
	}
	return nil
}

// CheckGet makes the checks of every vault before it reads an item.
func CheckGet(ctx context.Context, name string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return CheckItem(name)
}

// KeyItem returns the name of the item with a world's root key.
func KeyItem(id string) string { return id + "/key" }

// GenItem returns the name of the item with the mark of a world's newest state.
func GenItem(id string) string { return id + "/gen" }
