//go:build unix

package disk

import (
	"os"
	"syscall"
)

// noLocks is the error of a volume without file locks.
const noLocks = syscall.ENOLCK

// tryLock locks and unlocks a file as SQLite locks its own.
func tryLock(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|syscall.O_NONBLOCK, 0o600)
	if err != nil {
		return err
	}
	defer f.Close() // which unlocks it
	return syscall.FcntlFlock(f.Fd(), syscall.F_SETLK, &syscall.Flock_t{Type: syscall.F_WRLCK})
}
