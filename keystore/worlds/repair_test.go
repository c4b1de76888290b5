package worlds_test

import (
	"errors"
	"testing"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/keystore"
	"github.com/offauth/offauth/keystore/keystoretest"
	"github.com/offauth/offauth/keystore/worlds"
)

// wipeAll stands for what deletes the PINs: two changes, one of which reads.
func wipeAll(s authn.Store) error {
	if err := write(s, authn.Batch{Put: []authn.Record{{Site: "server", Name: "wiped", Version: 1}}}); err != nil {
		return err
	}
	c, err := read(s)
	if err != nil {
		return err
	}
	var b authn.Batch
	for _, rec := range c.Records {
		if rec.Site == "phone/pixel" {
			b.Delete = append(b.Delete, authn.Key{Site: rec.Site, Name: rec.Name})
		}
	}
	return write(s, b)
}

// rolledBack is a world three changes old whose folder is that of one change.
func rolledBack(t *testing.T) (h *twoVaults, old string) {
	h = newTwoVaults(t)
	if err := in(h.Home, h.open, acting); err != nil {
		t.Fatal(err)
	}
	old = copyWorld(t, h.Home)
	for range 2 {
		if err := in(h.Home, h.open, acting); err != nil {
			t.Fatal(err)
		}
	}
	putBack(t, h.Home, old)
	keystoretest.WantCode(t, in(h.Home, h.open, viewing), keystore.CodeRolledBack)
	return h, old
}

// wantWiped reports that the world goes on, without what was to be wiped.
func wantWiped(t *testing.T, h *twoVaults) {
	t.Helper()
	w, err := h.Open(t.Context(), "w", h.open)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	c, err := read(w)
	if err != nil || len(c.Records) != 1 || c.Records[0].Name != "wiped" || len(c.Events) != 2 || len(c.Timers) != 1 {
		t.Errorf("%+v, %v", c, err)
	}
	if n, err := w.Generation(t.Context()); n <= 3 || err != nil {
		t.Errorf("generation %d, %v: not above all", n, err)
	}
	if err := errors.Join(write(w, authn.Batch{Delete: []authn.Key{{Site: "server", Name: "wiped"}}}),
		w.Verify(t.Context())); err != nil {
		t.Error(err)
	}
}

func TestARolledBackWorldIsRepairedA14(t *testing.T) {
	h, old := rolledBack(t)
	if err := h.Repair(t.Context(), "w", h.open, wipeAll); err != nil {
		t.Fatal(err)
	}
	wantWiped(t, h)
	putBack(t, h.Home, old)
	keystoretest.WantCode(t, in(h.Home, h.open, viewing), keystore.CodeRolledBack)
}

func TestASoundWorldIsNotWiped(t *testing.T) {
	h := newTwoVaults(t)
	for range 2 {
		err := h.Repair(t.Context(), "w", h.open, func(authn.Store) error {
			t.Error("wipe was called")
			return nil
		})
		if err != nil {
			t.Error(err)
		}
		if err := in(h.Home, h.open, acting); err != nil {
			t.Error(err)
		}
	}
}

func TestARepairWhoseWipeFailsChangesNothingThatCounts(t *testing.T) {
	h, _ := rolledBack(t)
	mine := errors.New("my own error")
	// However often the half-wiped world was written to, it is not let in.
	for range 4 {
		err := h.Repair(t.Context(), "w", h.open, func(s authn.Store) error {
			if err := write(s, authn.Batch{Set: []authn.Timer{{Site: "server", Kind: "k", Subject: "s", At: day}}}); err != nil {
				return err
			}
			return mine
		})
		if !errors.Is(err, mine) {
			t.Error(err)
		}
		keystoretest.WantCode(t, in(h.Home, h.open, viewing), keystore.CodeRolledBack)
		keystoretest.WantCode(t, in(h.Home, h.open, acting), keystore.CodeRolledBack)
	}
	if err := h.Repair(t.Context(), "w", h.open, func(s authn.Store) error {
		return errors.Join(write(s, authn.Batch{Stop: []authn.TimerKey{{Site: "server", Kind: "k", Subject: "s"}}}),
			wipeAll(s))
	}); err != nil {
		t.Fatal(err)
	}
	wantWiped(t, h)
}

func TestARepairThatIsKilledIsDoneAgainA13(t *testing.T) {
	done := 0
	for k := 1; ; k++ {
		for _, after := range []bool{false, true} {
			h, _ := rolledBack(t)
			dead, err := h.dies(func() error { return h.Repair(t.Context(), "w", h.deadly(k, after), wipeAll) })
			if err != nil {
				t.Error(err)
			}
			if !dead {
				wantWiped(t, h)
				if done != 4 {
					t.Errorf("killed at its last calls, the set and the get, before and after them, it is done: %d times", done)
				}
				return
			}
			if in(h.Home, h.open, viewing) == nil {
				done++
			}
			err = h.Repair(t.Context(), "w", h.open, func(s authn.Store) error {
				// What an earlier one wiped is wiped already.
				if c, err := read(s); err != nil || len(c.Records) == 1 {
					return err
				}
				return wipeAll(s)
			})
			if err != nil {
				t.Errorf("killed at call %d: %v", k, err)
			}
			wantWiped(t, h)
		}
	}
}

