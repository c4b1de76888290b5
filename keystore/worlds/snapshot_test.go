package worlds_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/keystore"
	"github.com/offauth/offauth/keystore/keystoretest"
	"github.com/offauth/offauth/keystore/worlds"
)

// restored is what Restore is to do in a place whose vault is in memory.
func (p place) restored(file, as string) worlds.Restoration {
	return worlds.Restoration{File: file, From: p.byKind, As: as, Kind: keystore.KindMemory, To: p.byID}
}

// contentOf reads a world.
func contentOf(t *testing.T, p place, name string) content {
	t.Helper()
	w, err := p.Open(t.Context(), name, p.byKind)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	c, err := read(w)
	if err := errors.Join(err, w.Verify(t.Context())); err != nil {
		t.Fatal(err)
	}
	return c
}

func TestASnapshotIsRestoredAsASeparateWorld(t *testing.T) {
	p, _, want := lived(t)
	file := filepath.Join(t.TempDir(), "w.snapshot")
	if err := p.Snapshot(t.Context(), "w", file, p.byKind, nil); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(file); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	wantEntries(t, filepath.Dir(file), "w.snapshot")
	// The world goes on, and the snapshot does not.
	if err := in(p.Home, p.byKind, func(w *worlds.World) error {
		return write(w, authn.Batch{Delete: []authn.Key{{Site: "phone/pixel", Name: "r/0/0"}}})
	}); err != nil {
		t.Fatal(err)
	}
	if err := p.Restore(t.Context(), p.restored(file, "again")); err != nil {
		t.Fatal(err)
	}
	if got := contentOf(t, p, "again"); !reflect.DeepEqual(got, want) {
		t.Errorf("got %d records, %d timers, %d events", len(got.Records), len(got.Timers), len(got.Events))
	}
	if got := contentOf(t, p, "w"); len(got.Records) != len(want.Records)-1 {
		t.Errorf("the world itself has %d records", len(got.Records))
	}
	ids := map[string]string{}
	list, err := p.List()
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range list {
		ids[i.Name] = i.ID
	}
	keys := map[string][]byte{}
	for name, id := range ids {
		keys[name], _ = p.vault.Get(t.Context(), id+"/key")
	}
	if len(ids) != 2 || ids["w"] == ids["again"] || bytes.Equal(keys["w"], keys["again"]) {
		t.Errorf("ids %v; the same key: %v", ids, bytes.Equal(keys["w"], keys["again"]))
	}
	wantEntries(t, p.WorldDir("again"), "world.db", "world.lock")
	// Both go on by themselves.
	for name := range ids {
		w := p.open(t, name)
		if err := write(w, authn.Batch{Append: []authn.Event{{Seq: 121, At: day}}}); err != nil {
			t.Error(name, err)
		}
	}
}

