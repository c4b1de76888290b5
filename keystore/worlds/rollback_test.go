package worlds_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/keystore"
	"github.com/offauth/offauth/keystore/keystoretest"
	"github.com/offauth/offauth/keystore/worlds"
)

type openFunc = func(keystore.Kind, string) (keystore.Vault, error)

// copyWorld copies the folder of the world "w" elsewhere.
func copyWorld(t testing.TB, h worlds.Home) (copied string) {
	t.Helper()
	copied = filepath.Join(t.TempDir(), "copy")
	if err := os.CopyFS(copied, os.DirFS(h.WorldDir("w"))); err != nil {
		t.Fatal(err)
	}
	return copied
}

// putBack puts a copied folder in the place of the world "w".
func putBack(t testing.TB, h worlds.Home, copied string) {
	t.Helper()
	if err := os.RemoveAll(h.WorldDir("w")); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(h.WorldDir("w"), os.DirFS(copied)); err != nil {
		t.Fatal(err)
	}
}

// in opens the world "w", does something in it and closes it.
func in(h worlds.Home, open openFunc, do func(*worlds.World) error) (err error) {
	w, err := h.Open(context.Background(), "w", open)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.Close()) }() // after a kill too
	return do(w)
}

func acting(w *worlds.World) error { return act(w) }

func viewing(w *worlds.World) error {
	return w.View(context.Background(), func(authn.Reader) error { return nil })
}

// copiedBackIsRefused is a folder that is copied, acted in, and copied back.
func copiedBackIsRefused(t *testing.T, h worlds.Home, open openFunc) {
	t.Helper()
	if err := in(h, open, acting); err != nil {
		t.Fatal(err)
	}
	yesterday := copyWorld(t, h)
	if err := in(h, open, acting); err != nil {
		t.Fatal(err)
	}
	today := copyWorld(t, h)
	putBack(t, h, yesterday)
	for name, do := range map[string]func(*worlds.World) error{
		"read": viewing, "change": acting,
		"an empty change": func(w *worlds.World) error { return write(w, authn.Batch{}) },
		"verify":          func(w *worlds.World) error { return w.Verify(t.Context()) },
	} {
		err := in(h, open, do)
		keystoretest.WantCode(t, err, keystore.CodeRolledBack)
		if !errors.Is(err, keystore.ErrRolledBack) {
			t.Errorf("%s: %v", name, err)
		}
		if f, ok := authn.AsFault(err); ok && f.Hints[1] != "offauth world repair w --accept-rollback" {
			t.Errorf("hints %q", f.Hints)
		}
	}
	keystoretest.WantCode(t, h.Snapshot(t.Context(), "w", filepath.Join(t.TempDir(), "s"), open, nil),
		keystore.CodeRolledBack)
	keystoretest.WantCode(t, h.Move(t.Context(), "w", keystore.KindMemory, open), keystore.CodeRolledBack)
	putBack(t, h, today)
	if err := in(h, open, acting); err != nil {
		t.Error(err)
	}
}

func TestAWorldCopiedBackIsRefusedA14(t *testing.T) {
	t.Run("file", func(t *testing.T) {
		h, open := fileHome(t)
		copiedBackIsRefused(t, h, open)
	})
	t.Run("memory", func(t *testing.T) {
		p := newPlace(t)
		p.create(t, "w", nil)
		copiedBackIsRefused(t, p.Home, p.byKind)
	})
}

// A process that has the world open notices too, before and after it asked the
// vault itself.
func TestAWorldCopiedBackUnderAnOpenHandleIsRefusedA14(t *testing.T) {
	p := newPlace(t)
	p.create(t, "w", nil)
	if err := in(p.Home, p.byKind, acting); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(p.WorldDir("w"), "world.db")
	kept := filepath.Join(t.TempDir(), "kept.db")
	rawSQL(t, file, `ATTACH '`+kept+`' AS o`, `CREATE TABLE o.kept AS SELECT * FROM meta`)
	w := p.open(t, "w")
	if err := viewing(w); err != nil {
		t.Fatal(err)
	}
	if err := write(w, authn.Batch{Put: []authn.Record{{Site: "server", Name: "r", Version: 1}}}); err != nil {
		t.Fatal(err)
	}
	rawSQL(t, file, `ATTACH '`+kept+`' AS o`, `INSERT OR REPLACE INTO meta SELECT * FROM o.kept`)
	keystoretest.WantCode(t, viewing(w), keystore.CodeRolledBack)
	keystoretest.WantCode(t, act(w), keystore.CodeRolledBack)
}

// An attacker who has the files makes two states of the same number: a command
// is killed between COMMIT and the vault, its files are kept, those from before
// it put back, and another command runs to its end. Either state is one step
// from what the vault knew; only the one that the vault has may go on, or the
// PIN that was used in it could be used once more.
func TestTwoStatesOfTheSameNumberAreToldApart_attackA14(t *testing.T) {
	p := newPlace(t)
	p.create(t, "w", nil)
	before := copyWorld(t, p.Home)
	killed := &faulty{Vault: p.vault, fails: func(op, _ string) bool { return op == "set" }}
	open := func(keystore.Kind, string) (keystore.Vault, error) { return killed, nil }
	keystoretest.WantCode(t, in(p.Home, open, acting), keystore.CodeVaultWrite)
	untold := copyWorld(t, p.Home)
	putBack(t, p.Home, before)
	if err := in(p.Home, p.byKind, acting); err != nil {
		t.Fatalf("what nobody was told may be undone: %v", err)
	}
	putBack(t, p.Home, untold)
	keystoretest.WantCode(t, in(p.Home, p.byKind, viewing), keystore.CodeRolledBack)
	keystoretest.WantCode(t, in(p.Home, p.byKind, acting), keystore.CodeRolledBack)
}

// The same one step further: the untold state is one ahead of the vault, but
// did not come from what the vault knows.
func TestANextStateOfAnotherPastIsRefused_attackA14(t *testing.T) {
	p := newPlace(t)
	p.create(t, "w", nil)
	before := copyWorld(t, p.Home)
	gen, err := p.vault.Get(t.Context(), p.id(t)+"/gen")
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := in(p.Home, p.byKind, acting); err != nil {
			t.Fatal(err)
		}
	}
	second := copyWorld(t, p.Home)
	putBack(t, p.Home, before)
	if err := p.vault.Set(t.Context(), p.id(t)+"/gen", gen); err != nil {
		t.Fatal(err)
	}
	if err := in(p.Home, p.byKind, acting); err != nil {
		t.Fatal(err)
	}
	putBack(t, p.Home, second)
	keystoretest.WantCode(t, in(p.Home, p.byKind, viewing), keystore.CodeRolledBack)
	keystoretest.WantCode(t, in(p.Home, p.byKind, acting), keystore.CodeRolledBack)
}
