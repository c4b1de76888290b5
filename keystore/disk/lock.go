package disk

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"runtime"

	"github.com/gofrs/flock"
)

// Lock excludes all other processes, and all other holders in this one.
// It is the kernel's own lock, so a killed process leaves nothing behind.
type Lock struct {
	path string
	// turn makes the goroutines of one handle queue here, first come first
	// served, so that one of them at most occupies a thread in the kernel.
	turn chan struct{}
}

// NewLock returns the lock of the file under that path, which need not be there.
func NewLock(path string) *Lock {
	return &Lock{path: path, turn: make(chan struct{}, 1)}
}

// Take waits for the lock. It returns what gives it back, or ctx's error.
//
// A lock that is not free is waited for in the kernel, which serves who came
// first and costs no time; a goroutine does the waiting so that ctx can end
// it. If ctx does, the goroutine gives the lock back when it comes.
func (l *Lock) Take(ctx context.Context) (release func(), err error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	select {
	case l.turn <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	done := func() { <-l.turn }
	held := flock.New(l.path, flock.SetFlag(os.O_RDWR))
	err = l.file()
	if err == nil {
		var got bool
		if got, err = held.TryLock(); err == nil && !got {
			err = wait(ctx, held)
		}
	}
	if err == nil {
		err = l.same(held)
		if err != nil {
			held.Unlock()
		}
	}
	if err != nil {
		done()
		return nil, err
	}
	return func() { held.Unlock(); done() }, nil
}

// file makes the lock's file if there is none. A link is not followed: it
// might lead to a file of the user's.
func (l *Lock) file() error {
	info, err := os.Lstat(l.path)
	switch {
	case err == nil && !info.Mode().IsRegular():
		return NotRegular("lock", l.path)
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	f, err := os.OpenFile(l.path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil // another was faster
	}
	if err != nil {
		return err
	}
	return f.Close()
}

// wait waits in the kernel for a lock that another has.
func wait(ctx context.Context, held *flock.Flock) error {
	answer := make(chan error)
	go func() {
		err := held.Lock()
		select {
		case answer <- err:
		case <-ctx.Done():
			if err == nil {
				held.Unlock()
			}
		}
	}()
	select {
	case err := <-answer:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// ErrMoved means that the locked file is no longer the one under its name: the
// world was deleted while we waited, and perhaps made again.
var ErrMoved = errors.New("the lock's file was taken away")

func (l *Lock) same(held *flock.Flock) error {
	ours, err := held.Stat()
	if err != nil {
		return err
	}
	now, err := os.Lstat(l.path)
	if err != nil || !os.SameFile(ours, now) {
		return ErrMoved
	}
	return nil
}

// lockPart locks a file that was made just now, and returns ErrMoved if it was
// cleared before. On Windows an open file cannot be deleted, and one that is
// locked not be written to, so nothing is done there.
func lockPart(f *os.File) (release func(), err error) {
	if runtime.GOOS == "windows" {
		return func() {}, nil
	}
	l := &Lock{path: f.Name()}
	held := flock.New(l.path, flock.SetFlag(os.O_RDWR))
	got, err := held.TryLock()
	switch {
	case errors.Is(err, fs.ErrNotExist) || err == nil && !got:
		held.Close()
		return nil, ErrMoved
	case err != nil:
		return nil, err
	}
	if err := l.same(held); err != nil {
		held.Unlock()
		return nil, err
	}
	return func() { held.Unlock() }, nil
}

// removeDead deletes a part that no process writes to.
func removeDead(path string) {
	if info, err := os.Lstat(path); err != nil || !info.Mode().IsRegular() {
		return
	}
	if runtime.GOOS != "windows" {
		held := flock.New(path, flock.SetFlag(os.O_RDWR))
		defer held.Close()
		if got, err := held.TryLock(); err != nil || !got {
			return
		}
	}
	os.Remove(path)
}
