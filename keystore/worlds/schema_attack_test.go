package worlds_test

import (
	"strings"
	"testing"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/keystore"
	"github.com/offauth/offauth/keystore/keystoretest"
)

// planted are things that SQLite would run or show by itself.
var planted = map[string][]string{
	"a trigger that ignores writes": {`CREATE TRIGGER t BEFORE INSERT ON records WHEN NEW.name LIKE 'r%'
		BEGIN SELECT raise(IGNORE); END`},
	"a trigger on meta": {`CREATE TRIGGER t AFTER UPDATE ON meta BEGIN DELETE FROM timers; END`},
	"an endless trigger": {`CREATE TRIGGER t BEFORE INSERT ON events BEGIN
		SELECT count(*) FROM (WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT x FROM c); END`},
	"an endless view in a table's place": {`DROP TABLE meta`, `CREATE VIEW meta(key, value, mac) AS
		WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT 'world', x, x FROM c WHERE x < 0`},
	"a view":              {`CREATE VIEW v AS SELECT * FROM records`},
	"a table":             {`CREATE TABLE x(y)`},
	"an index":            {`CREATE INDEX x ON records(version)`},
	"an index on a term":  {`CREATE INDEX x ON records(length(public))`},
	"statistics":          {`ANALYZE`},
	"an index taken away": {`DROP INDEX events_kind`},
	"a table without its type": {`PRAGMA writable_schema = ON`,
		`UPDATE sqlite_schema SET sql = replace(sql, 'mac   BLOB', 'mac   ANY ') WHERE name = 'meta'`},
	"a check": {`PRAGMA writable_schema = ON`,
		`UPDATE sqlite_schema SET sql = replace(sql,
			'version INTEGER NOT NULL', 'version INTEGER NOT NULL CHECK(version < 9)') WHERE name = 'records'`},
}

// SQLite runs nothing that the file brings: whatever is planted in its schema
// is refused, at opening, and by who has the world open, before and after it
// is written to; and it never hangs.
func TestWhatIsPlantedInTheSchemaIsRefused_attackA12(t *testing.T) {
	for name, statements := range planted {
		t.Run(name, func(t *testing.T) {
			p, file, _ := lived(t)
			w := p.open(t, "w")
			if _, err := read(w); err != nil {
				t.Fatal(err)
			}
			rawSQL(t, file, statements...)
			done := make(chan []error, 1)
			go func() {
				_, err := p.Open(t.Context(), "w", p.byKind)
				_, seen := read(w)
				done <- []error{err, seen, act(w), w.Verify(t.Context())}
			}()
			select {
			case errs := <-done:
				for _, err := range errs {
					keystoretest.WantCode(t, err, keystore.CodeDamaged)
				}
				if !strings.Contains(errs[0].Error(), "schema") {
					t.Errorf("the reason is not told: %v", errs[0])
				}
			case <-time.After(time.Minute):
				t.Fatal("it hangs")
			}
		})
	}
}

// A world's file may grow a schema while it is being brought up to date or
// copied into a snapshot: that of a snapshot is looked at as well.
func TestWhatIsPlantedInASnapshotIsRefused_attackA12(t *testing.T) {
	p, _, _ := lived(t)
	snapshot := t.TempDir() + "/s"
	if err := p.Snapshot(t.Context(), "w", snapshot, p.byKind, nil); err != nil {
		t.Fatal(err)
	}
	rawSQL(t, snapshot, `CREATE TRIGGER t BEFORE INSERT ON records BEGIN SELECT raise(IGNORE); END`)
	err := p.Restore(t.Context(), p.restored(snapshot, "x"))
	keystoretest.WantCode(t, err, keystore.CodeSnapshotDamaged)
	if f, _ := authn.AsFault(err); strings.Count(err.Error(), f.Message) != 1 {
		t.Errorf("the message is said twice: %v", err)
	}
}
