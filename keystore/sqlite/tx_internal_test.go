package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"path/filepath"
	"testing"
)

// txDatabase is a database with one table, of which one connection is kept.
func txDatabase(t *testing.T) *sql.DB {
	t.Helper()
	db, err := createDatabase(filepath.Join(t.TempDir(), "x.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	if _, err := db.Exec("CREATE TABLE t(x)"); err != nil {
		t.Fatal(err)
	}
	return db
}

func rowsOfT(t *testing.T, db *sql.DB) (n int) {
	t.Helper()
	if err := db.QueryRow("SELECT count(*) FROM t").Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestATransactionIsKeptOnlyByItsCommit(t *testing.T) {
	db := txDatabase(t)
	insert := func(then func(*transaction)) {
		defer func() { recover() }()
		tx, err := begin(t.Context(), db, toWrite)
		if err != nil {
			t.Fatal(err)
		}
		defer tx.end()
		if _, err := tx.conn.ExecContext(tx.ctx, "INSERT INTO t VALUES(1)"); err != nil {
			t.Fatal(err)
		}
		then(tx)
	}
	insert(func(*transaction) {})
	insert(func(*transaction) { panic("in the middle") })
	// SQLite rolled back itself, as it does on a full disk: there is nothing
	// left for end to roll back, and the connection is not to be trusted.
	insert(func(tx *transaction) { tx.conn.ExecContext(tx.ctx, "ROLLBACK") })
	if n := rowsOfT(t, db); n != 0 {
		t.Errorf("%d rows, none was committed", n)
	}
	insert(func(tx *transaction) {
		if err := tx.commit(); err != nil {
			t.Error(err)
		}
	})
	if n := rowsOfT(t, db); n != 1 {
		t.Errorf("%d rows, one was committed", n)
	}
	if used := db.Stats().InUse; used != 0 {
		t.Errorf("%d connections were not given back", used)
	}
}

func TestNothingIsReadAfterATransaction(t *testing.T) {
	db := txDatabase(t)
	tx, err := begin(t.Context(), db, toRead)
	if err != nil {
		t.Fatal(err)
	}
	tx.end()
	tx.end() // once more does no harm
	if _, err := tx.record("SELECT x FROM t"); !errors.Is(err, sql.ErrTxDone) {
		t.Errorf("a record: %v", err)
	}
	if err := columns(tx.QueryRowContext(t.Context(), "SELECT 1").Scan, new(int)); !errors.Is(err, sql.ErrConnDone) {
		t.Errorf("a row: %v", err)
	}
}

func TestATransactionThatCannotBeginGivesItsConnectionBack(t *testing.T) {
	db := txDatabase(t)
	if _, err := begin(t.Context(), db, "BEGIN NONSENSE"); err == nil {
		t.Fatal("it began")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	tx, err := begin(ctx, db, toRead) // whoever calls has asked ctx
	if err != nil {
		t.Fatal(err)
	}
	tx.end()
	if used := db.Stats().InUse; used != 0 {
		t.Errorf("%d connections were not given back", used)
	}
}
