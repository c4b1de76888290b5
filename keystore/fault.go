package keystore

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/offauth/offauth/authn"
)

// What a fault of this package wraps, to be matched with errors.Is.
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
	// ErrInvalid is no fault of the surroundings but a bug of who made the
	// batch: a time or a field that no store takes.
	ErrInvalid = errors.New("no store takes this")
)

// fault makes a fault whose hints are those of its code.
func fault(code authn.Code, err error, message string) error {
	return &authn.Fault{Code: code, Message: message, Hints: hints(code, ""), Err: err}
}

// worldFault is a fault whose hints name a world.
func worldFault(code authn.Code, world string, err error, message string) error {
	return &authn.Fault{Code: code, Message: message, Hints: hints(code, world), Err: err}
}

// hints returns the hints of a code, with NAME replaced where it is known.
func hints(code authn.Code, world string) []string {
	hint := specOf(code).hints
	if world == "" {
		return append([]string(nil), hint...)
	}
	named := make([]string, len(hint))
	for i, h := range hint {
		named[i] = replaceName(h, world)
	}
	return named
}

// replaceName puts a name in the place of NAME, and leaves NEWNAME alone.
func replaceName(hint, name string) string {
	words := strings.Split(hint, " ")
	for i, w := range words {
		if w == "NAME" {
			words[i] = name
		}
	}
	return strings.Join(words, " ")
}

// nameWorld puts the world's name into the hints of a fault of ours.
func nameWorld(err error, name string) error {
	var f *authn.Fault
	if !errors.As(err, &f) || error(f) != err {
		return err
	}
	named := *f
	named.Hints = make([]string, len(f.Hints))
	for i, h := range f.Hints {
		named.Hints[i] = replaceName(h, name)
	}
	return &named
}

// damaged says which row or part of a world is not what was written.
func damaged(format string, args ...any) error {
	return fault(CodeDamaged, ErrDamaged, "the world's database is damaged: "+fmt.Sprintf(format, args...))
}

// sqliteError is what the driver's errors have; asking for the method keeps
// the driver's import in one file.
type sqliteError interface {
	error
	Code() int
}

// storageFault names what SQLite or the disk answered. Faults, what the caller
// cancelled or got wrong, and nil stay what they are.
func storageFault(err error, doing string) error {
	var already *authn.Fault
	if err == nil || errors.As(err, &already) {
		return err
	}
	for _, own := range []error{context.Canceled, context.DeadlineExceeded, authn.ErrConflict, ErrInvalid} {
		if errors.Is(err, own) {
			return err
		}
	}
	var answer sqliteError
	if !errors.As(err, &answer) {
		return diskFault(err, doing)
	}
	code := answer.Code()
	wrap := func(sentinel error) error { return fmt.Errorf("%w: %w", sentinel, oneLine{err}) }
	switch code & 0xff {
	case sqliteBusy, sqliteLocked, sqliteProtocol:
		return fault(CodeBusy, wrap(ErrBusy), doing)
	case sqliteReadOnly, sqlitePerm, sqliteCantOpen:
		// The database's own file was opened before, so what cannot be opened
		// is the -wal or -shm that SQLite wants to make beside it.
		return fault(CodeReadOnly, wrap(ErrReadOnly), doing)
	case sqliteFull:
		return fault(CodeFull, wrap(ErrFull), doing)
	case sqliteNotADB:
		return fault(CodeForeign, wrap(ErrForeign), doing)
	case sqliteGeneric, sqliteCorrupt, sqliteSchema, sqliteConstraint, sqliteMismatch, sqliteTooBig, sqliteFormat:
		// Our statements are fixed and tested, so SQLite's disagreement with
		// one of them means that the tables are not those that we made.
		return fault(CodeDamaged, wrap(ErrDamaged), doing)
	}
	if code == sqliteShmSize {
		return fault(CodeFull, wrap(ErrFull), doing) // the -shm file could not grow
	}
	if code == sqliteShmOpen || code == sqliteShmMap || code == sqliteShmLock {
		return fault(CodeFailed, wrap(ErrNoSharedMemory), doing)
	}
	if code == sqliteLock || code == sqliteUnlock || code == sqliteReadLock || code == sqliteCheckLock {
		return fault(CodeFailed, wrap(ErrNoLocks), doing)
	}
	if code == sqliteShortRead {
		return fault(CodeDamaged, wrap(ErrDamaged), doing)
	}
	return fault(CodeFailed, oneLine{err}, doing)
}

