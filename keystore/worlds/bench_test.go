package worlds_test

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/keystore"
	"github.com/offauth/offauth/keystore/memory"
	"github.com/offauth/offauth/keystore/vault"
	"github.com/offauth/offauth/keystore/worlds"
)

// fileHome is a world in a home whose vault is a file, as the command line
// makes it.
func fileHome(b testing.TB) (worlds.Home, func(keystore.Kind, string) (keystore.Vault, error)) {
	h := worlds.Home{Dir: b.TempDir()}
	path := filepath.Join(h.Dir, "identity.txt")
	if _, err := vault.CreateIdentityFile(path); err != nil {
		b.Fatal(err)
	}
	open := func(keystore.Kind, string) (keystore.Vault, error) {
		id, err := vault.LoadIdentityFile(path)
		return vault.NewFile(h.VaultDir(), id), err
	}
	byID := func(id string) (keystore.Vault, error) { return open(keystore.KindFile, id) }
	err := h.Create(context.Background(), "w", keystore.KindFile, byID, func(s authn.Store) error {
		var first authn.Batch
		for i := range 40 {
			first.Put = append(first.Put, authn.Record{
				Site: "server", Name: fmt.Sprint("other", i), Version: 1, Public: []byte(`{}`), Secret: make([]byte, 200),
			})
		}
		return write(s, first)
	})
	if err != nil {
		b.Fatal(err)
	}
	return h, open
}

// act is what an ordinary Action does to a store: it reads and writes 4
// records, and writes 2 events and a timer.
func act(s authn.Store) error {
	return s.Update(context.Background(), func(r authn.Reader) (authn.Batch, error) {
		if _, err := r.Timers(); err != nil {
			return authn.Batch{}, err
		}
		var b authn.Batch
		for _, name := range []string{"a", "b", "c", "d"} {
			rec, _ := r.Record("phone/pixel", name)
			rec.Site, rec.Name, rec.Version = "phone/pixel", name, rec.Version+1
			rec.Public, rec.Secret = []byte(`{"count":3,"state":"locked"}`), make([]byte, 300)
			b.Put = append(b.Put, rec)
		}
		last := b.Put[0].Version*2 - 2
		for i := range uint64(2) {
			b.Append = append(b.Append, authn.Event{Seq: last + i + 1, At: day, Site: "phone/pixel", Kind: "pin_shown",
				Subject: "alice", Result: "ok", Rule: "H17", Fields: map[string]any{"n": int64(3)}})
		}
		b.Set = []authn.Timer{{Site: "phone/pixel", Kind: "hide", Subject: "alice", At: day, Order: 1}}
		return b, nil
	})
}

// BenchmarkCommand is what a whole command costs beside starting: the vault
// and the database are opened, one Action is written, all is closed.
func BenchmarkCommand(b *testing.B) {
	h, open := fileHome(b)
	for b.Loop() {
		w, err := h.Open(context.Background(), "w", open)
		if err == nil {
			err = act(w)
		}
		if err == nil {
			err = w.Close()
		}
		if err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkCommandBare is the same with nothing but SQLite: what
// BenchmarkCommand is to be compared with.
func BenchmarkCommandBare(b *testing.B) {
	path := filepath.Join(b.TempDir(), "bare.db")
	dsn := "file://" + filepath.ToSlash(path) +
		"?_pragma=busy_timeout(5000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_txlock=immediate"
	bare := func(statements ...string) {
		db, err := sql.Open("sqlite", dsn)
		if err != nil {
			b.Fatal(err)
		}
		defer db.Close()
		tx, err := db.Begin()
		if err != nil {
			b.Fatal(err)
		}
		for _, s := range statements {
			if _, err := tx.Exec(s); err != nil {
				b.Fatal(err)
			}
		}
		if err := tx.Commit(); err != nil {
			b.Fatal(err)
		}
	}
	bare("CREATE TABLE r(k TEXT PRIMARY KEY, v BLOB) WITHOUT ROWID", "CREATE TABLE e(seq INTEGER PRIMARY KEY, v TEXT)")
	for b.Loop() {
		bare("INSERT OR REPLACE INTO r VALUES('a', zeroblob(300))", "INSERT INTO e(v) VALUES('event')")
	}
}

// BenchmarkUpdate is one Action on a world that is open.
func BenchmarkUpdate(b *testing.B) {
	h, open := fileHome(b)
	w, err := h.Open(context.Background(), "w", open)
	if err != nil {
		b.Fatal(err)
	}
	defer w.Close()
	for b.Loop() {
		if err := act(w); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkMemoryStore(b *testing.B) {
	s := memory.NewStore()
	for b.Loop() {
		if err := act(s); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkMemoryStoreFresh(b *testing.B) {
	for b.Loop() {
		if err := act(memory.NewStore()); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkFileVaultGet(b *testing.B) {
	dir := b.TempDir()
	id, err := vault.CreateIdentityFile(filepath.Join(dir, "id"))
	if err != nil {
		b.Fatal(err)
	}
	v := vault.NewFile(dir, id)
	name := "00112233445566778899aabbccddeeff/key"
	if err := v.Set(b.Context(), name, make([]byte, 32)); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := v.Get(b.Context(), name); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkLongLife is a world with many events: OFFAUTH_LONG=1 makes it the
// million. What is asked for must not depend on how many there are.
func BenchmarkLongLife(b *testing.B) {
	n := 50_000
	if os.Getenv("OFFAUTH_LONG") != "" {
		n = 1_000_000
	}
	p := newPlace(b)
	p.create(b, "w", nil)
	w := p.open(b, "w")
	for done := 0; done < n; {
		var batch authn.Batch
		for range 50_000 {
			done++
			batch.Append = append(batch.Append, authn.Event{Seq: uint64(done), At: day.AddDate(0, 0, done/1000), Site: "server",
				Kind: authn.Kind(fmt.Sprint("k", done%30)), Subject: fmt.Sprint("user", done%20_000), Result: "ok"})
		}
		if err := write(w, batch); err != nil {
			b.Fatal(err)
		}
	}
	for name, q := range map[string]authn.EventQuery{
		"last 20":         {Last: 20},
		"last 20 of kind": {Last: 20, Kind: "k7"},
		"subject":         {Subject: "user77"},
		"since":           {Since: day.AddDate(0, 0, n/1000), Last: 20},
		"after":           {After: uint64(n - 20)},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				err := w.View(b.Context(), func(r authn.Reader) error {
					_, err := r.Events(q)
					return err
				})
				if err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("append", func(b *testing.B) {
		for b.Loop() {
			err := write(w, authn.Batch{Append: []authn.Event{{Seq: uint64(n + 1), At: day, Subject: "user1"}}})
			if err != nil {
				b.Fatal(err)
			}
			n++
		}
	})
}
