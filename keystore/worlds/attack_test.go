package worlds_test

import (
	"bytes"
	"database/sql"
	"encoding/binary"
	"os"
	"path/filepath"
	"testing"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/keystore"
	"github.com/offauth/offauth/keystore/keystoretest"
)

// rawSQL changes the database as an attacker with its file would.
func rawSQL(t testing.TB, file string, statements ...string) {
	t.Helper()
	db, err := sql.Open("sqlite", "file://"+filepath.ToSlash(file))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, s := range statements {
		if _, err := db.Exec(s); err != nil {
			t.Fatal(s, err)
		}
	}
}

func TestWhatIsEditedByHandIsFound_attack(t *testing.T) {
	for name, statements := range map[string][]string{
		"public half edited":          {`UPDATE records SET public = '{"state":"spent"}' WHERE name = 'r/3/1'`},
		"public half without secret":  {`UPDATE records SET public = '{}' WHERE name = 'r/0/0'`},
		"version raised":              {`UPDATE records SET version = 2 WHERE name = 'r/3/1'`},
		"version negative":            {`UPDATE records SET version = -1 WHERE name = 'r/3/1'`},
		"record moved":                {`UPDATE records SET site = 'phone/evil' WHERE name = 'r/3/1'`},
		"record renamed":              {`UPDATE records SET name = 'r/3/9' WHERE name = 'r/3/1'`},
		"secret half cut":             {`UPDATE records SET sealed = substr(sealed, 1, 20) WHERE name = 'r/3/1'`},
		"secret half empty":           {`UPDATE records SET sealed = x'' WHERE name = 'r/3/1'`},
		"record taken away":           {`DELETE FROM records WHERE name = 'r/3/1'`},
		"all records taken away":      {`DELETE FROM records`},
		"timer moved":                 {`UPDATE timers SET at = at + 1 WHERE subject = '3'`},
		"timer taken away":            {`DELETE FROM timers WHERE subject = '3'`},
		"event edited":                {`UPDATE events SET result = 'refused' WHERE seq = 50`},
		"event's fields edited":       {`UPDATE events SET fields = '{"n":8}' WHERE seq = 50`},
		"event renumbered":            {`DELETE FROM events WHERE seq = 50`, `UPDATE events SET seq = 50 WHERE seq = 51`},
		"event in the middle deleted": {`DELETE FROM events WHERE seq = 50`},
		"first event deleted":         {`DELETE FROM events WHERE seq = 1`},
		"newest event deleted":        {`DELETE FROM events WHERE seq = 120`},
		"event added": {`INSERT INTO events SELECT 121, at, site, kind, subject, result, rule, fields, mac
			FROM events WHERE seq = 120`},
		"state edited":     {`UPDATE meta SET value = zeroblob(124) WHERE key = 'state'`},
		"state short":      {`UPDATE meta SET value = x'00' WHERE key = 'state'`},
		"state taken away": {`DELETE FROM meta WHERE key = 'state'`},
		"world edited": {`UPDATE meta SET value =
			CAST(replace(CAST(value AS TEXT), '"created":"202', '"created":"203') AS BLOB) WHERE key = 'world'`},
		"world not JSON": {`UPDATE meta SET value = x'7b' WHERE key = 'world'`},
		"rows of meta swapped": {`UPDATE meta SET key = 'x' WHERE key = 'world'`,
			`UPDATE meta SET key = 'world' WHERE key = 'state'`},
		"a table dropped": {`DROP TABLE events`},
		"a column of another type": {`DROP TABLE timers`, `CREATE TABLE timers(site, kind, subject, at, ord, mac)`,
			`INSERT INTO timers VALUES('a','b','c','noon',NULL,1)`},
		"halves swapped": {`UPDATE records SET sealed = (SELECT sealed FROM records WHERE name = 'r/0/0'),
			public = (SELECT public FROM records WHERE name = 'r/0/0') WHERE name = 'r/1/0'`},
	} {
		t.Run(name, func(t *testing.T) {
			p, file, want := lived(t)
			rawSQL(t, file, statements...)
			if !judge(t, name, p, want) {
				t.Error("it was taken")
			}
			w, err := p.Open(t.Context(), "w", p.byKind)
			if err == nil {
				err = w.Verify(t.Context())
				w.Close()
			}
			keystoretest.WantCode(t, err, keystore.CodeDamaged)
		})
	}
}

func TestAFileThatIsNoWorldIsNamedSo(t *testing.T) {
	for name, c := range map[string]struct {
		make func(t *testing.T, file string)
		code authn.Code
	}{
		"a text": {func(t *testing.T, f string) { put(t, f, bytes.Repeat([]byte("hello world\n"), 900)) },
			keystore.CodeForeign},
		"a short text": {func(t *testing.T, f string) { put(t, f, []byte("hello")) }, keystore.CodeForeign},
		"nothing":      {func(t *testing.T, f string) { put(t, f, nil) }, keystore.CodeDamaged},
		"no file":      {func(t *testing.T, f string) { os.Remove(f) }, keystore.CodeDamaged},
		"a folder":     {func(t *testing.T, f string) { os.Remove(f); os.Mkdir(f, 0o700) }, keystore.CodeDamaged},
		"another's database": {func(t *testing.T, f string) { os.Remove(f); rawSQL(t, f, "CREATE TABLE meta(x)") },
			keystore.CodeForeign},
		"a newer schema": {func(t *testing.T, f string) { rawSQL(t, f, "PRAGMA user_version = 99") },
			keystore.CodeNewer},
		"no schema": {func(t *testing.T, f string) { rawSQL(t, f, "PRAGMA user_version = 0") },
			keystore.CodeDamaged},
		"a negative schema": {func(t *testing.T, f string) { rawSQL(t, f, "PRAGMA user_version = -3") },
			keystore.CodeDamaged},
		"only a header, ours":  {func(t *testing.T, f string) { put(t, f, header()) }, keystore.CodeDamaged},
		"the key of another's": {func(t *testing.T, f string) {}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			p, file, _ := lived(t)
			c.make(t, file)
			if c.code == "" {
				p.vault.Set(t.Context(), p.id(t)+"/key", make([]byte, 32))
				c.code = keystore.CodeItemForeign
			}
			_, err := p.Open(t.Context(), "w", p.byKind)
			keystoretest.WantCode(t, err, c.code)
			list, err := p.List()
			if err != nil || len(list) != 1 || list[0].Name != "w" {
				t.Fatalf("List = %+v, %v", list, err)
			}
			if err := p.Delete(t.Context(), "w", p.byKind, true); err != nil || p.Exists("w") {
				t.Errorf("Delete by force: %v", err)
			}
		})
	}
}

// header is the first 100 bytes of a world's database and nothing more.
func header() []byte {
	h := make([]byte, 4096)
	copy(h, "SQLite format 3\x00\x10\x00\x02\x02\x00\x40\x20\x20")
	binary.BigEndian.PutUint32(h[60:], 1)
	binary.BigEndian.PutUint32(h[68:], 0x6f666175)
	return h
}

func (p place) id(t testing.TB) string {
	t.Helper()
	list, err := p.List()
	if err != nil || len(list) != 1 {
		t.Fatalf("List = %v, %v", list, err)
	}
	return list[0].ID
}
