package sqlite_test

import (
	"database/sql"
	"fmt"
	"testing"
)

// Releases of SQLite before 3.51.3 could spoil a database in WAL mode when two
// processes put the log back at the same time.
func TestSQLiteIsNewEnough(t *testing.T) {
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var version string
	if err := db.QueryRow("SELECT sqlite_version()").Scan(&version); err != nil {
		t.Fatal(err)
	}
	var major, minor, patch int
	if _, err := fmt.Sscanf(version, "%d.%d.%d", &major, &minor, &patch); err != nil {
		t.Fatal(err)
	}
	if major*1_000_000+minor*1_000+patch < 3_051_003 {
		t.Errorf("SQLite is %s", version)
	}
}
