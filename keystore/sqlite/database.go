// Package sqlite keeps the records, events and timers of a world in an SQLite
// database. An edit without the world's keys is detected: every row has an
// authenticator, an index holds the newest version of each record, and the row
// "state" of the table meta ties them together. Only the vault knows whether
// that state is the newest (see package worlds).
package sqlite

import (
	"context"
	"database/sql"

	"github.com/offauth/offauth/keystore"
	"github.com/offauth/offauth/keystore/seal"
)

// Database is the database of one world. Only About can be called before
// Unlock.
type Database struct {
	db    *sql.DB
	path  string
	keys  *seal.Keys // nil until Unlock
	row   metaRow    // that about was read from
	about About
	// schema is its version when it was opened.
	schema int
}

// Open opens a world's database. The caller closes it.
func Open(ctx context.Context, path string) (*Database, error) {
	return newDatabase(ctx, path, openDatabase)
}

// OpenReadOnly opens a database that no process writes to; SQLite creates no
// file beside it.
func OpenReadOnly(ctx context.Context, path string) (*Database, error) {
	return newDatabase(ctx, path, openReadOnly)
}

func newDatabase(ctx context.Context, path string, open func(string) (*sql.DB, error)) (*Database, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	db, err := open(path)
	if err != nil {
		return nil, err
	}
	d := &Database{db: db, path: path}
	if err := d.readAbout(context.WithoutCancel(ctx)); err != nil {
		db.Close()
		return nil, err
	}
	return d, nil
}

// readAbout checks the schema and then reads the row "world".
func (d *Database) readAbout(ctx context.Context) (err error) {
	if d.schema, err = checkedVersion(ctx, d.db, migrations); err != nil {
		return err
	}
	if d.schema == 0 {
		return damaged("it has no schema")
	}
	if d.row, err = readMeta(ctx, d.db, metaWorld); err != nil {
		return err
	}
	d.about, err = d.row.about()
	return err
}

// Create makes the database of a new world, in a new file. When it returns, the
// world's id is in that file and not only in its write-ahead log.
func Create(ctx context.Context, path string, keys *seal.Keys, a About) (*Database, error) {
	db, err := createDatabase(path)
	if err != nil {
		return nil, err
	}
	d := &Database{db: db, path: path, keys: keys, about: a, schema: len(migrations)}
	err = d.migrate(ctx, a.Name, migrations)
	if err == nil {
		err = d.firstRows(ctx)
	}
	if err == nil {
		_, err = db.ExecContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)")
	}
	if err != nil {
		db.Close()
		return nil, fault(err, "the world cannot be written")
	}
	return d, nil
}

// firstRows writes the rows of meta.
func (d *Database) firstRows(ctx context.Context) error {
	auth := d.keys.Authenticator()
	world, err := d.about.row(auth)
	if err != nil {
		return err
	}
	tx, err := begin(ctx, d.db, toWrite)
	if err != nil {
		return err
	}
	defer tx.end()
	for _, row := range []metaRow{world, newMetaRow(auth, metaState, sealState(d.keys, stateRow{}))} {
		if _, err := tx.conn.ExecContext(tx.ctx, insertMeta, row.key, row.value, row.mac); err != nil {
			return err
		}
	}
	return tx.commit()
}

// About returns what the database held about the world when it was opened.
// Before Unlock it is not authenticated.
func (d *Database) About() About { return d.about }

// Unlock sets the world's keys and authenticates About with them. It returns
// the fault vault_item_foreign for the keys of another world.
func (d *Database) Unlock(ctx context.Context, world string, keys *seal.Keys) error {
	altered := d.row.check(keys.Authenticator())
	if altered == nil {
		d.keys = keys
		return nil
	}
	// No row matches the key of another world, so a second row shows whether
	// the key or the first row is wrong.
	row, err := readMeta(ctx, d.db, metaState)
	if err != nil || row.check(keys.Authenticator()) == nil {
		return altered
	}
	return keystore.WorldFault(keystore.CodeItemForeign, world, keystore.ErrOtherWorld,
		"the vault item "+keystore.KeyItem(keys.ID)+" is not this world's key")
}

// UpToDate reports whether the database had the newest schema when it was opened.
func (d *Database) UpToDate() bool { return d.schema == len(migrations) }

// Migrate brings the database of a world to the newest schema. The caller holds
// the world's lock.
func (d *Database) Migrate(ctx context.Context, world string) error {
	return d.migrate(ctx, world, migrations)
}

// Read reads one consistent state. Readers and the writer have connections of
// their own, and in WAL mode neither waits for the other.
func (d *Database) Read(ctx context.Context, read func(*Reader) error) error {
	tx, err := begin(ctx, d.db, toRead)
	if err != nil {
		return fault(err, "the world cannot be read")
	}
	defer tx.end()
	r, err := d.beginReading(ctx, tx)
	if err != nil {
		return err
	}
	return read(r)
}

// Write writes in a transaction; the caller holds the world's lock. write
// reports whether there is anything to commit.
func (d *Database) Write(ctx context.Context, write func(*Writer) (bool, error)) (changed bool, err error) {
	tx, err := begin(ctx, d.db, toWrite)
	if err != nil {
		return false, fault(err, "the world cannot be written")
	}
	defer tx.end()
	r, err := d.beginReading(ctx, tx)
	if err != nil {
		return false, err
	}
	if changed, err = write(&Writer{r}); err != nil || !changed {
		return false, err
	}
	return true, fault(tx.commit(), "the change cannot be written")
}

// CopyTo writes a consistent copy of the database, without deleted data, into
// an empty file.
func (d *Database) CopyTo(ctx context.Context, path string) error {
	// It reads in a transaction of its own.
	if _, err := d.db.ExecContext(ctx, "VACUUM INTO ?", path); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return fault(err, "the snapshot cannot be written")
	}
	return nil
}

// AddKey puts the world's encrypted root key into a copy of the database.
func (d *Database) AddKey(ctx context.Context, path string, encrypted []byte) error {
	db, err := connect(path, false)
	if err != nil {
		return err
	}
	defer db.Close()
	row := newMetaRow(d.keys.Authenticator(), metaKey, encrypted)
	_, err = db.ExecContext(ctx, insertMeta, row.key, row.value, row.mac)
	if err == nil {
		err = db.Close()
	}
	return fault(err, "the snapshot cannot be written")
}

// EncryptedKey returns the key that AddKey put into a copy.
func (d *Database) EncryptedKey(ctx context.Context) ([]byte, error) {
	row, err := readMeta(ctx, d.db, metaKey)
	return row.value, err
}

// Changes opens a connection that sees how often others change the database.
func (d *Database) Changes(ctx context.Context) (*Changes, error) {
	conn, err := d.db.Conn(context.WithoutCancel(ctx))
	if err != nil {
		return nil, fault(err, "the world cannot be watched")
	}
	return &Changes{conn}, nil
}

// Changes shows whether others have changed a database, without reading it. It
// must be closed before the database.
type Changes struct{ conn *sql.Conn }

// Version returns a number that another connection's commit changes.
func (c *Changes) Version(ctx context.Context) (n int64, err error) {
	err = c.conn.QueryRowContext(context.WithoutCancel(ctx), "PRAGMA data_version").Scan(&n)
	return n, fault(err, "the world cannot be watched")
}

// Close returns the connection.
func (c *Changes) Close() error {
	return fault(c.conn.Close(), "the watch cannot be closed")
}

// Close closes the database; the last process to close it also empties its
// write-ahead log.
func (d *Database) Close() error {
	return fault(d.db.Close(), "the world cannot be closed")
}
