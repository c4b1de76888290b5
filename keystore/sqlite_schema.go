package keystore

import (
	"context"
	"database/sql"
	"fmt"
)

// migrations are the steps from each schema to the next; the first makes the
// tables. A step is never changed once it was released: worlds of that schema
// are out there. PRAGMA user_version counts the steps that a file has had.
var migrations = []string{schema1}

// schema1 is the first schema. The tables are STRICT, so that a value of the
// wrong type cannot be slipped in. An event's number is its row id, so the
// newest are found without an index, and each index ends in the number.
const schema1 = `
CREATE TABLE meta(
	key   TEXT NOT NULL PRIMARY KEY,
	value BLOB NOT NULL,
	mac   BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE records(
	site    TEXT NOT NULL,
	name    TEXT NOT NULL,
	version INTEGER NOT NULL,
	public  TEXT NOT NULL,
	sealed  BLOB NOT NULL,
	PRIMARY KEY(site, name)
) STRICT, WITHOUT ROWID;
CREATE TABLE timers(
	site    TEXT NOT NULL,
	kind    TEXT NOT NULL,
	subject TEXT NOT NULL,
	at      INTEGER NOT NULL,
	ord     INTEGER NOT NULL,
	mac     BLOB NOT NULL,
	PRIMARY KEY(site, kind, subject)
) STRICT, WITHOUT ROWID;
CREATE TABLE events(
	seq     INTEGER PRIMARY KEY,
	at      INTEGER NOT NULL,
	site    TEXT NOT NULL,
	kind    TEXT NOT NULL,
	subject TEXT NOT NULL,
	result  TEXT NOT NULL,
	rule    TEXT NOT NULL,
	fields  TEXT NOT NULL,
	mac     BLOB NOT NULL
) STRICT;
CREATE INDEX events_at ON events(at);
CREATE INDEX events_subject ON events(subject);
CREATE INDEX events_kind ON events(kind);
`

// migrate brings a database to the newest schema, step by step in one
// transaction. The caller holds the world's lock.
func migrate(ctx context.Context, db *sql.DB, steps []string) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return storageFault(err, "the world's schema cannot be read")
	}
	defer tx.Rollback()
	// Another process may have been faster, so the version is read again.
	version, err := userVersion(ctx, tx)
	if err != nil || version >= len(steps) {
		return err
	}
	if version < 0 {
		return damaged("its schema is %d", version)
	}
	for _, step := range steps[version:] {
		if _, err := tx.ExecContext(ctx, step); err != nil {
			return storageFault(err, "the world's schema cannot be brought up to date")
		}
	}
	marks := fmt.Sprintf("PRAGMA application_id = %d; PRAGMA user_version = %d", applicationID, len(steps))
	if _, err := tx.ExecContext(ctx, marks); err != nil {
		return storageFault(err, "the world's schema cannot be brought up to date")
	}
	return storageFault(tx.Commit(), "the world's schema cannot be brought up to date")
}

// querier is what *sql.DB, *sql.Tx and our transaction share.
type querier interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// userVersion gives the schema. The header that was read from the file may be
// older than what the write-ahead log holds.
func userVersion(ctx context.Context, q querier) (int, error) {
	var v int
	if err := q.QueryRowContext(ctx, "PRAGMA user_version").Scan(&v); err != nil {
		return 0, storageFault(err, "the world's schema cannot be read")
	}
	return v, nil
}
