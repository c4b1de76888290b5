package keystore

import (
	"context"
	"errors"
	"fmt"
)

// Vault keeps a few small secrets under names of the form ID/key and ID/gen,
// where ID is a world's. keystoretest.TestVault says what every one must do.
type Vault interface {
	// Get returns an item; the error wraps ErrNotFound if there is none.
	Get(ctx context.Context, name string) ([]byte, error)
	// Set keeps an item, replacing what was under that name as one step.
	Set(ctx context.Context, name string, value []byte) error
	// Delete removes an item; one that is not there is no error.
	Delete(ctx context.Context, name string) error
}

// What a vault answers when it cannot do what it should. They are matched
// with errors.Is.
var (
	ErrNotFound    = errors.New("no such item in the vault")
	ErrUnavailable = errors.New("the vault does not answer")
	// ErrNoKeyring is an ErrUnavailable: the service answers, and has no keyring
	// to keep an item in.
	ErrNoKeyring error = noKeyring{}
	ErrLocked          = errors.New("the vault is locked")
	ErrTooBig          = errors.New("the item is too big for a vault")
	ErrTimeout         = errors.New("the vault did not answer in time")
	// ErrBadItem means that a vault takes no item of that name.
	ErrBadItem = errors.New("bad name of a vault item")
)

type noKeyring struct{}

func (noKeyring) Error() string        { return "the keyring service answers, and has none" }
func (noKeyring) Is(target error) bool { return target == ErrUnavailable }

// Kind is the kind of vault that keeps a world's keys.
type Kind string

// The kinds of vaults.
const (
	KindOS     Kind = "os"
	KindFile   Kind = "file"
	KindMemory Kind = "memory"
)

// Opener returns the vault of that kind that keeps the items of the world with
// that id.
type Opener func(kind Kind, id string) (Vault, error)

// Known reports whether k is one of the kinds above.
func (k Kind) Known() bool { return k == KindOS || k == KindFile || k == KindMemory }

// MaxItem is the greatest length of an item in bytes. The keyring of Windows
// takes 2,560, which is this much in base64; every vault keeps to the same
// limit, so that a world can move from any to any.
const MaxItem = 1920

// idLength is that of a world's id: 128 bits in hex.
const idLength = 32

// CheckItem accepts the names that a vault takes: a world's id of 32 lower-case
// hex digits, a slash, and "key" or "gen". The error wraps ErrBadItem. It is
// strict because the name becomes a file's, and written by hand because a
// regular expression would be compiled at every start.
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

// CheckSet is what every vault asks before it keeps an item.
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

// CheckGet is what every vault asks before it looks for an item.
func CheckGet(ctx context.Context, name string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return CheckItem(name)
}

// KeyItem is the name of the item that holds a world's root key.
func KeyItem(id string) string { return id + "/key" }

// GenItem is the name of the item that holds the mark of its newest state.
func GenItem(id string) string { return id + "/gen" }