func TestAMissingOrGarbageGenerationIsRepaired(t *testing.T) {
	for name, spoil := range map[string]func(v keystore.Vault, item string) error{
		"missing": func(v keystore.Vault, item string) error { return v.Delete(t.Context(), item) },
		"garbage": func(v keystore.Vault, item string) error { return v.Set(t.Context(), item, []byte("?")) },
	} {
		t.Run(name, func(t *testing.T) {
			h := newTwoVaults(t)
			for range 3 {
				if err := in(h.Home, h.open, acting); err != nil {
					t.Fatal(err)
				}
			}
			if err := spoil(h.vaults[keystore.KindOS], h.id(t)+"/gen"); err != nil {
				t.Fatal(err)
			}
			if err := in(h.Home, h.open, viewing); err == nil {
				t.Error("it was let in")
			}
			wiped := false
			err := h.Repair(t.Context(), "w", h.open, func(s authn.Store) error {
				wiped = true
				return nil
			})
			if err := errors.Join(err, in(h.Home, h.open, acting)); err != nil || !wiped {
				t.Errorf("wiped: %v, %v", wiped, err)
			}
		})
	}
}

func TestTheStatusOfAVaultSaysWhatLiesThere(t *testing.T) {
	h := newTwoVaults(t)
	vault, id := h.vaults[keystore.KindOS], h.id(t)
	key, err := vault.Get(t.Context(), id+"/key")
	if err != nil {
		t.Fatal(err)
	}
	status := func(code string, key, gen worlds.ItemState) worlds.Status {
		t.Helper()
		st, err := h.Status(t.Context(), "w", h.open)
		if err != nil || st.World != "w" || st.ID != id || st.Kind != keystore.KindOS || len(st.Items) != 2 ||
			st.Items[0].Name != id+"/key" || st.Items[0].State != key || st.Items[1].Name != id+"/gen" ||
			st.Items[1].State != gen {
			t.Errorf("%+v, %v, want %s %s", st, err, key, gen)
		}
		if code == "" && st.Err != nil {
			t.Error(st.Err)
		} else if code != "" {
			keystoretest.WantCode(t, st.Err, authn.Code(code))
		}
		return st
	}
	const ok = worlds.ItemPresent
	if err := in(h.Home, h.open, acting); err != nil {
		t.Fatal(err)
	}
	if st := status("", ok, ok); st.Items[0].Size != 32 || st.Took <= 0 || st.Generation != 1 || st.Newest != 1 {
		t.Errorf("%+v", st)
	}
	gen, err := vault.Get(t.Context(), id+"/gen")
	if err != nil {
		t.Fatal(err)
	}
	set := func(item string, value []byte) { vault.Set(t.Context(), id+item, value) }
	set("/gen", []byte("?"))
	status("vault_item_damaged", ok, worlds.ItemDamaged)
	vault.Delete(t.Context(), id+"/gen")
	status("vault_item_missing", ok, worlds.ItemMissing)
	set("/gen", []byte("1 9 00112233445566778899aabbccddeeff")) // as an older offauth kept it, and anybody can
	status("vault_item_damaged", ok, worlds.ItemDamaged)
	set("/gen", gen)
	before := copyWorld(t, h.Home)
	if err := in(h.Home, h.open, acting); err != nil {
		t.Fatal(err)
	}
	putBack(t, h.Home, before)
	if st := status("state_rolled_back", ok, ok); st.Generation != 2 || st.Newest != 1 {
		t.Errorf("%+v", st)
	}
	set("/gen", gen)
	set("/key", make([]byte, 32))
	status("vault_item_foreign", worlds.ItemForeign, ok)
	set("/key", key[1:])
	status("vault_item_damaged", worlds.ItemDamaged, ok)
	vault.Delete(t.Context(), id+"/key")
	status("vault_item_missing", worlds.ItemMissing, ok)
	set("/key", key)
	status("", ok, ok)
	st, err := h.Status(t.Context(), "w",
		func(keystore.Kind, string) (keystore.Vault, error) { return nil, keystore.ErrLocked })
	keystoretest.WantCode(t, st.Err, keystore.CodeVaultLocked)
	if err != nil || st.Items[0].State != worlds.ItemUnknown {
		t.Errorf("%+v, %v", st, err)
	}
	_, err = h.Status(t.Context(), "x", h.open)
	keystoretest.WantCode(t, err, keystore.CodeNoWorld)
}
