package disk

import (
	"errors"
	"fmt"
	"io/fs"
	"syscall"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/keystore"
)

// Fault names what the file system answered.
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

// WhyBusy returns the fault of a volume without file locks in place of
// storage_busy, which is what SQLite reports there, and other errors as they are.
// lock is the path of a file that SQLite does not open; it need not be there.
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
