package worlds_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/keystore"
	"github.com/offauth/offauth/keystore/keystoretest"
	"github.com/offauth/offauth/keystore/vault"
	"github.com/offauth/offauth/keystore/worlds"
)

func TestSQLiteIsAStore(t *testing.T) {
	keystoretest.TestStore(t, keystoretest.Opener{Open: openStore, Reopen: reopenStore})
}

func TestAWorldIsMadeOpenedListedAndDeleted(t *testing.T) {
	p := newPlace(t)
	if list, err := p.List(); len(list) != 0 || err != nil {
		t.Fatalf("List of nothing = %v, %v", list, err)
	}
	_, err := p.Open(t.Context(), "b", p.byKind)
	keystoretest.WantCode(t, err, keystore.CodeNoWorld)
	if !errors.Is(err, keystore.ErrNoWorld) {
		t.Error(err)
	}
	before := time.Now()
	p.create(t, "b", func(s authn.Store) error {
		return write(s, authn.Batch{Put: []authn.Record{{Site: "server", Name: "r", Version: 1}}})
	})
	p.create(t, "a", nil)
	w := p.open(t, "b")
	if w.Name() != "b" || len(w.ID()) != 32 || w.VaultKind() != keystore.KindMemory ||
		w.CreatedAt().Before(before.Round(0)) {
		t.Errorf("%s %s %s %s", w.Name(), w.ID(), w.VaultKind(), w.CreatedAt())
	}
	if n, err := w.Generation(t.Context()); n != 1 || err != nil {
		t.Errorf("generation %d, %v", n, err)
	}
	if err := act(w); err != nil {
		t.Fatal(err)
	}
	if n, err := w.Generation(t.Context()); n != 2 || err != nil {
		t.Errorf("generation %d, %v", n, err)
	}
	list, err := p.List()
	if err != nil || len(list) != 2 || list[0].Name != "a" ||
		list[1] != (worlds.Info{Name: "b", ID: w.ID(), VaultKind: keystore.KindMemory, CreatedAt: w.CreatedAt()}) {
		t.Errorf("List = %+v, %v", list, err)
	}
	keystoretest.WantCode(t, p.Create(t.Context(), "b", keystore.KindMemory, p.byID, nil), keystore.CodeWorldExists)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := p.Delete(t.Context(), "b", p.byKind, false); err != nil {
		t.Fatal(err)
	}
	if _, err := p.vault.Get(t.Context(), w.ID()+"/key"); !errors.Is(err, keystore.ErrNotFound) {
		t.Errorf("the key outlived its world: %v", err)
	}
	err = p.Delete(t.Context(), "b", p.byKind, false)
	keystoretest.WantCode(t, err, keystore.CodeNoWorld)
	if f, _ := authn.AsFault(err); f.Hints[1] != "offauth world create b" {
		t.Errorf("hints %q", f.Hints)
	}
	wantEntries(t, filepath.Join(p.Dir, "worlds"), ".lock", "a")
}

func TestABadNameIsRefusedEverywhere(t *testing.T) {
	p := newPlace(t)
	for _, name := range []string{"", ".", "..", "../x", "A", "a/b", "con", ".new-a", "a\x00"} {
		_, err := p.Open(t.Context(), name, p.byKind)
		keystoretest.WantCode(t, err, keystore.CodeBadName)
		keystoretest.WantCode(t, p.Create(t.Context(), name, keystore.KindMemory, p.byID, nil), keystore.CodeBadName)
		keystoretest.WantCode(t, p.Delete(t.Context(), name, p.byKind, true), keystore.CodeBadName)
		if p.Exists(name) {
			t.Errorf("%q exists", name)
		}
	}
}

func TestAWorldIsMadeWholeOrNotAtAll(t *testing.T) {
	mine := errors.New("my own error")
	for name, c := range map[string]struct {
		open func(p place) func(string) (keystore.Vault, error)
		fill func(authn.Store) error
		want error
	}{
		"the vault does not open": {func(place) func(string) (keystore.Vault, error) {
			return func(string) (keystore.Vault, error) { return nil, keystore.ErrUnavailable }
		}, nil, keystore.ErrUnavailable},
		"the vault forgets": {func(p place) func(string) (keystore.Vault, error) {
			return func(string) (keystore.Vault, error) { return forgetful{p.vault}, nil }
		}, nil, keystore.ErrNotFound},
		"filling fails": {func(p place) func(string) (keystore.Vault, error) { return p.byID }, func(s authn.Store) error {
			if err := write(s, authn.Batch{Append: []authn.Event{{Seq: 1, At: day}}}); err != nil {
				return err
			}
			return mine
		}, mine},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPlace(t)
			p.create(t, "other", nil)
			var id string
			err := p.Create(t.Context(), "w", keystore.KindMemory, func(made string) (keystore.Vault, error) {
				id = made
				return c.open(p)(made)
			}, c.fill)
			if !errors.Is(err, c.want) {
				t.Errorf("%v, want %v", err, c.want)
			}
			wantEntries(t, filepath.Join(p.Dir, "worlds"), ".lock", "other")
			if _, err := p.vault.Get(t.Context(), id+"/key"); !errors.Is(err, keystore.ErrNotFound) {
				t.Errorf("a key is left: %v", err)
			}
			p.create(t, "w", nil)
			p.open(t, "w")
		})
	}
}

// forgetful keeps nothing.
type forgetful struct{ *vault.Memory }

func (forgetful) Set(context.Context, string, []byte) error { return nil }

