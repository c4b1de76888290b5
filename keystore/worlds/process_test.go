package worlds_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/keystore"
	"github.com/offauth/offauth/keystore/vault"
	"github.com/offauth/offauth/keystore/worlds"
)

// homeVariable tells a child of TestProcessesTakeTurns where to work.
const homeVariable = "OFFAUTH_KEYSTORE_TEST_HOME"

// Processes that start at the same time all create the world, which one of
// them does, and then raise one number.
func TestProcessesTakeTurns(t *testing.T) {
	if dir := os.Getenv(homeVariable); dir != "" {
		child(t, worlds.Home{Dir: dir})
		return
	}
	h := worlds.Home{Dir: t.TempDir()}
	if _, err := vault.CreateIdentityFile(filepath.Join(h.Dir, "id")); err != nil {
		t.Fatal(err)
	}
	const processes = 4
	var wg sync.WaitGroup
	made := make([]bool, processes)
	for i := range processes {
		wg.Go(func() {
			c := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestProcessesTakeTurns$", "-test.v")
			c.Env = append(os.Environ(), homeVariable+"="+h.Dir)
			out, err := c.CombinedOutput()
			if err != nil {
				t.Errorf("%v\n%s", err, out)
			}
			made[i] = strings.Contains(string(out), "made it")
		})
	}
	wg.Wait()
	makers := 0
	for _, m := range made {
		if m {
			makers++
		}
	}
	w, err := h.Open(t.Context(), "w", vaultIn(h))
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	c, err := read(w)
	if err != nil || makers != 1 || len(c.Records) != 1 || c.Records[0].Version != processes*25 {
		t.Errorf("%d made it; %+v, %v", makers, c.Records, err)
	}
}

func vaultIn(h worlds.Home) func(keystore.Kind, string) (keystore.Vault, error) {
	return func(keystore.Kind, string) (keystore.Vault, error) {
		id, err := vault.LoadIdentityFile(filepath.Join(h.Dir, "id"))
		return vault.NewFile(h.VaultDir(), id), err
	}
}

func child(t *testing.T, h worlds.Home) {
	open := vaultIn(h)
	err := h.Create(t.Context(), "w", keystore.KindFile,
		func(id string) (keystore.Vault, error) { return open(keystore.KindFile, id) }, nil)
	if err == nil {
		t.Log("made it")
	} else if !errors.Is(err, keystore.ErrWorldExists) {
		t.Fatal(err)
	}
	for range 25 {
		w, err := h.Open(t.Context(), "w", open)
		if err != nil {
			t.Fatal(err)
		}
		err = w.Update(t.Context(), func(r authn.Reader) (authn.Batch, error) {
			rec, err := r.Record("server", "n")
			if err != nil && !errors.Is(err, authn.ErrNoRecord) {
				return authn.Batch{}, err
			}
			return authn.Batch{Put: []authn.Record{{Site: "server", Name: "n", Version: rec.Version + 1}}}, nil
		})
		if err := errors.Join(err, w.Close()); err != nil {
			t.Fatal(err)
		}
	}
}
