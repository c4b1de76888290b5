package worlds

import (
	"context"
	"os"
	"path/filepath"

	"github.com/offauth/offauth/keystore/disk"
	"github.com/offauth/offauth/keystore/sqlite"
)

// Watch finds out whether a world was changed, without reading it: it holds no
// lock and asks SQLite for one number.
type Watch struct {
	world   string
	changes *sqlite.Changes
	seen    int64
	path    string
	file    os.FileInfo
}

// Watch starts to watch the world. It must be closed before the world.
func (w *World) Watch(ctx context.Context) (*Watch, error) {
	changes, err := w.db.Changes(ctx)
	if err != nil {
		return nil, err
	}
	watch := &Watch{world: w.name, changes: changes, path: filepath.Join(w.at.path, databaseName)}
	watch.seen, err = changes.Version(ctx)
	if err == nil {
		if watch.file, err = os.Stat(watch.path); err != nil {
			err = lockFault(err, w.name)
		}
	}
	if err != nil {
		watch.Close()
		return nil, err
	}
	return watch, nil
}

// Changed reports whether this process or another changed the world
// since the last call, or since the Watch began. The fault no_world says that it
// was deleted, or that another took its place.
func (w *Watch) Changed(ctx context.Context) (bool, error) {
	if now, err := os.Stat(w.path); err != nil || !os.SameFile(now, w.file) {
		return false, lockFault(disk.ErrMoved, w.world)
	}
	version, err := w.changes.Version(ctx)
	changed := err == nil && version != w.seen
	w.seen = version
	return changed, err
}

// Close ends the watch.
func (w *Watch) Close() error { return w.changes.Close() }
