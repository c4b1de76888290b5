// Package disk writes files whole or not at all, reads none that is not a
// regular file, locks files against other processes, and names what the file
// system answers.
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

// Part is a file that is not yet whole. Its name cannot be known before, it is
// made by us and no link is followed, so others who may write to its folder
// cannot redirect or read our content. It is locked as long as we
// write, so that what a killed process left can be told from what another is
// writing.
type Part struct {
	*os.File
	release func()
}

// partPrefix begins the names of all parts.
const partPrefix = ".offauth-part-"

// NewPart makes a part in a folder, after it cleared those that were left.
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

// ClearParts deletes the parts that killed processes left in a folder. What
// cannot be deleted now will be another time.
func ClearParts(path string) {
	dir, err := os.Open(path)
	if err != nil {
		return
	}
	defer dir.Close()
	names, _ := dir.Readdirnames(-1)
	slices.Sort(names) // so that what SQLite keeps beside a part comes after it
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

// Drop returns the part up, and deletes it unless it has another name by now.
func (p *Part) Drop() {
	p.Close()
	os.Remove(p.Name())
	p.release()
}

// write writes all that the file will hold, and has it on disk.
func (p *Part) write(data []byte) error {
	if _, err := p.Write(data); err != nil {
		return err
	}
	return p.Sync()
}

// Replace puts data under path so that a reader finds the old
// content or the new, whenever the machine stops. What is there is replaced
// only if it is a file.
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
	if err := p.Close(); err != nil { // Windows renames no open file
		return err
	}
	if err := os.Rename(p.Name(), path); err != nil {
		return err
	}
	return SyncDir(filepath.Dir(path))
}

// Create writes a file that must not be there yet, mode 0600, whole or not
// at all: it gets its name when its content is on disk.
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

// Publish gives a part the name of a file that must not be there yet. Of several
// processes one does, and the others find that it exists.
func (p *Part) Publish(path string) error {
	err := os.Link(p.Name(), path)
	if err != nil && !errors.Is(err, fs.ErrExist) {
		// The file system has no links. An empty file takes the name first.
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

// SyncDir makes a rename or a new name in a folder outlive a power cut.
// Windows cannot open a folder for that, and needs it less.
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

// ErrTooBig means that a file is larger than anything we would have written.
var ErrTooBig = errors.New("the file is too big to be ours")

// NotRegular returns the error of a path that is not a regular file.
func NotRegular(op, path string) error {
	return &fs.PathError{Op: op, Path: path, Err: errors.New("not a regular file")}
}

// OpenRegular opens a file to be read, and nothing else: to open a FIFO or a
// device may wait for ever, and no signal would end that.
func OpenRegular(path string) (*os.File, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, NotRegular("open", path)
	}
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0) // it may be another by now
	if err != nil {
		return nil, err
	}
	if now, err := f.Stat(); err != nil || !now.Mode().IsRegular() {
		f.Close()
		return nil, NotRegular("open", path)
	}
	return f, nil
}

// ReadSmall reads a file of at most limit bytes, so that a file which is not
// ours cannot fill the memory.
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

// IsDir reports whether there is a folder under that path.
func IsDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}
