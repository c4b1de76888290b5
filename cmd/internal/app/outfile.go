package app

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// OutFile is an output file that the user named. A regular file is written
// completely or left as it was: the data goes to a temporary file beside it,
// which replaces it at the end. A symbolic link is followed and stays. A device
// or FIFO is written to and never replaced.
type OutFile struct {
	*os.File
	// place is the path that Commit replaces; empty for a device or FIFO.
	place string
	mode  fs.FileMode
}

// errLinkToNothing is the reason for not writing through a dangling link.
var errLinkToNothing = errors.New("is a link to what is not there")

// CreateFile opens a file for writing.
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
	// A blocking open of a FIFO without a reader would never return.
	f, err := os.OpenFile(name, os.O_WRONLY|syscall.O_NONBLOCK, 0)
	if errors.Is(err, syscall.ENXIO) {
		return nil, &fs.PathError{Op: "write", Path: name, Err: errors.New("nobody reads from it")}
	}
	if err != nil {
		return nil, err
	}
	return &OutFile{File: f}, nil
}

// beside creates the temporary file next to the file that it will replace.
func beside(name, place string, mode fs.FileMode) (*OutFile, error) {
	f, err := os.CreateTemp(filepath.Dir(place), ".offauth-*")
	if err != nil {
		return nil, &fs.PathError{Op: "write", Path: name, Err: reasonOf(err)}
	}
	return &OutFile{File: f, place: place, mode: mode}, nil
}

// reasonOf returns the error about the user's file in place of the one about
// its temporary file.
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

// Commit ends the writing: the new file is in place, or the old one is
// unchanged.
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

// Discard ends the writing and drops what was written.
func (o *OutFile) Discard() {
	_ = o.Close() // nothing of it is kept
	if o.place != "" {
		_ = os.Remove(o.Name())
	}
}

// WriteFile writes a whole file through an OutFile.
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

// FileReason returns what is wrong with a file, with the path as the user typed
// it.
func FileReason(name string, err error) string { return fmt.Sprintf("%s: %v", name, reasonOf(err)) }
