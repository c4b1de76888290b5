package keystore_test

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/keystore"
)

var day = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

// place is a home whose vault is in memory, with what its functions want.
type place struct {
	keystore.Home
	vault *keystore.MemoryVault
}

func newPlace(t testing.TB) place {
	return place{keystore.Home{Dir: t.TempDir()}, keystore.NewMemoryVault()}
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
func (p place) open(t testing.TB, name string) *keystore.World {
	t.Helper()
	w, err := p.Open(context.Background(), name, p.byKind)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.Close() })
	return w
}

// fileByID returns a file vault under an identity of its own.
func fileByID(t testing.TB, h keystore.Home) func(string) (keystore.Vault, error) {
	return func(string) (keystore.Vault, error) {
		path := filepath.Join(t.TempDir(), "id")
		id, err := keystore.CreateIdentityFile(path)
		return keystore.NewFileVault(h.VaultDir(), id), err
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
	*keystore.World
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

func wantCode(t testing.TB, err error, code authn.Code) {
	t.Helper()
	f, ok := authn.AsFault(err)
	if !ok || f.Code != code {
		t.Errorf("got %v (%+v), want the fault %s", err, f, code)
	}
}
