package sqlite

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"github.com/offauth/offauth/keystore/seal"
)

// step is one migration: its statements, and what it makes of the rows of a
// world that is there already.
type step struct {
	sql  string
	rows func(ctx context.Context, d *Database, tx *transaction, world string) error
}

// migrations are the steps from each schema to the next; the first makes the
// tables. A step is never changed once it was released: worlds of that schema
// are out there. PRAGMA user_version counts the steps that a file has had.
var migrations = []step{{sql: schema1}, {schema2, indexRecords}}

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

// schema2 adds the authenticated index of the records.
const schema2 = `
CREATE TABLE nodes(
	id    INTEGER PRIMARY KEY,
	value BLOB NOT NULL
) STRICT;
`

// migrate brings a database to the newest schema, step by step in one
// transaction. The caller holds the world's lock.
func (d *Database) migrate(ctx context.Context, world string, steps []step) error {
	const doing = "the world's schema cannot be brought up to date"
	tx, err := begin(ctx, d.db, toWrite)
	if err != nil {
		return fault(err, doing)
	}
	defer tx.end()
	// Another process may have migrated already, so read the version again.
	version, err := checkedVersion(ctx, tx, steps)
	if err != nil || version == len(steps) {
		return err
	}
	for _, st := range steps[version:] {
		if _, err := tx.conn.ExecContext(tx.ctx, st.sql); err != nil {
			return fault(err, doing)
		}
		if version > 0 && st.rows != nil {
			if err := st.rows(ctx, d, tx, world); err != nil {
				return err
			}
		}
	}
	marks := fmt.Sprintf("PRAGMA application_id = %d; PRAGMA user_version = %d", applicationID, len(steps))
	if _, err := tx.conn.ExecContext(tx.ctx, marks); err != nil {
		return fault(err, doing)
	}
	return fault(tx.commit(), doing)
}

// checkedVersion returns the schema's number, and refuses a database whose
// schema is not word for word what the steps to that number make. SQLite runs
// what a file's schema says: a trigger that somebody planted would undo each
// write, a view in a table's place would show what it likes.
//
// Nothing else is asked of a database before. The header that was read from
// the file may be older than what the write-ahead log holds.
func checkedVersion(ctx context.Context, q querier, steps []step) (int, error) {
	var version int
	if err := q.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version); err != nil {
		return 0, fault(err, "the world's schema cannot be read")
	}
	switch {
	case version < 0:
		return 0, damaged("its schema is %d", version)
	case version > len(steps):
		return 0, newerFault(version)
	}
	return version, checkSchema(ctx, q, steps[:version])
}

// checkSchema compares the schema with the one that the steps make.
func checkSchema(ctx context.Context, q querier, steps []step) error {
	var found string
	const query = "SELECT coalesce(group_concat(type || ' ' || name || ' ' || tbl_name || ' ' || coalesce(sql, ''), ';'" +
		" ORDER BY name, type), '') FROM sqlite_schema"
	err := columns(q.QueryRowContext(ctx, query).Scan, &found)
	if err != nil {
		return fault(err, "the world's schema cannot be read")
	}
	if found != schemaOf(steps) {
		return damaged("its schema is not the one that offauth made: " +
			"a table, index, trigger or view was added, altered or taken away")
	}
	return nil
}

// schemaOf returns what sqlite_schema holds after the steps, as checkSchema asks
// for it.
func schemaOf(steps []step) string {
	var rows []string
	for _, st := range steps {
		for sql := range strings.SplitSeq(st.sql, ";\n") {
			sql = strings.TrimSpace(sql)
			words := strings.FieldsFunc(sql, func(r rune) bool { return r == ' ' || r == '(' })
			switch {
			case strings.HasPrefix(sql, "CREATE TABLE "):
				rows = append(rows, words[2]+"\x00table "+words[2]+" "+words[2]+" "+sql)
			case strings.HasPrefix(sql, "CREATE INDEX "):
				rows = append(rows, words[2]+"\x00index "+words[2]+" "+words[4]+" "+sql)
			}
		}
	}
	slices.Sort(rows)
	for i, row := range rows {
		_, rows[i], _ = strings.Cut(row, "\x00")
	}
	return strings.Join(rows, ";")
}

// querier is what *sql.DB, *sql.Tx and our transaction share.
type querier interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// indexRecords builds the index of a world of the first schema, whose state row
// had a sum over all records in its place. The change counts as an Update that
// came from the state before it, so a world that was rolled back is refused
// after it as before. The world also learns its name: that of its folder.
func indexRecords(ctx context.Context, d *Database, tx *transaction, world string) error {
	w := &Writer{d.newReader(ctx, tx)}
	records, err := w.firstState()
	if err != nil {
		return err
	}
	var all seal.Sum
	err = w.each(recordColumns+" ORDER BY site, name", nil, func(scan scanner) (bool, error) {
		_, e, err := w.record(scan)
		if err != nil {
			return false, err
		}
		row := seal.Frame(nil).Text(string(e.key.Site)).Text(e.key.Name).Number(int64(e.n)).Text(string(e.tag[:]))
		all.Toggle(w.auth, "records", row)
		return true, w.index.set(e)
	})
	if err != nil {
		return fault(err, "table records cannot be read")
	}
	if all != records {
		return damaged("in table records a row was taken away or an older one put back")
	}
	a, err := w.About()
	if err != nil {
		return err
	}
	a.Name = world
	if err := w.SetAbout(a); err != nil {
		return err
	}
	return w.writeState()
}

// firstState reads the state row of the first schema, and returns its sum over
// the records.
func (w *Writer) firstState() (records seal.Sum, err error) {
	row, err := readMeta(w.ctx, w.tx, metaState)
	if err == nil {
		err = row.check(w.auth)
	}
	if err != nil {
		return seal.Sum{}, err
	}
	st, rest, err := splitState(w.keys, row.value)
	unchained := len(rest) == 2*sha256.Size // written before there were marks
	if err != nil || !unchained && len(rest) != 2*sha256.Size+seal.MACSize {
		return seal.Sum{}, damaged("row %s of table meta was altered", metaState)
	}
	copy(records[:], rest)
	copy(st.timers[:], rest[sha256.Size:])
	st.generation++
	copy(st.prev[:], row.mac)
	st.unmarked = true
	w.state = st
	return records, nil
}
