package disk

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"runtime"

	"github.com/gofrs/flock"
)

// Lock is an exclusive lock between processes, and between goroutines of this
// one. It is a lock of the kernel, so a killed process leaves nothing behind.
type Lock struct {
	path string
	// turn queues the goroutines of one handle, so that at most one of them
	// occupies a thread in the kernel.
	turn chan struct{}
}

// NewLock returns the lock of the file at path, which need not exist.
func NewLock(path string) *Lock {
	return &Lock{path: path, turn: make(chan struct{}, 1)}
}

// Take waits for the lock. It returns a function that releases the lock, or
// ctx's error.
//
// A goroutine waits for the lock in the kernel, which is fair and costs no
// processor time. If ctx ends first, Take returns and the goroutine releases
// the lock when it gets it.
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

// file creates the lock's file if there is none. It does not follow a link,
// which might lead to a file of the user.
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
		return nil // another process was faster
	}
	if err != nil {
		return err
	}
	return f.Close()
}

// wait waits in the kernel for a lock that another process holds.
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

// ErrMoved means that the locked file no longer has its name: the world was
// deleted during the wait, and perhaps created again.
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

// lockPart locks a new part, and returns ErrMoved if the part was cleared
// before that. It does nothing on Windows, where an open file cannot be deleted
// and a locked one cannot be written.
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

// removeDead deletes a part that no process is writing.
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
