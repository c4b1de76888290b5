package sqlite

import (
	"context"
	"errors"
	"fmt"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/keystore"
	"github.com/offauth/offauth/keystore/disk"
)

// damaged returns the fault of a database that is not what was written; the
// text names the row or part.
func damaged(format string, args ...any) error {
	what := "the world's database is damaged: " + fmt.Sprintf(format, args...)
	return keystore.Fault(keystore.CodeDamaged, keystore.ErrDamaged, what)
}

// sqliteError is what the driver's errors have; asking for the method keeps
// the driver's import in one file.
type sqliteError interface {
	error
	Code() int
}

// fault names what SQLite or the disk answered. Faults, what the caller
// cancelled or got wrong, and nil stay what they are.
func fault(err error, doing string) error {
	var already *authn.Fault
	if err == nil || errors.As(err, &already) {
		return err
	}
	for _, own := range []error{context.Canceled, context.DeadlineExceeded, authn.ErrConflict, keystore.ErrInvalid} {
		if errors.Is(err, own) {
			return err
		}
	}
	var answer sqliteError
	if !errors.As(err, &answer) {
		return disk.Fault(err, doing)
	}
	code := answer.Code()
	wrap := func(sentinel error) error { return fmt.Errorf("%w: %w", sentinel, keystore.OneLine(err)) }
	switch code & 0xff {
	case sqliteBusy, sqliteLocked, sqliteProtocol:
		return keystore.Fault(keystore.CodeBusy, wrap(keystore.ErrBusy), doing)
	case sqliteReadOnly, sqlitePerm, sqliteCantOpen:
		// The database's own file was opened before, so what cannot be opened
		// is the -wal or -shm that SQLite wants to make beside it.
		return keystore.Fault(keystore.CodeReadOnly, wrap(keystore.ErrReadOnly), doing)
	case sqliteFull:
		return keystore.Fault(keystore.CodeFull, wrap(keystore.ErrFull), doing)
	case sqliteNotADB:
		return keystore.Fault(keystore.CodeForeign, wrap(keystore.ErrForeign), doing)
	case sqliteGeneric, sqliteCorrupt, sqliteSchema, sqliteConstraint, sqliteMismatch, sqliteTooBig, sqliteFormat:
		// Our statements are fixed and tested, so SQLite's disagreement with
		// one of them means that the tables are not those that we made.
		return keystore.Fault(keystore.CodeDamaged, wrap(keystore.ErrDamaged), doing)
	}
	if code == sqliteShmSize {
		return keystore.Fault(keystore.CodeFull, wrap(keystore.ErrFull), doing) // the -shm file could not grow
	}
	if code == sqliteShmOpen || code == sqliteShmMap || code == sqliteShmLock {
		return keystore.Fault(keystore.CodeFailed, wrap(keystore.ErrNoSharedMemory), doing)
	}
	if code == sqliteLock || code == sqliteUnlock || code == sqliteReadLock || code == sqliteCheckLock {
		return keystore.Fault(keystore.CodeFailed, wrap(keystore.ErrNoLocks), doing)
	}
	if code == sqliteShortRead {
		return keystore.Fault(keystore.CodeDamaged, wrap(keystore.ErrDamaged), doing)
	}
	return keystore.Fault(keystore.CodeFailed, keystore.OneLine(err), doing)
}

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
