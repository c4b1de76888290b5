// Package worlds keeps worlds in a folder, OFFAUTH_HOME: it makes, opens,
// lists, moves, repairs, copies and deletes them.
//
// A world is a folder HOME/worlds/NAME with a database, and two items in a
// vault: its root key, and a mark that identifies its newest state, so
// that a folder which was copied back from an earlier day is refused. A change
// takes the world's lock, compares the database with the vault, commits, tells
// the vault, and only then its caller.
package worlds

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/keystore"
	"github.com/offauth/offauth/keystore/disk"
)

// Home is the folder of all worlds: worlds/NAME for each, and vault for the
// file vault. It need not exist yet.
type Home struct{ Dir string }

// The prefixes of the folders of worlds that are not whole: being made, and
// being deleted. No world's name begins with a dot.
const (
	newPrefix  = ".new-"
	gonePrefix = ".gone-"
)

// Info describes a world without its vault, so it is not authenticated. Err is
// why a world cannot be opened; the rest may then be empty.
type Info struct {
	Name      string
	ID        string
	VaultKind keystore.Kind
	CreatedAt time.Time
	Err       error
}

// VaultDir is the folder of the file vault.
func (h Home) VaultDir() string { return filepath.Join(h.Dir, "vault") }

// WorldDir is the folder of the world of that name.
func (h Home) WorldDir(name string) string { return filepath.Join(h.worlds(), name) }

// Exists reports whether there is a world of that name, intact or not. It
// returns true if it cannot tell; Open returns the reason.
func (h Home) Exists(name string) bool {
	if authn.CheckWorldName(name) != nil {
		return false
	}
	info, err := os.Stat(h.WorldDir(name))
	return err == nil && info.IsDir() || err != nil && !isNone(err)
}

// isNone reports whether an error means that a path does not exist.
func isNone(err error) bool { return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) }

// Open opens a world. The caller closes it.
func (h Home) Open(ctx context.Context, name string, open keystore.Opener) (*World, error) {
	if err := checkName(name); err != nil {
		return nil, err
	}
	dir := h.WorldDir(name)
	before, err := findFolder(dir)
	if err != nil {
		return nil, err
	}
	if before == nil {
		return nil, noWorld(name)
	}
	w, err := h.openWorld(ctx, name, before, open)
	if err != nil && ctx.Err() == nil && !before.unchanged() {
		return nil, noWorld(name) // it was deleted meanwhile, which looks like other faults
	}
	return w, keystore.NameWorld(disk.WhyBusy(err, filepath.Join(dir, lockName)), name)
}

// folder is a folder as it was found under a path.
type folder struct {
	path string
	info fs.FileInfo
}

// findFolder finds the folder under a path; nil means that there is none.
func findFolder(path string) (*folder, error) {
	info, err := os.Stat(path)
	switch {
	case err == nil && info.IsDir():
		return &folder{path, info}, nil
	case err == nil || isNone(err):
		return nil, nil
	}
	return nil, disk.Fault(err, "the world's folder cannot be looked at")
}

// unchanged reports whether the same folder is still there, as far as can be seen.
func (p *folder) unchanged() bool {
	now, err := findFolder(p.path)
	return err != nil || now != nil && os.SameFile(p.info, now.info)
}

// List returns the worlds by name, those that are damaged included.
func (h Home) List() ([]Info, error) {
	entries, err := os.ReadDir(h.worlds())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, disk.Fault(err, "the worlds cannot be listed")
	}
	var list []Info
	for _, e := range entries {
		if !h.Exists(e.Name()) {
			continue
		}
		before, err := findFolder(h.WorldDir(e.Name()))
		switch i := h.info(e.Name()); {
		case err != nil:
			list = append(list, Info{Name: e.Name(), Err: err})
		case before != nil && (i.Err == nil || before.unchanged()):
			list = append(list, i) // else it was deleted meanwhile
		}
	}
	return list, nil
}

// info reads about one world without its vault.
func (h Home) info(name string) Info {
	a, err := aboutOf(context.Background(), h.WorldDir(name))
	if err == nil {
		err = checkWorldName(a, name)
	}
	return Info{Name: name, ID: a.ID, VaultKind: a.Vault, CreatedAt: a.Created, Err: keystore.NameWorld(err, name)}
}

// Exposed returns those of a world's files, and of others that are named, which
// other users may read or write.
func (h Home) Exposed(name string, others ...string) []string {
	if runtime.GOOS == "windows" { // there are no such modes
		return nil
	}
	var exposed []string
	for _, path := range append([]string{filepath.Join(h.WorldDir(name), databaseName)}, others...) {
		if info, err := os.Stat(path); err == nil && info.Mode().Perm()&0o077 != 0 {
			exposed = append(exposed, path)
		}
	}
	return exposed
}

func (h Home) worlds() string { return filepath.Join(h.Dir, "worlds") }

// lock takes the lock for creating and deleting worlds.
func (h Home) lock(ctx context.Context) (release func(), err error) {
	if err := os.MkdirAll(h.worlds(), 0o700); err != nil {
		return nil, disk.Fault(err, "the folder of the worlds cannot be made")
	}
	release, err = disk.NewLock(filepath.Join(h.worlds(), ".lock")).Take(ctx)
	if err != nil && ctx.Err() == nil {
		err = disk.Fault(err, "the folder of the worlds cannot be locked")
	}
	return release, err
}

func checkName(name string) error {
	if err := authn.CheckWorldName(name); err != nil {
		return keystore.Fault(keystore.CodeBadName, err, "no world can have this name")
	}
	return nil
}

func noWorld(name string) error {
	return keystore.WorldFault(keystore.CodeNoWorld, name, keystore.ErrNoWorld, "there is no world "+name)
}
