package sqlite

import (
	"context"
	"database/sql"
	"database/sql/driver"
)

// transaction is a transaction of SQLite on a connection of its own until
// end. It does what *sql.Tx does, but for the two goroutines that this starts
// for each transaction and each query, only to wait for a context: ours is
// never cancelled, and in a command that lives for milliseconds the threads
// which they wake cost a tenth of its processor time.
type transaction struct {
	ctx  context.Context // never cancelled
	conn *sql.Conn
	// open reports whether neither commit nor end has come yet.
	open bool
	// one reads a record by its key; an Action reads several.
	one *sql.Stmt
}

// How a transaction begins: a reader takes no lock, a writer takes SQLite's at
// once, so that no statement in the middle finds it taken.
const (
	toRead  = "BEGIN"
	toWrite = "BEGIN IMMEDIATE"
)

// begin starts a transaction; the caller calls end. A statement that ctx
// interrupts would leave open whether it was done, so ctx interrupts none.
func begin(ctx context.Context, db *sql.DB, how string) (*transaction, error) {
	ctx = context.WithoutCancel(ctx)
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	t := &transaction{ctx: ctx, conn: conn}
	if _, err := conn.ExecContext(ctx, how); err != nil {
		t.discard()
		return nil, err
	}
	t.open = true
	return t, nil
}

// commit keeps what was done. If it fails nothing is kept, and end rolls back.
func (t *transaction) commit() error {
	t.forget()
	if _, err := t.conn.ExecContext(t.ctx, "COMMIT"); err != nil {
		return err
	}
	t.open = false
	return nil
}

// end takes back what was not committed, and gives the connection back. It is
// deferred, so that it also comes after a panic. A connection that does not
// say it rolled back may still be inside, and is closed, which SQLite takes
// for a rollback: the next transaction must not find itself in this one.
func (t *transaction) end() {
	t.forget()
	if !t.open {
		t.conn.Close()
		return
	}
	t.open = false
	if _, err := t.conn.ExecContext(t.ctx, "ROLLBACK"); err != nil {
		t.discard()
		return
	}
	t.conn.Close()
}

// forget closes the statement that is kept for later ones.
func (t *transaction) forget() {
	if t.one != nil {
		t.one.Close()
		t.one = nil
	}
}

// discard closes the connection instead of keeping it for the next.
func (t *transaction) discard() {
	// The pool drops a connection of which it is told that it is bad.
	t.conn.Raw(func(any) error { return driver.ErrBadConn })
	t.conn.Close()
}

// record asks for one record.
func (t *transaction) record(query string, args ...any) (scanner, error) {
	if !t.open {
		return nil, sql.ErrTxDone
	}
	if t.one == nil {
		var err error
		if t.one, err = t.conn.PrepareContext(t.ctx, query); err != nil {
			return nil, err
		}
	}
	return t.one.QueryRowContext(t.ctx, args...).Scan, nil
}

// QueryRowContext implements querier.
func (t *transaction) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	return t.conn.QueryRowContext(ctx, query, args...)
}
