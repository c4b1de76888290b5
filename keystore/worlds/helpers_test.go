package worlds_test

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/keystore"
	"github.com/offauth/offauth/keystore/vault"
	"github.com/offauth/offauth/keystore/worlds"
)

var day = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

// place is a home whose vault is in memory, with what its functions want.
type place struct {
	worlds.Home
	vault *vault.Memory
}

func newPlace(t testing.TB) place {
	return place{worlds.Home{Dir: t.TempDir()}, vault.NewMemory()}
}

func (p place) byID(string) (keystore.Vault, error) { return p.vault, nil }

func (p place) byKind(keystore.Kind, string) (keystore.Vault, error) { return p.vault, nil }

// create makes a world whose vault is in memory.
func (p place) create(t testing.TB, name string, fill func(authn.Store) error) {
	t.Helper()
	if err := p.Create(context.Background(), name, keystore.KindMemory, p.byID, fill); err != nil {
		t.Fatal(err)
	}
}

// open opens a world until the test ends.
func (p place) open(t testing.TB, name string) *worlds.World {
	t.Helper()
	w, err := p.Open(context.Background(), name, p.byKind)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.Close() })
	return w
}

// fileByID returns a file vault under an identity of its own.
func fileByID(t testing.TB, h worlds.Home) func(string) (keystore.Vault, error) {
	return func(string) (keystore.Vault, error) {
		path := filepath.Join(t.TempDir(), "id")
		id, err := vault.CreateIdentityFile(path)
		return vault.NewFile(h.VaultDir(), id), err
	}
}

// wantItems says how many items of a world a vault is to hold.
func wantItems(t testing.TB, v keystore.Vault, id string, want int) {
	t.Helper()
	n := 0
	for _, name := range []string{"/key", "/gen"} {
		_, err := v.Get(context.Background(), id+name)
		if err == nil {
			n++
		} else if !errors.Is(err, keystore.ErrNotFound) {
			t.Error(err)
		}
	}
	if n != want {
		t.Errorf("the vault holds %d items of the world, want %d", n, want)
	}
}

// opened is a world that knows where it is.
type opened struct {
	*worlds.World
	at place
}

func openStore(t testing.TB) authn.Store {
	p := newPlace(t)
	p.create(t, "w", nil)
	return opened{p.open(t, "w"), p}
}

func reopenStore(t testing.TB, s authn.Store) authn.Store {
	p := s.(opened).at
	return opened{p.open(t, "w"), p}
}

// write commits a batch.
func write(s authn.Store, b authn.Batch) error {
	return s.Update(context.Background(), func(authn.Reader) (authn.Batch, error) { return b, nil })
}

// identity makes an identity in a file.
func identity(t testing.TB, dir, name string) *vault.Identity {
	t.Helper()
	id, err := vault.CreateIdentityFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return id
}
