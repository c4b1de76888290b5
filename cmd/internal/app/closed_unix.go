//go:build unix

package app

import (
	"os"
	"syscall"
)

// isClosed reports whether a standard stream was closed when the process began.
// Go opens the null device for reading and writing in its place, so that no
// other file gets its number; a shell's ">/dev/null" is write-only.
func isClosed(f *os.File) bool {
	flags, _, failed := syscall.Syscall(syscall.SYS_FCNTL, f.Fd(), syscall.F_GETFL, 0)
	if failed != 0 {
		return true
	}
	if flags&syscall.O_ACCMODE != syscall.O_RDWR {
		return false
	}
	this, err := f.Stat()
	null, errNull := os.Stat(os.DevNull)
	return err == nil && errNull == nil && os.SameFile(this, null)
}