func TestASnapshotWithItsKeyNeedsNoVault(t *testing.T) {
	p, _, want := lived(t)
	dir := t.TempDir()
	mine := identity(t, dir, "mine")
	file := filepath.Join(dir, "s")
	if err := p.Snapshot(t.Context(), "w", file, p.byKind, mine); err != nil {
		t.Fatal(err)
	}
	elsewhere := newPlace(t)
	r := elsewhere.restored(file, "w")
	r.From = func(keystore.Kind, string) (keystore.Vault, error) {
		t.Error("the vault was asked for")
		return nil, keystore.ErrUnavailable
	}
	r.Identity = identity(t, dir, "another")
	keystoretest.WantCode(t, elsewhere.Restore(t.Context(), r), keystore.CodeWrongIdentity)
	r.Identity = mine
	if err := elsewhere.Restore(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	if got := contentOf(t, elsewhere, "w"); !reflect.DeepEqual(got, want) {
		t.Error("it is not the same world")
	}
	data, err := os.ReadFile(file)
	if err != nil || bytes.Contains(data, []byte(marker)) {
		t.Error("a secret half lies in clear in the snapshot", err)
	}
	root, err := p.vault.Get(t.Context(), p.id(t)+"/key")
	if err != nil || bytes.Contains(data, root) {
		t.Error("the key lies in clear in the snapshot", err)
	}
}

func TestASnapshotWithoutItsKeyIsRefusedByName(t *testing.T) {
	p, _, _ := lived(t)
	dir := t.TempDir()
	file := filepath.Join(dir, "s")
	if err := p.Snapshot(t.Context(), "w", file, p.byKind, nil); err != nil {
		t.Fatal(err)
	}
	keystoretest.WantCode(t, p.Snapshot(t.Context(), "w", file, p.byKind, nil), keystore.CodeSnapshotExists)
	keystoretest.WantCode(t, p.Snapshot(t.Context(), "x", filepath.Join(dir, "x"), p.byKind, nil), keystore.CodeNoWorld)
	keystoretest.WantCode(t, p.Restore(t.Context(), p.restored(filepath.Join(dir, "none"), "n")),
		keystore.CodeSnapshotMissing)
	keystoretest.WantCode(t, p.Restore(t.Context(), p.restored(file, "w")), keystore.CodeWorldExists)
	keystoretest.WantCode(t, p.Restore(t.Context(), p.restored(file, "W")), keystore.CodeBadName)
	r := p.restored(file, "n")
	r.Identity = identity(t, dir, "id")
	keystoretest.WantCode(t, p.Restore(t.Context(), r), keystore.CodeSnapshotNoKey)
	key := p.id(t) + "/key"
	root, err := p.vault.Get(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	p.vault.Set(t.Context(), key, make([]byte, 32))
	keystoretest.WantCode(t, p.Restore(t.Context(), p.restored(file, "n")), keystore.CodeItemForeign)
	p.vault.Delete(t.Context(), key)
	keystoretest.WantCode(t, p.Restore(t.Context(), p.restored(file, "n")), keystore.CodeItemMissing)
	p.vault.Set(t.Context(), key, root)
	wantEntries(t, filepath.Join(p.Dir, "worlds"), ".lock", "w")
	if err := p.Restore(t.Context(), p.restored(file, "n")); err != nil {
		t.Error(err)
	}
}

func TestADamagedSnapshotMakesNoWorld(t *testing.T) {
	p, _, want := lived(t)
	dir := t.TempDir()
	file := filepath.Join(dir, "s")
	if err := p.Snapshot(t.Context(), "w", file, p.byKind, nil); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	broken := filepath.Join(dir, "broken")
	refused := func(what string, data []byte) {
		t.Helper()
		if err := os.WriteFile(broken, data, 0o600); err != nil {
			t.Fatal(err)
		}
		err := p.Restore(t.Context(), p.restored(broken, "n"))
		if err == nil {
			if got := contentOf(t, p, "n"); !reflect.DeepEqual(got, want) {
				t.Errorf("%s: another world was made of it", what)
			}
			if err := p.Delete(t.Context(), "n", p.byKind, false); err != nil {
				t.Error(err)
			}
			return
		}
		f, ok := authn.AsFault(err)
		if !ok || f.Code != keystore.CodeSnapshotDamaged && f.Code != keystore.CodeNewer ||
			strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v", what, err)
		}
		wantEntries(t, filepath.Join(p.Dir, "worlds"), ".lock", "w")
	}
	for n := 0; n < len(whole); n += 1 + len(whole)/25 {
		refused(fmt.Sprint("cut to ", n), whole[:n])
		flipped := bytes.Clone(whole)
		flipped[n] ^= 0x10
		refused(fmt.Sprint("flipped at ", n), flipped)
	}
	refused("a text", []byte("a text"))
}

func TestASnapshotIsOneStateWhateverOthersDo(t *testing.T) {
	p := newPlace(t)
	p.create(t, "w", nil)
	dir := t.TempDir()
	var wg sync.WaitGroup
	stop, halt := context.WithCancel(t.Context())
	wg.Go(func() {
		w := p.open(t, "w")
		for stop.Err() == nil {
			if err := act(w); err != nil {
				t.Error(err)
			}
		}
	})
	for i := range 5 {
		file := filepath.Join(dir, fmt.Sprint(i))
		err := p.Snapshot(t.Context(), "w", file, p.byKind, nil)
		if err == nil {
			err = p.Restore(t.Context(), p.restored(file, fmt.Sprint("n", i)))
		}
		if err != nil {
			t.Error(err)
			continue
		}
		contentOf(t, p, fmt.Sprint("n", i)) // verifies
	}
	halt()
	wg.Wait()
}
