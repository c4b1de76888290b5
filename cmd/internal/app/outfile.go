package app

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// OutFile is a file that the user named and that is being written. A regular
// one is whole or as it was: what is written goes beside it, and takes its
// place at the end. A link is followed, so it stays. What is no regular file (a
// device, a FIFO) is written into and never replaced.
type OutFile struct {
	*os.File
	// place is what the file replaces; empty for what is written into.
	place string
	mode  fs.FileMode
}

// errLinkToNothing is why a link is not written through.
var errLinkToNothing = errors.New("is a link to what is not there")

// CreateFile begins to write a file.
func CreateFile(name string) (*OutFile, error) {
	info, err := os.Stat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if _, err := os.Lstat(name); err == nil {
			return nil, &fs.PathError{Op: "write", Path: name, Err: errLinkToNothing}
		}
		return beside(name, name, 0o644)
	case err != nil:
		return nil, err
	case info.Mode().IsRegular():
		place, err := filepath.EvalSymlinks(name)
		if err != nil {
			return nil, err
		}
		return beside(name, place, info.Mode().Perm())
	}
	// Of a FIFO that nobody reads an open that waits would never end.
	f, err := os.OpenFile(name, os.O_WRONLY|syscall.O_NONBLOCK, 0)
	if errors.Is(err, syscall.ENXIO) {
		return nil, &fs.PathError{Op: "write", Path: name, Err: errors.New("nobody reads from it")}
	}
	if err != nil {
		return nil, err
	}
	return &OutFile{File: f}, nil
}

// beside makes the file that will take the place of one.
func beside(name, place string, mode fs.FileMode) (*OutFile, error) {
	f, err := os.CreateTemp(filepath.Dir(place), ".offauth-*")
	if err != nil {
		return nil, &fs.PathError{Op: "write", Path: name, Err: reasonOf(err)}
	}
	return &OutFile{File: f, place: place, mode: mode}, nil
}

// reasonOf is what is wrong with a file, whatever the one beside it was called.
func reasonOf(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	var link *os.LinkError
	if errors.As(err, &link) {
		return link.Err
	}
	return err
}

// Commit ends the writing: the file is in its place, or as it was.
func (o *OutFile) Commit() error {
	if o.place == "" {
		return o.Close()
	}
	err := o.Sync()
	if err == nil {
		err = o.Chmod(o.mode)
	}
	if closed := o.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(o.Name(), o.place)
	}
	if err != nil {
		_ = os.Remove(o.Name()) // why it was not written says more
	}
	return err
}

// Discard ends the writing of what is not wanted.
func (o *OutFile) Discard() {
	_ = o.Close() // nothing of it is kept
	if o.place != "" {
		_ = os.Remove(o.Name())
	}
}

// WriteFile writes a file as outFile says.
func WriteFile(name string, data []byte) error {
	f, err := CreateFile(name)
	if err != nil {
		return err
	}
	if _, err = f.Write(data); err != nil {
		f.Discard()
	} else {
		err = f.Commit()
	}
	if err != nil {
		return &fs.PathError{Op: "write", Path: name, Err: reasonOf(err)}
	}
	return nil
}

// FileReason says what is wrong with a file of the user's.
func FileReason(name string, err error) string { return fmt.Sprintf("%s: %v", name, reasonOf(err)) }
