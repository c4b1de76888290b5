package keystore

import (
	"context"
	"errors"
	"os"

	"github.com/gofrs/flock"
)

// fileLock excludes all other processes, and all other holders in this one.
// It is the kernel's own lock, so a killed process leaves nothing behind.
type fileLock struct {
	path string
	// turn makes the goroutines of one handle queue here, first come first
	// served, so that one of them at most occupies a thread in the kernel.
	turn chan struct{}
}

func newFileLock(path string) *fileLock {
	return &fileLock{path: path, turn: make(chan struct{}, 1)}
}

// take waits for the lock. It returns what gives it back, or ctx's error.
//
// A lock that is not free is waited for in the kernel, which serves who came
// first and costs no time; a goroutine does the waiting so that ctx can end
// it. If ctx does, the goroutine gives the lock back when it comes.
func (l *fileLock) take(ctx context.Context) (release func(), err error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	select {
	case l.turn <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	done := func() { <-l.turn }
	held := flock.New(l.path, flock.SetPermissions(0o600), flock.SetFlag(os.O_CREATE|os.O_RDWR))
	got, err := held.TryLock()
	if err == nil && !got {
		err = wait(ctx, held)
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

// errMoved says that the locked file is no longer the one under its name: the
// world was deleted while we waited, and perhaps made anew.
var errMoved = errors.New("the lock's file was taken away")

func (l *fileLock) same(held *flock.Flock) error {
	ours, err := held.Stat()
	if err != nil {
		return err
	}
	now, err := os.Stat(l.path)
	if err != nil || !os.SameFile(ours, now) {
		return errMoved
	}
	return nil
}
