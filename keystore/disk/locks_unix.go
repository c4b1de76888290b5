//go:build unix

package disk

import (
	"os"
	"syscall"
)

// noLocks is what a volume without file locks answers.
const noLocks = syscall.ENOLCK

// tryLock locks and unlocks a file as SQLite locks its own. The file must be
// none that SQLite has open.
func tryLock(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR|syscall.O_NONBLOCK, 0)
	if err != nil {
		return err
	}
	defer f.Close() // which unlocks it
	return syscall.FcntlFlock(f.Fd(), syscall.F_SETLK, &syscall.Flock_t{Type: syscall.F_WRLCK})
}
