package worlds_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/keystore"
	"github.com/offauth/offauth/keystore/keystoretest"
)

// Rules A9, A15: what is secret lies nowhere in clear, and nobody else may
// read the files.
func TestNoSecretIsInClearAndFilesAreOnesOwn(t *testing.T) {
	p, _, want := lived(t)
	h, open := fileHome(t)
	ours, err := h.Open(t.Context(), "w", open)
	if err != nil {
		t.Fatal(err)
	}
	defer ours.Close()
	if err := write(ours, authn.Batch{Put: want.Records[:5]}); err != nil {
		t.Fatal(err)
	}
	w := p.open(t, "w") // with -wal and -shm
	if err := write(w, authn.Batch{Put: []authn.Record{{Site: "server", Name: "late", Version: 1,
		Secret: []byte(marker)}}}); err != nil {
		t.Fatal(err)
	}
	key, err := p.vault.Get(t.Context(), w.ID()+"/key")
	if err != nil {
		t.Fatal(err)
	}
	files := 0
	for _, dir := range []string{p.Dir, h.Dir} {
		err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil || path == dir {
				return err
			}
			info, err := d.Info()
			if err != nil {
				return err
			}
			mode := fs.FileMode(0o600)
			if d.IsDir() {
				mode = 0o700
			}
			if got := info.Mode().Perm(); got != mode && runtime.GOOS != "windows" {
				t.Errorf("%s has mode %o, want %o", path, got, mode)
			}
			if d.IsDir() {
				return nil
			}
			files++
			data, err := os.ReadFile(path)
			if bytes.Contains(data, []byte(marker)) || bytes.Contains(data, key) {
				t.Errorf("%s holds a secret in clear", path)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if files < 8 {
		t.Errorf("only %d files were looked at", files)
	}
}

func TestWhatCannotBeWrittenIsNamed(t *testing.T) {
	if os.Getuid() <= 0 {
		t.Skip("uid 0 may write everywhere, and Windows has no modes")
	}
	p := newPlace(t)
	p.create(t, "w", nil)
	dir := p.WorldDir("w")
	t.Cleanup(func() { os.Chmod(dir, 0o700) })
	if err := errors.Join(os.Chmod(filepath.Join(dir, "world.db"), 0o400), os.Chmod(dir, 0o500)); err != nil {
		t.Fatal(err)
	}
	w, err := p.Open(t.Context(), "w", p.byKind)
	if err == nil {
		err = act(w)
		w.Close()
	}
	keystoretest.WantCode(t, err, keystore.CodeReadOnly)
}

func TestAFileInTheWayIsNamed(t *testing.T) {
	p := newPlace(t)
	if err := os.WriteFile(filepath.Join(p.Dir, "worlds"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	keystoretest.WantCode(t, p.Create(t.Context(), "w", keystore.KindMemory, p.byID, nil), keystore.CodeFailed)
}

func wantEntries(t testing.TB, dir string, want ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		got = append(got, e.Name())
	}
	if len(got) != len(want) {
		t.Fatalf("%s holds %q, want %q", dir, got, want)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("%s holds %q, want %q", dir, got, want)
		}
	}
}
