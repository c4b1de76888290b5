package keystore

import (
	"context"
	"database/sql"
	"os"
)

// Watch finds out whether anybody changed a world, without reading it. It
// holds no lock, keeps nobody from anything and asks SQLite for one number.
type Watch struct {
	world string
	conn  *sql.Conn // of its own: the number counts what the others commit
	seen  int64
	path  string
	file  os.FileInfo
}

// Watch begins to watch the world. It is to be closed before the world is.
func (w *World) Watch(ctx context.Context) (*Watch, error) {
	ctx = context.WithoutCancel(ctx)
	conn, err := w.db.Conn(ctx)
	if err != nil {
		return nil, storageFault(err, "the world cannot be watched")
	}
	watch := &Watch{world: w.name, conn: conn}
	err = storageFault(conn.QueryRowContext(ctx, "SELECT file FROM pragma_database_list WHERE name = 'main'").Scan(&watch.path), "the world cannot be watched")
	if err == nil {
		watch.seen, err = watch.version(ctx)
	}
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

// Changed reports whether somebody, in this process or another, changed the world
// since it was asked last, or since the Watch began. A world that was deleted,
// or that another has taken the place of, is the fault no_world.
func (w *Watch) Changed(ctx context.Context) (bool, error) {
	if now, err := os.Stat(w.path); err != nil || !os.SameFile(now, w.file) {
		return false, lockFault(errMoved, w.world)
	}
	version, err := w.version(ctx)
	changed := err == nil && version != w.seen
	w.seen = version
	return changed, err
}

// version is a number of SQLite's that another connection's commit changes.
func (w *Watch) version(ctx context.Context) (n int64, err error) {
	err = w.conn.QueryRowContext(context.WithoutCancel(ctx), "PRAGMA data_version").Scan(&n)
	return n, storageFault(err, "the world cannot be watched")
}

// Close ends the watch.
func (w *Watch) Close() error {
	return storageFault(w.conn.Close(), "the watch cannot be closed")
}
