package keystore

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/offauth/offauth/authn"
)

// The errors that faults of this package wrap, to be matched with errors.Is.
var (
	ErrNoWorld         = errors.New("no such world")
	ErrWorldExists     = errors.New("the world exists")
	ErrDamaged         = errors.New("it is not what offauth wrote")
	ErrForeign         = errors.New("it is not a world of offauth")
	ErrNewer           = errors.New("a newer offauth wrote it")
	ErrReadOnly        = errors.New("nothing can be written there")
	ErrFull            = errors.New("the disk is full")
	ErrBusy            = errors.New("another process uses it")
	ErrRenamed         = errors.New("it has another name")
	ErrNoLocks         = errors.New("this volume has no file locks")
	ErrNoSharedMemory  = errors.New("this volume has no memory that processes can share")
	ErrNoIdentity      = errors.New("no identity")
	ErrWrongPassphrase = errors.New("wrong passphrase")
	ErrWrongIdentity   = errors.New("wrong identity")
	ErrOtherWorld      = errors.New("it belongs to another world")
	ErrNoKey           = errors.New("no key in it")
	ErrRolledBack      = errors.New("the world's files are older than the vault knows them")
	// ErrInvalid is a bug of the caller: a batch with a time or a field that no
	// store accepts.
	ErrInvalid = errors.New("no store takes this")
)

// Fault returns a fault with the hints of its code.
func Fault(code authn.Code, err error, message string) error {
	return &authn.Fault{Code: code, Message: message, Hints: hints(code, ""), Err: err}
}

// WorldFault returns a fault with the world's name in its hints.
func WorldFault(code authn.Code, world string, err error, message string) error {
	return &authn.Fault{Code: code, Message: message, Hints: hints(code, world), Err: err}
}

// hints returns the hints of a code, with NAME replaced by the world's name if
// it is known.
func hints(code authn.Code, world string) []string { return Named(specOf(code).hints, world) }

// Named returns hints with NAME replaced by a world's name, unless the name is
// empty. NEWNAME is unchanged.
func Named(hints []string, world string) []string {
	named := slices.Clone(hints)
	for i, hint := range named {
		words := strings.Split(hint, " ")
		for j, word := range words {
			if word == "NAME" && world != "" {
				words[j] = world
			}
		}
		named[i] = strings.Join(words, " ")
	}
	return named
}

// NameWorld puts the world's name into the hints of a fault of this package.
func NameWorld(err error, name string) error {
	var f *authn.Fault
	if !errors.As(err, &f) || error(f) != err {
		return err
	}
	named := *f
	named.Hints = Named(f.Hints, name)
	return &named
}

// VaultFault returns the fault for a vault's error about an item of a world.
func VaultFault(err error, world, item string) error {
	var already *authn.Fault
	var file *fs.PathError
	switch {
	case err == nil || errors.As(err, &already):
		return err
	case errors.Is(err, context.Canceled):
		return err
	case errors.Is(err, ErrNotFound):
		return WorldFault(CodeItemMissing, world, err, "the vault of world "+world+" has no item "+item)
	case errors.Is(err, ErrLocked):
		return WorldFault(CodeVaultLocked, world, OneLine(err), "the vault of world "+world+" is locked")
	case errors.Is(err, ErrTimeout), errors.Is(err, context.DeadlineExceeded):
		return WorldFault(CodeVaultTimeout, world, OneLine(err), "the vault of world "+world+" does not answer")
	case errors.Is(err, ErrNoKeyring):
		return &authn.Fault{
			Code:    CodeVaultUnavailable,
			Message: "there is no default keyring to keep the key of world " + world + " in",
			Hints: []string{
				"make a keyring and set it as the default, as `Passwords and Keys` (seahorse) does, and run the command again",
				"offauth keystore status",
				"offauth world create NEWNAME --keystore file",
			},
			Err: OneLine(err),
		}
	case errors.As(err, &file): // a vault of files needs no desktop
		return &authn.Fault{
			Code:    CodeVaultUnavailable,
			Message: "the vault of world " + world + " cannot be used",
			Hints:   []string{"look at what the message names", "offauth keystore status"},
			Err:     OneLine(err),
		}
	case errors.Is(err, ErrTooBig):
		return WorldFault(CodeItemTooBig, world, OneLine(err), "the vault of world "+world+" does not take so big an item")
	}
	return WorldFault(CodeVaultUnavailable, world, OneLine(err), "the vault of world "+world+" cannot be used")
}

// DamagedItem returns the fault of a vault item that offauth did not store.
func DamagedItem(name string, err error) error {
	return Fault(CodeItemDamaged, fmt.Errorf("%w: %w", ErrDamaged, err), "the vault item "+name+" is damaged")
}

// IsDamagedItem reports whether an error is the fault of a damaged item.
func IsDamagedItem(err error) bool {
	f, ok := authn.AsFault(err)
	return ok && f.Code == CodeItemDamaged
}

// OneLine wraps an error of another package so that its text is one line.
func OneLine(err error) error { return oneLine{err} }

type oneLine struct{ error }

func (e oneLine) Error() string { return strings.ReplaceAll(e.error.Error(), "\n", " ") }
func (e oneLine) Unwrap() error { return e.error }
