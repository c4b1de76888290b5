package disk

import (
	"errors"
	"fmt"
	"io/fs"
	"syscall"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/keystore"
)

// Fault returns the fault for an error of the file system.
func Fault(err error, doing string) error {
	var already *authn.Fault
	switch {
	case err == nil || errors.As(err, &already):
		return err
	case errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS):
		return keystore.Fault(keystore.CodeReadOnly, fmt.Errorf("%w: %w", keystore.ErrReadOnly, err), doing)
	case errors.Is(err, syscall.ENOSPC):
		return keystore.Fault(keystore.CodeFull, fmt.Errorf("%w: %w", keystore.ErrFull, err), doing)
	case errors.Is(err, noLocks):
		return keystore.Fault(keystore.CodeFailed, fmt.Errorf("%w: %w", keystore.ErrNoLocks, err), doing)
	}
	return keystore.Fault(keystore.CodeFailed, keystore.OneLine(err), doing)
}

// WhyBusy replaces the fault storage_busy, which SQLite reports on a volume
// without file locks, by the fault for such a volume. It returns other errors
// unchanged. lock is the path of a file that SQLite does not open; it need not
// exist.
func WhyBusy(err error, lock string) error {
	f, ok := authn.AsFault(err)
	if !ok || f.Code != keystore.CodeBusy {
		return err
	}
	if none := tryLock(lock); errors.Is(none, noLocks) {
		return Fault(none, f.Message)
	}
	return err
}
