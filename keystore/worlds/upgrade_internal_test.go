package worlds

import (
	"bytes"
	"database/sql"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/keystore"
	"github.com/offauth/offauth/keystore/seal"
	"github.com/offauth/offauth/keystore/vault"
)

// oldWorld is a world of the first schema, as the offauth of that schema wrote
// it: testdata/schema1.sql is what the schema was when it was released.
type oldWorld struct {
	home  Home
	vault *vault.Memory
	id    string
	keys  *seal.Keys
	// tag is the authenticator of its state.
	tag []byte
}

func (o oldWorld) open(keystore.Kind, string) (keystore.Vault, error) { return o.vault, nil }

func (o oldWorld) file() string { return filepath.Join(o.home.WorldDir("old"), databaseName) }

const oldRecords = 200

// newOldWorld makes one whose state has that number.
func newOldWorld(t *testing.T, generation uint64) oldWorld {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "schema1.sql"))
	if err != nil {
		t.Fatal(err)
	}
	o := oldWorld{home: Home{Dir: t.TempDir()}, vault: vault.NewMemory(), id: newID()}
	root := bytes.Repeat([]byte{7}, seal.RootKeySize)
	if o.keys, err = seal.NewKeys(root, o.id); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.MkdirAll(o.home.WorldDir("old"), 0o700),
		o.vault.Set(t.Context(), keystore.KeyItem(o.id), root)); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", o.file())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	exec := func(query string, args ...any) {
		t.Helper()
		if _, err := db.Exec(query, args...); err != nil {
			t.Fatal(err)
		}
	}
	exec("PRAGMA journal_mode(WAL)")
	exec(string(text))
	exec("PRAGMA application_id = 0x6f666175; PRAGMA user_version = 1")
	const noTime = math.MinInt64
	marks := o.keys.Authenticator()
	var records, timers seal.Sum
	for i := range oldRecords {
		rec := authn.Record{Site: "server", Name: fmt.Sprintf("r/%03d", i), Version: uint64(i%5 + 1), Public: []byte("{}"),
			Secret: []byte("s")}
		sealed := o.keys.SealRecord(rec)
		exec("INSERT INTO records VALUES(?, ?, ?, ?, ?)", string(rec.Site), rec.Name, int64(rec.Version), "{}", sealed)
		records.Toggle(marks, "records",
			seal.Frame(nil).Text("server").Text(rec.Name).Number(int64(rec.Version)).Text(string(sealed[len(sealed)-16:])))
	}
	timer := seal.Frame(nil).Text("server").Text("k").Text("s").Number(noTime).Number(1)
	exec("INSERT INTO timers VALUES('server', 'k', 's', ?, 1, ?)", int64(noTime), marks.MAC("timers", timer))
	timers.Toggle(marks, "timers", timer)
	event := seal.Frame(nil).Number(1).Number(noTime).Text("").Text("").Text("").Text("").Text("").Text("")
	exec("INSERT INTO events VALUES(1, ?, '', '', '', '', '', '', ?)", int64(noTime), marks.MAC("events", event))

	plain := binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(nil, generation), 1)
	rest := append(append(records[:], timers[:]...), make([]byte, seal.MACSize)...)
	state := append(plain, o.keys.Seal(rest, seal.Frame(nil).Text("state").Text(o.id).Bytes(plain))...)
	world := []byte(`{"id":"` + o.id + `","vault":"memory","created":"2026-11-01T12:00:00Z"}`)
	mac := func(key string, value []byte) []byte {
		return marks.MAC("meta", seal.Frame(nil).Text(key).Bytes(value))
	}
	o.tag = mac("state", state)
	exec("INSERT INTO meta VALUES('state', ?, ?), ('world', ?, ?)", state, o.tag, world, mac("world", world))
	return o
}

// mark puts the mark of the first form into the vault.
func (o oldWorld) mark(t *testing.T, generation uint64, tag []byte) {
	t.Helper()
	text := fmt.Sprintf("1 %d %s", generation, hex.EncodeToString(tag))
	if err := o.vault.Set(t.Context(), keystore.GenItem(o.id), []byte(text)); err != nil {
		t.Fatal(err)
	}
}

// A world of the oldest schema opens for ever, whatever migrations there are,
// whether it had a mark, or is of before there were any.
func TestAWorldOfTheOldestSchemaOpens(t *testing.T) {
	for name, marked := range map[string]bool{"with a mark": true, "without": false} {
		t.Run(name, func(t *testing.T) {
			o := newOldWorld(t, 9)
			if marked {
				o.mark(t, 9, o.tag)
			}
			for n := range 2 {
				w, err := o.home.Open(t.Context(), "old", o.open)
				if err != nil {
					t.Fatal(err)
				}
				err = w.Update(t.Context(), func(r authn.Reader) (authn.Batch, error) {
					list, err := r.Records("", "")
					if err != nil || len(list) != oldRecords+n || string(list[n].Secret) != "s" {
						t.Errorf("%d records, %v", len(list), err)
					}
					name := fmt.Sprint("new", n)
					return authn.Batch{Put: []authn.Record{{Site: "server", Name: name, Version: 1}},
						Append: []authn.Event{{Seq: uint64(n + 2)}}}, nil
				})
				if err := errors.Join(err, w.Verify(t.Context()), w.Close()); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

func TestAnOldWorldThatWasEditedOrPutBackIsNotBroughtUp_attackA14(t *testing.T) {
	for name, c := range map[string]struct {
		edit string
		mark uint64
		code authn.Code
	}{
		"a row taken away": {"DELETE FROM records WHERE name = 'r/007'", 9, keystore.CodeDamaged},
		"a row altered":    {"UPDATE records SET version = 5 WHERE name = 'r/000'", 9, keystore.CodeDamaged},
		"a trigger": {"CREATE TRIGGER t BEFORE INSERT ON records BEGIN SELECT raise(IGNORE); END", 9,
			keystore.CodeDamaged},
		"the next schema's table": {"CREATE TABLE nodes(id INTEGER PRIMARY KEY, value BLOB NOT NULL) STRICT", 9,
			keystore.CodeDamaged},
		"put back by one":  {"", 10, keystore.CodeRolledBack},
		"put back by many": {"", 30, keystore.CodeRolledBack},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOldWorld(t, 9)
			tag := o.tag
			if c.mark > 9 {
				tag = make([]byte, seal.MACSize)
			}
			o.mark(t, c.mark, tag)
			if c.edit != "" {
				db, err := sql.Open("sqlite", o.file())
				if err != nil {
					t.Fatal(err)
				}
				if _, err := db.Exec(c.edit); err != nil {
					t.Fatal(err)
				}
				db.Close()
			}
			w, err := o.home.Open(t.Context(), "old", o.open)
			if err == nil {
				err = w.Update(t.Context(), func(authn.Reader) (authn.Batch, error) {
					return authn.Batch{Append: []authn.Event{{Seq: 2}}}, nil
				})
				w.Close()
			}
			if f, ok := authn.AsFault(err); !ok || f.Code != c.code {
				t.Errorf("%v, want %s", err, c.code)
			}
		})
	}
}
