package worlds_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/offauth/offauth/keystore"
	"github.com/offauth/offauth/keystore/keystoretest"
	"github.com/offauth/offauth/keystore/vault"
	"github.com/offauth/offauth/keystore/worlds"
)

// twoVaults is a home with two vaults. At the k-th call of either the process
// is killed, before the call or after it.
type twoVaults struct {
	worlds.Home
	vaults map[keystore.Kind]*vault.Memory
	left   int
	after  bool
}

type killed struct{}

func newTwoVaults(t testing.TB) *twoVaults {
	h := &twoVaults{Home: worlds.Home{Dir: t.TempDir()}, vaults: map[keystore.Kind]*vault.Memory{
		keystore.KindOS: vault.NewMemory(), keystore.KindMemory: vault.NewMemory(),
	}}
	byID := func(string) (keystore.Vault, error) { return h.vaults[keystore.KindOS], nil }
	if err := h.Create(context.Background(), "w", keystore.KindOS, byID, nil); err != nil {
		t.Fatal(err)
	}
	return h
}

func (h *twoVaults) open(kind keystore.Kind, _ string) (keystore.Vault, error) {
	return h.vaults[kind], nil
}

// deadly returns the vaults of a process that is killed at its k-th call.
func (h *twoVaults) deadly(k int, after bool) openFunc {
	h.left, h.after = k, after
	return func(kind keystore.Kind, _ string) (keystore.Vault, error) {
		return &deadlyVault{h, h.vaults[kind]}, nil
	}
}

// dies runs something that may be killed.
func (h *twoVaults) dies(do func() error) (dead bool, err error) {
	defer func() {
		if r := recover(); r != nil {
			if _, ok := r.(killed); !ok {
				panic(r)
			}
			dead = true
		}
	}()
	return false, do()
}

type deadlyVault struct {
	h    *twoVaults
	real keystore.Vault
}

func (v *deadlyVault) call(do func()) {
	v.h.left--
	if v.h.left == 0 && !v.h.after {
		panic(killed{})
	}
	do()
	if v.h.left == 0 {
		panic(killed{})
	}
}

func (v *deadlyVault) Get(ctx context.Context, item string) (value []byte, err error) {
	v.call(func() { value, err = v.real.Get(ctx, item) })
	return value, err
}

func (v *deadlyVault) Set(ctx context.Context, item string, value []byte) (err error) {
	v.call(func() { err = v.real.Set(ctx, item, value) })
	return err
}

func (v *deadlyVault) Delete(ctx context.Context, item string) (err error) {
	v.call(func() { err = v.real.Delete(ctx, item) })
	return err
}

func (h *twoVaults) id(t testing.TB) string { return place{Home: h.Home}.id(t) }

func (h *twoVaults) wantItems(t *testing.T, inOS, inMemory int) {
	t.Helper()
	id := h.id(t)
	wantItems(t, h.vaults[keystore.KindOS], id, inOS)
	wantItems(t, h.vaults[keystore.KindMemory], id, inMemory)
}

// Every call of a vault is a place to be killed at, before it and after it;
// between them lie all commits of the database.
func TestAMoveThatIsKilledLosesNothingA13(t *testing.T) {
	ends := map[string]func(t *testing.T, h *twoVaults){
		"moved on": func(t *testing.T, h *twoVaults) {
			if err := h.Move(t.Context(), "w", keystore.KindMemory, h.open); err != nil {
				t.Error(err)
			}
			h.wantItems(t, 0, 2)
		},
		"moved back": func(t *testing.T, h *twoVaults) {
			if err := h.Move(t.Context(), "w", keystore.KindOS, h.open); err != nil {
				t.Error(err)
			}
			h.wantItems(t, 2, 0)
		},
		"wiped": func(t *testing.T, h *twoVaults) {
			if err := h.Wipe(t.Context(), "w", h.open); err != nil {
				t.Error(err)
			}
			h.wantItems(t, 0, 0)
		},
		"deleted": func(t *testing.T, h *twoVaults) {
			id := h.id(t)
			if err := h.Delete(t.Context(), "w", h.open, false); err != nil {
				t.Error(err)
			}
			wantItems(t, h.vaults[keystore.KindOS], id, 0)
			wantItems(t, h.vaults[keystore.KindMemory], id, 0)
		},
	}
	points := 0
	for k := 1; ; k++ {
		for _, after := range []bool{false, true} {
			for name, end := range ends {
				h := newTwoVaults(t)
				open := h.deadly(k, after)
				dead, err := h.dies(func() error { return h.Move(t.Context(), "w", keystore.KindMemory, open) })
				if !dead {
					if err != nil || points < 20 {
						t.Errorf("%d places to be killed at; %v", points, err)
					}
					return
				}
				points++
				what := fmt.Sprintf("killed at call %d (after it: %v), then %s", k, after, name)
				if err := in(h.Home, h.open, acting); err != nil {
					t.Errorf("%s: the world does not open: %v", what, err)
				}
				st, err := h.Status(t.Context(), "w", h.open)
				if err != nil || st.Err != nil || st.Items[0].State != worlds.ItemPresent ||
					st.Items[1].State != worlds.ItemPresent {
					t.Errorf("%s: %+v, %v", what, st, err)
				}
				end(t, h)
				if t.Failed() {
					t.Fatal(what)
				}
			}
		}
	}
}