// whyBusy looks closer at a fault that says that another process uses the
// database in a folder: SQLite says so too where the volume has no locks.
func whyBusy(err error, dir string) error {
	f, ok := authn.AsFault(err)
	if !ok || f.Code != CodeBusy {
		return err
	}
	if none := tryLock(filepath.Join(dir, lockName)); errors.Is(none, noLocks) {
		return diskFault(none, f.Message)
	}
	return err
}

// diskFault names what the file system answered.
func diskFault(err error, doing string) error {
	var already *authn.Fault
	switch {
	case err == nil || errors.As(err, &already):
		return err
	case errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS):
		return fault(CodeReadOnly, fmt.Errorf("%w: %w", ErrReadOnly, err), doing)
	case errors.Is(err, syscall.ENOSPC):
		return fault(CodeFull, fmt.Errorf("%w: %w", ErrFull, err), doing)
	case errors.Is(err, noLocks):
		return fault(CodeFailed, fmt.Errorf("%w: %w", ErrNoLocks, err), doing)
	}
	return fault(CodeFailed, oneLine{err}, doing)
}

// vaultFault names what a vault answered about an item of a world.
func vaultFault(err error, world, item string) error {
	var already *authn.Fault
	var file *fs.PathError
	switch {
	case err == nil || errors.As(err, &already):
		return err
	case errors.Is(err, context.Canceled):
		return err
	case errors.Is(err, ErrNotFound):
		return worldFault(CodeItemMissing, world, err, "the vault of world "+world+" has no item "+item)
	case errors.Is(err, ErrLocked):
		return worldFault(CodeVaultLocked, world, oneLine{err}, "the vault of world "+world+" is locked")
	case errors.Is(err, ErrTimeout), errors.Is(err, context.DeadlineExceeded):
		return worldFault(CodeVaultTimeout, world, oneLine{err}, "the vault of world "+world+" does not answer")
	case errors.Is(err, ErrNoKeyring):
		return &authn.Fault{Code: CodeVaultUnavailable, Message: "there is no default keyring to keep the key of world " + world + " in", Err: oneLine{err},
			Hints: []string{"make a keyring and set it as the default, as `Passwords and Keys` (seahorse) does, and run the command again",
				"offauth keystore status", "offauth world create NEWNAME --keystore file"}}
	case errors.As(err, &file): // a vault of files needs no desktop
		return &authn.Fault{Code: CodeVaultUnavailable, Message: "the vault of world " + world + " cannot be used", Err: oneLine{err},
			Hints: []string{"look at what the message names", "offauth keystore status"}}
	case errors.Is(err, ErrTooBig):
		return worldFault(CodeItemTooBig, world, oneLine{err}, "the vault of world "+world+" does not take so big an item")
	}
	return worldFault(CodeVaultUnavailable, world, oneLine{err}, "the vault of world "+world+" cannot be used")
}

// oneLine keeps an error of others to one line.
type oneLine struct{ error }

func (e oneLine) Error() string { return strings.ReplaceAll(e.error.Error(), "\n", " ") }
func (e oneLine) Unwrap() error { return e.error }

// SQLite's result codes, https://www.sqlite.org/rescode.html.
const (
	sqliteGeneric    = 1
	sqlitePerm       = 3
	sqliteBusy       = 5
	sqliteLocked     = 6
	sqliteReadOnly   = 8
	sqliteCorrupt    = 11
	sqliteFull       = 13
	sqliteCantOpen   = 14
	sqliteProtocol   = 15
	sqliteSchema     = 17
	sqliteTooBig     = 18
	sqliteConstraint = 19
	sqliteMismatch   = 20
	sqliteFormat     = 24
	sqliteNotADB     = 26
	sqliteShortRead  = 522
	sqliteUnlock     = 2058
	sqliteReadLock   = 2314
	sqliteCheckLock  = 3594
	sqliteLock       = 3850
	sqliteShmOpen    = 4618
	sqliteShmSize    = 4874
	sqliteShmLock    = 5130
	sqliteShmMap     = 5386
)
