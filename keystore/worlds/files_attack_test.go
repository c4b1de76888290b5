//go:build unix

package worlds_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/keystore"
	"github.com/offauth/offauth/keystore/keystoretest"
	"github.com/offauth/offauth/keystore/vault"
	"github.com/offauth/offauth/keystore/worlds"
)

// Whoever may write to a folder in which offauth makes a file cannot have it
// written elsewhere, nor into a file of his own.
func TestNoNameThatIsKnownBeforeIsWrittenTo_attack(t *testing.T) {
	h, open := fileHome(t)
	precious := filepath.Join(t.TempDir(), "precious")
	put(t, precious, []byte("mine"))
	id := place{h, nil}.id(t)
	item := filepath.Join(h.VaultDir(), id+".gen.age")
	for _, planted := range []string{item + ".tmp", filepath.Join(h.VaultDir(), ".offauth-part-1")} {
		if err := os.Symlink(precious, planted); err != nil {
			t.Fatal(err)
		}
	}
	if err := in(h, open, acting); err != nil {
		t.Fatal(err)
	}
	// SQLite's own files beside the database, and a lock.
	for _, c := range []struct{ path, code string }{
		{filepath.Join(h.WorldDir("w"), "world.db-shm"), "storage_damaged"},
		{filepath.Join(h.WorldDir("w"), "world.db-wal"), "storage_damaged"},
		{filepath.Join(h.WorldDir("w"), "world.lock"), "storage_failed"},
		{filepath.Join(h.VaultDir(), id+".lock"), "storage_failed"},
		{item, "storage_failed"},
	} {
		os.Rename(c.path, c.path+".kept")
		os.Symlink(precious, c.path)
		if err := in(h, open, acting); err == nil {
			t.Errorf("%s may be a link", c.path)
		} else if c.path != item {
			keystoretest.WantCode(t, err, authn.Code(c.code))
		}
		os.Remove(c.path)
		os.Rename(c.path+".kept", c.path)
	}
	if data, err := os.ReadFile(precious); string(data) != "mine" {
		t.Errorf("the user's file holds %q, %v", data, err)
	}

	dir := t.TempDir()
	theirs := filepath.Join(dir, "id.txt.tmp")
	put(t, theirs, nil)
	if err := os.Chmod(theirs, 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := vault.CreateIdentityFile(filepath.Join(dir, "id.txt")); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(filepath.Join(dir, "id.txt")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	if data, _ := os.ReadFile(theirs); strings.Contains(string(data), "AGE-SECRET-KEY") {
		t.Error("the key lies in a file of another's")
	}
}

// A FIFO in the place of a file is refused: to open one waits for ever.
func TestAFIFOInAFilesPlaceIsRefused_attack(t *testing.T) {
	h, open := fileHome(t)
	id := place{h, nil}.id(t)
	fifo := filepath.Join(t.TempDir(), "fifo")
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{
		filepath.Join(h.WorldDir("w"), "world.db"), filepath.Join(h.WorldDir("w"), "world.db-wal"),
		filepath.Join(h.WorldDir("w"), "world.lock"), filepath.Join(h.VaultDir(), id+".lock"),
		filepath.Join(h.VaultDir(), id+".key.age"), filepath.Join(h.VaultDir(), id+".gen.age"),
		filepath.Join(h.Dir, "identity.txt"),
	} {
		t.Run(filepath.Base(path), func(t *testing.T) {
			os.Rename(path, path+".kept")
			if err := syscall.Mkfifo(path, 0o600); err != nil {
				t.Fatal(err)
			}
			err := within(t, func() error { return in(h, open, acting) })
			if f, ok := authn.AsFault(err); ok && f.Code == keystore.CodeVaultUnavailable &&
				strings.Contains(strings.Join(f.Hints, " "), "desktop") {
				t.Errorf("a vault of files needs no desktop, and the hints are %q", f.Hints)
			}
			os.Remove(path)
			os.Rename(path+".kept", path)
		})
	}
	t.Run("a snapshot", func(t *testing.T) {
		p := newPlace(t)
		err := within(t, func() error {
			return p.Restore(t.Context(), p.restored(fifo, "x"))
		})
		keystoretest.WantCode(t, err, keystore.CodeSnapshotDamaged)
	})
	// One such folder takes nothing from the others.
	bad := h.WorldDir("bad")
	if err := errors.Join(os.MkdirAll(bad, 0o700), syscall.Mkfifo(filepath.Join(bad, "world.db"), 0o600)); err != nil {
		t.Fatal(err)
	}
	list, err := h.List()
	if err != nil || len(list) != 2 || list[0].Name != "bad" || list[1].Err != nil {
		t.Errorf("%+v, %v", list, err)
	}
	keystoretest.WantCode(t, list[0].Err, keystore.CodeDamaged)
	within(t, func() error { return errors.Join(errors.New("deleted"), h.Delete(t.Context(), "bad", open, true)) })
	if h.Exists("bad") {
		t.Error("it cannot be deleted")
	}
}

// within wants an error soon.
func within(t *testing.T, do func() error) error {
	t.Helper()
	done := make(chan error, 1)
	go func() { done <- do() }()
	select {
	case err := <-done:
		if err == nil {
			t.Error("it was taken")
		}
		return err
	case <-time.After(time.Minute):
		t.Fatal("it hangs")
		return nil
	}
}

// Two folders with one world, in two homes that share a vault, take turns: of
// two attempts with the same record one is told, and the other finds that its
// folder was left behind (A12, A14).
func TestTwoFoldersOfOneWorldTakeTurns_attackA14(t *testing.T) {
	one, open := fileHome(t)
	two := worlds.Home{Dir: t.TempDir()}
	if err := os.Symlink(one.VaultDir(), two.VaultDir()); err != nil {
		t.Fatal(err)
	}
	spend := func(n int) func(*worlds.World) error {
		return func(w *worlds.World) error {
			return w.Update(context.Background(), func(r authn.Reader) (authn.Batch, error) {
				name := fmt.Sprint("pin", n)
				if _, err := r.Record("phone", name); err == nil {
					return authn.Batch{}, errors.New("used before")
				}
				return authn.Batch{Put: []authn.Record{{Site: "phone", Name: name, Version: 1}}}, nil
			})
		}
	}
	for n := range 30 {
		os.RemoveAll(two.WorldDir("w"))
		if err := os.CopyFS(two.WorldDir("w"), os.DirFS(one.WorldDir("w"))); err != nil {
			t.Fatal(err)
		}
		told, wait := make(chan worlds.Home, 8), sync.WaitGroup{}
		for i := range 8 {
			h := []worlds.Home{one, two}[i%2]
			wait.Go(func() {
				if in(h, open, spend(n)) == nil {
					told <- h
				}
			})
		}
		wait.Wait()
		close(told)
		if len(told) != 1 {
			t.Fatalf("round %d: %d attempts were told that they were the first", n, len(told))
		}
		if won := <-told; won == two {
			os.RemoveAll(one.WorldDir("w"))
			if err := os.CopyFS(one.WorldDir("w"), os.DirFS(two.WorldDir("w"))); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// Of several snapshots into one file one is written, and the others say that
// there is one. What a killed one left goes with the next into that folder.
func TestOneOfManySnapshotsIsWritten(t *testing.T) {
	p, _, _ := lived(t)
	dir := t.TempDir()
	for _, left := range []string{".offauth-part-123", ".offauth-part-123-journal", ".offauth-part-7-wal"} {
		put(t, filepath.Join(dir, left), []byte("left by a process that was killed"))
	}
	var wrote, wait = make(chan error, 8), sync.WaitGroup{}
	for range 8 {
		wait.Go(func() { wrote <- p.Snapshot(t.Context(), "w", filepath.Join(dir, "s"), p.byKind, nil) })
	}
	wait.Wait()
	close(wrote)
	done := 0
	for err := range wrote {
		if err == nil {
			done++
		} else {
			keystoretest.WantCode(t, err, keystore.CodeSnapshotExists)
		}
	}
	if done != 1 {
		t.Errorf("%d say that they wrote it", done)
	}
	wantEntries(t, dir, "s")
	if err := p.Restore(t.Context(), p.restored(filepath.Join(dir, "s"), "x")); err != nil {
		t.Error(err)
	}
}