// The same for a change: killed at any call of its vault, the next one works
// and nothing was counted twice.
func TestAChangeThatIsKilledLeavesAWorldThatOpensA13(t *testing.T) {
	for k := 1; ; k++ {
		for _, after := range []bool{false, true} {
			h := newTwoVaults(t)
			dead, err := h.dies(func() error { return in(h.Home, h.deadly(k, after), acting) })
			if err != nil {
				t.Error(err)
			}
			if err := errors.Join(in(h.Home, h.open, viewing), in(h.Home, h.open, acting)); err != nil {
				t.Errorf("killed at call %d (after it: %v): %v", k, after, err)
			}
			if !dead {
				return
			}
		}
	}
}

func TestAMoveBetweenFilesAndAKeyringLeavesNoFile(t *testing.T) {
	h := newTwoVaults(t)
	id := h.id(t)
	open := func(kind keystore.Kind, id string) (keystore.Vault, error) {
		if kind != keystore.KindFile {
			return h.open(kind, id)
		}
		if vault.HasPassphraseIdentity(h.VaultDir(), id) {
			identity, err := vault.OpenPassphraseIdentity(h.VaultDir(), id, "pass")
			return vault.NewFile(h.VaultDir(), identity), err
		}
		identity, err := vault.CreatePassphraseIdentity(h.VaultDir(), id, "pass")
		return vault.NewFile(h.VaultDir(), identity), err
	}
	if err := h.Move(t.Context(), "w", keystore.KindFile, open); err != nil {
		t.Fatal(err)
	}
	wantEntries(t, h.VaultDir(), id+".gen.age", id+".identity.age", id+".key.age")
	h.wantItems(t, 0, 0)
	if err := in(h.Home, open, acting); err != nil {
		t.Error(err)
	}
	for range 2 { // the second has nothing to do
		if err := h.Move(t.Context(), "w", keystore.KindOS, open); err != nil {
			t.Fatal(err)
		}
		wantEntries(t, h.VaultDir())
		h.wantItems(t, 2, 0)
	}
	if err := in(h.Home, open, acting); err != nil {
		t.Error(err)
	}
}

// A vault that forgets is found out before anything is taken from the old one.
func TestAMoveToAVaultThatForgetsIsStopped(t *testing.T) {
	h := newTwoVaults(t)
	open := func(kind keystore.Kind, id string) (keystore.Vault, error) {
		if kind == keystore.KindMemory {
			return forgetful{h.vaults[kind]}, nil
		}
		return h.open(kind, id)
	}
	if err := h.Move(t.Context(), "w", keystore.KindMemory, open); !errors.Is(err, keystore.ErrNotFound) {
		t.Error(err)
	}
	h.wantItems(t, 2, 0)
	if err := in(h.Home, h.open, acting); err != nil {
		t.Error(err)
	}
}

// Processes that have the world open go on while it is moved to and fro: each
// handle here is a process of its own as far as locks and vaults go.
func TestOthersGoOnWhileAWorldIsMoved(t *testing.T) {
	h := newTwoVaults(t)
	handles := make([]*worlds.World, 3)
	for i := range handles {
		w, err := h.Open(t.Context(), "w", h.open)
		if err != nil {
			t.Fatal(err)
		}
		defer w.Close()
		handles[i] = w
	}
	var wg sync.WaitGroup
	for _, w := range handles {
		wg.Go(func() {
			for range 20 {
				if err := errors.Join(act(w), viewing(w)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for i := range 8 {
		to := []keystore.Kind{keystore.KindMemory, keystore.KindOS}[i%2]
		if err := h.Move(t.Context(), "w", to, h.open); err != nil {
			t.Error(err)
		}
		if err := in(h.Home, h.open, viewing); err != nil {
			t.Error(err)
		}
	}
	wg.Wait()
	h.wantItems(t, 2, 0)
	for _, w := range handles {
		if n, err := w.Generation(t.Context()); n != 60 || err != nil {
			t.Errorf("generation %d, %v", n, err)
		}
	}
}

func TestAWorldOfAnotherNameIsNotMovedOrWiped(t *testing.T) {
	h := newTwoVaults(t)
	keystoretest.WantCode(t, h.Move(t.Context(), "x", keystore.KindMemory, h.open), keystore.CodeNoWorld)
	keystoretest.WantCode(t, h.Wipe(t.Context(), "x", h.open), keystore.CodeNoWorld)
	keystoretest.WantCode(t, h.Wipe(t.Context(), "../w", h.open), keystore.CodeBadName)
	h.wantItems(t, 2, 0)
}

func TestAWipeMakesAWorldUnreadableForEver(t *testing.T) {
	h, open := fileHome(t)
	if err := h.Wipe(t.Context(), "w", open); err != nil {
		t.Fatal(err)
	}
	wantEntries(t, h.VaultDir())
	keystoretest.WantCode(t, in(h, open, viewing), keystore.CodeItemMissing)
	if _, err := os.Stat(filepath.Join(h.WorldDir("w"), "world.db")); err != nil {
		t.Error(err)
	}
	if err := h.Wipe(t.Context(), "w", open); err != nil {
		t.Errorf("the second time: %v", err)
	}
}
