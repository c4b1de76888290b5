// Package disk writes files atomically, reads only regular files, locks files
// against other processes, and turns errors of the file system into faults.
package disk

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
)

// Part is a temporary file that becomes a file when it is complete. Its name is
// random and no link is followed when it is created, so others with write
// access to its folder cannot redirect or read the content. It is locked while
// it is being written, to distinguish it from the leftovers of a killed
// process.
type Part struct {
	*os.File
	release func()
}

// partPrefix begins the names of all parts.
const partPrefix = ".offauth-part-"

// NewPart makes a part in a folder, after clearing leftover parts.
func NewPart(dir string) (*Part, error) {
	ClearParts(dir)
	for {
		f, err := os.CreateTemp(dir, partPrefix+"*") // mode 0600, O_EXCL
		if err != nil {
			return nil, err
		}
		release, err := lockPart(f)
		if err == nil {
			return &Part{f, release}, nil
		}
		f.Close()
		if !errors.Is(err, ErrMoved) { // else it was cleared before it was locked
			os.Remove(f.Name())
			return nil, err
		}
	}
}

// ClearParts deletes the parts that killed processes left in a folder. Parts
// that cannot be deleted now are left for the next call.
func ClearParts(path string) {
	dir, err := os.Open(path)
	if err != nil {
		return
	}
	defer dir.Close()
	names, _ := dir.Readdirnames(-1)
	slices.Sort(names) // so that SQLite's files beside a part come after it
	for _, name := range names {
		number, ours := strings.CutPrefix(name, partPrefix)
		number, beside, _ := strings.Cut(number, "-")
		part := filepath.Join(path, partPrefix+number)
		switch _, err := os.Lstat(part); {
		case !ours:
		case beside == "":
			removeDead(part)
		case errors.Is(err, fs.ErrNotExist):
			removeDead(filepath.Join(path, name))
		}
	}
}

// Drop closes the part and deletes it, unless it has been renamed.
func (p *Part) Drop() {
	p.Close()
	os.Remove(p.Name())
	p.release()
}

// write writes the content of the file and syncs it to disk.
func (p *Part) write(data []byte) error {
	if _, err := p.Write(data); err != nil {
		return err
	}
	return p.Sync()
}

// Replace atomically replaces the content of a file: after a crash a reader
// finds the old content or the new. It replaces nothing but a file.
func Replace(path string, data []byte) error {
	if info, err := os.Lstat(path); err == nil && !info.Mode().IsRegular() {
		return NotRegular("replace", path)
	}
	p, err := NewPart(filepath.Dir(path))
	if err != nil {
		return err
	}
	defer p.Drop()
	if err := p.write(data); err != nil {
		return err
	}
	if err := p.Close(); err != nil { // Windows cannot rename an open file
		return err
	}
	if err := os.Rename(p.Name(), path); err != nil {
		return err
	}
	return SyncDir(filepath.Dir(path))
}

// Create atomically writes a new file, mode 0600. The file gets its name when
// its content is on disk.
func Create(path string, data []byte) error {
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		return &fs.PathError{Op: "create", Path: path, Err: errors.Join(err, fs.ErrExist)}
	}
	p, err := NewPart(filepath.Dir(path))
	if err != nil {
		return err
	}
	defer p.Drop()
	if err := p.write(data); err != nil {
		return err
	}
	return p.Publish(path)
}

// Publish gives a part the name of a new file. If several processes do so, one
// succeeds and the others get an error that the file exists.
func (p *Part) Publish(path string) error {
	err := os.Link(p.Name(), path)
	if err != nil && !errors.Is(err, fs.ErrExist) {
		// The file system has no links. Reserve the name with an empty file
		// first.
		var f *os.File
		if f, err = os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600); err == nil {
			err = errors.Join(f.Close(), p.Close(), os.Rename(p.Name(), path))
		}
	}
	if err != nil {
		return err
	}
	return SyncDir(filepath.Dir(path))
}

// SyncDir syncs a folder to disk, so that new names and renames in it survive a
// power failure. Windows cannot open a folder for that, and needs it less.
func SyncDir(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// ErrTooBig means that a file is larger than any file of offauth.
var ErrTooBig = errors.New("the file is too big to be ours")

// NotRegular returns the error of a path that is not a regular file.
func NotRegular(op, path string) error {
	return &fs.PathError{Op: op, Path: path, Err: errors.New("not a regular file")}
}

// OpenRegular opens a regular file for reading and refuses any other: opening a
// FIFO or a device may block for ever, and no signal would interrupt it.
func OpenRegular(path string) (*os.File, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, NotRegular("open", path)
	}
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0) // it may have been replaced by now
	if err != nil {
		return nil, err
	}
	if now, err := f.Stat(); err != nil || !now.Mode().IsRegular() {
		f.Close()
		return nil, NotRegular("open", path)
	}
	return f, nil
}

// ReadSmall reads a file of at most limit bytes, so that a foreign file cannot
// fill the memory.
func ReadSmall(path string, limit int64) ([]byte, error) {
	f, err := OpenRegular(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err != nil {
		return nil, err
	}
	if int64(len(data)) > limit {
		return nil, fmt.Errorf("%w: %s is over %d bytes", ErrTooBig, path, limit)
	}
	return data, nil
}

// IsDir reports whether path is a folder.
func IsDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}
