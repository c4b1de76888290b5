package sqlite

import (
	"context"
	"errors"
	"fmt"

	sqlite3 "modernc.org/sqlite/lib"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/keystore"
	"github.com/offauth/offauth/keystore/disk"
)

// damaged returns the fault of a database that was changed or damaged; the text
// names the row or part.
func damaged(format string, args ...any) error {
	what := "the world's database is damaged: " + fmt.Sprintf(format, args...)
	return keystore.Fault(keystore.CodeDamaged, keystore.ErrDamaged, what)
}

// sqliteError is an error of the driver, or a test's.
type sqliteError interface {
	error
	Code() int
}

// fault returns the fault for an error of SQLite or the disk. It returns
// faults, cancellations, errors of the caller and nil unchanged.
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
	code, meaning := meaningOf(answer.Code())
	err = keystore.OneLine(err)
	if meaning != nil {
		err = fmt.Errorf("%w: %w", meaning, err)
	}
	return keystore.Fault(code, err, doing)
}

// meaningOf returns the code of the fault for a result code of SQLite, and the
// error that it wraps, or nil: https://www.sqlite.org/rescode.html.
func meaningOf(result int) (authn.Code, error) {
	switch result {
	case sqlite3.SQLITE_IOERR_SHMSIZE: // the -shm file could not grow
		return keystore.CodeFull, keystore.ErrFull
	case sqlite3.SQLITE_IOERR_SHMOPEN, sqlite3.SQLITE_IOERR_SHMMAP, sqlite3.SQLITE_IOERR_SHMLOCK:
		return keystore.CodeFailed, keystore.ErrNoSharedMemory
	case sqlite3.SQLITE_IOERR_LOCK, sqlite3.SQLITE_IOERR_UNLOCK, sqlite3.SQLITE_IOERR_RDLOCK,
		sqlite3.SQLITE_IOERR_CHECKRESERVEDLOCK:
		return keystore.CodeFailed, keystore.ErrNoLocks
	case sqlite3.SQLITE_IOERR_SHORT_READ:
		return keystore.CodeDamaged, keystore.ErrDamaged
	}
	switch result & 0xff {
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL:
		return keystore.CodeBusy, keystore.ErrBusy
	case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_CANTOPEN:
		// The database's own file was opened before, so what cannot be opened
		// is the -wal or -shm that SQLite wants to make beside it.
		return keystore.CodeReadOnly, keystore.ErrReadOnly
	case sqlite3.SQLITE_FULL:
		return keystore.CodeFull, keystore.ErrFull
	case sqlite3.SQLITE_NOTADB:
		return keystore.CodeForeign, keystore.ErrForeign
	case sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_SCHEMA, sqlite3.SQLITE_CONSTRAINT,
		sqlite3.SQLITE_MISMATCH, sqlite3.SQLITE_TOOBIG, sqlite3.SQLITE_FORMAT:
		// Our statements are fixed and tested, so SQLite's disagreement with
		// one of them means that the tables are not those that we made.
		return keystore.CodeDamaged, keystore.ErrDamaged
	}
	return keystore.CodeFailed, nil
}