func TestAPanicWhileFillingLeavesNothing(t *testing.T) {
	p := newPlace(t)
	func() {
		defer func() { recover() }()
		p.Create(t.Context(), "w", keystore.KindMemory, p.byID, func(authn.Store) error { panic("boom") })
	}()
	wantEntries(t, filepath.Join(p.Dir, "worlds"), ".lock")
	p.create(t, "w", nil)
}

// A process that is killed leaves its folder: here a whole world is renamed
// to what a killed process would have left.
func TestLeftoversAreClearedByTheNext(t *testing.T) {
	for _, prefix := range []string{".new-", ".gone-"} {
		for _, other := range []string{"w", "other"} {
			t.Run(prefix+other, func(t *testing.T) {
				p := newPlace(t)
				p.create(t, other, nil)
				id := p.id(t)
				if err := os.Rename(p.WorldDir(other), filepath.Join(p.Dir, "worlds", prefix+other)); err != nil {
					t.Fatal(err)
				}
				if list, err := p.List(); len(list) != 0 || err != nil {
					t.Errorf("List = %v, %v", list, err)
				}
				p.create(t, "w", nil)
				wantEntries(t, filepath.Join(p.Dir, "worlds"), ".lock", "w")
				if _, err := p.vault.Get(t.Context(), id+"/key"); !errors.Is(err, keystore.ErrNotFound) {
					t.Errorf("the key of the leftover is there: %v", err)
				}
			})
		}
	}
	t.Run("a Delete finishes a Delete", func(t *testing.T) {
		p := newPlace(t)
		p.create(t, "w", nil)
		if err := os.Rename(p.WorldDir("w"), filepath.Join(p.Dir, "worlds", ".gone-w")); err != nil {
			t.Fatal(err)
		}
		if err := p.Delete(t.Context(), "w", p.byKind, false); err != nil {
			t.Error(err)
		}
		wantEntries(t, filepath.Join(p.Dir, "worlds"), ".lock")
	})
	t.Run("a folder without a database", func(t *testing.T) {
		p := newPlace(t)
		if err := os.MkdirAll(filepath.Join(p.Dir, "worlds", ".new-w"), 0o700); err != nil {
			t.Fatal(err)
		}
		p.create(t, "w", nil)
	})
}

func TestADeadVaultStopsADeleteUnlessForced(t *testing.T) {
	p := newPlace(t)
	p.create(t, "w", nil)
	dead := func(keystore.Kind, string) (keystore.Vault, error) { return nil, keystore.ErrTimeout }
	keystoretest.WantCode(t, p.Delete(t.Context(), "w", dead, false), keystore.CodeVaultTimeout)
	p.open(t, "w").Close()
	_, err := p.Open(t.Context(), "w", dead)
	keystoretest.WantCode(t, err, keystore.CodeVaultTimeout)
	id := p.id(t)
	if err := p.Delete(t.Context(), "w", dead, true); err != nil || p.Exists("w") {
		t.Error(err)
	}
	// What it could not clear is not forgotten, however often the name is used
	// while the vault is dead; of the world itself nothing is kept.
	if err := p.Create(t.Context(), "w", keystore.KindFile, fileByID(t, p.Home), nil); err != nil {
		t.Fatal(err)
	}
	wantEntries(t, filepath.Join(p.Dir, "worlds"), ".gone-"+id, ".lock", "w")
	wantEntries(t, filepath.Join(p.Dir, "worlds", ".gone-"+id), "left.json")
	wantItems(t, p.vault, id, 2)
	p.create(t, "other", nil)
	wantEntries(t, filepath.Join(p.Dir, "worlds"), ".lock", "other", "w")
	wantItems(t, p.vault, id, 0)
}

func TestAMissingOrOddKeyIsNamed(t *testing.T) {
	p := newPlace(t)
	p.create(t, "w", nil)
	item := p.id(t) + "/key"
	p.vault.Set(t.Context(), item, []byte("short"))
	_, err := p.Open(t.Context(), "w", p.byKind)
	keystoretest.WantCode(t, err, keystore.CodeItemDamaged)
	p.vault.Delete(t.Context(), item)
	_, err = p.Open(t.Context(), "w", p.byKind)
	keystoretest.WantCode(t, err, keystore.CodeItemMissing)
}

func TestOneOfManyCreatorsMakesTheWorld(t *testing.T) {
	p := newPlace(t)
	var made atomic.Int32
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			err := p.Create(t.Context(), "w", keystore.KindMemory, p.byID, nil)
			if err == nil {
				made.Add(1)
			} else {
				keystoretest.WantCode(t, err, keystore.CodeWorldExists)
			}
			w, err := p.Open(t.Context(), "w", p.byKind)
			if err != nil {
				t.Error(err)
				return
			}
			defer w.Close()
			err = w.Update(t.Context(), func(r authn.Reader) (authn.Batch, error) {
				rec, _ := r.Record("server", "n")
				return authn.Batch{Put: []authn.Record{{Site: "server", Name: "n", Version: rec.Version + 1}}}, nil
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	c, err := read(p.open(t, "w"))
	if err != nil || made.Load() != 1 || len(c.Records) != 1 || c.Records[0].Version != 8 {
		t.Errorf("made %d times, %+v, %v", made.Load(), c.Records, err)
	}
}

func TestAnUpdateOfADeletedWorldIsRefused(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows does not delete what is open")
	}
	p := newPlace(t)
	p.create(t, "w", nil)
	w := p.open(t, "w")
	if err := p.Delete(t.Context(), "w", p.byKind, false); err != nil {
		t.Fatal(err)
	}
	keystoretest.WantCode(t, act(w), keystore.CodeNoWorld)
	p.create(t, "w", nil)
	c, err := read(p.open(t, "w"))
	if err != nil || len(c.Records) != 0 {
		t.Errorf("%+v, %v", c, err)
	}
}
