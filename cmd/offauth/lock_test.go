package main

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/gofrs/flock"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/keystore"
	"github.com/offauth/offauth/keystore/vault"
	"github.com/offauth/offauth/keystore/worlds"
)

// reading are commands that read a world and change nothing.
var reading = []string{"device status", "workstation status LAPTOP-7", "log", "world show", "world list", "link show",
	"clock show", "admin policy show"}

// TestReadsEndWhileAnotherHoldsTheLock runs every reading command while this
// process holds the world's lock, and then while it is inside an Update, with
// SQLite's own write lock: each ends, and shows the state before. A writing
// command waits, and ends when the lock is free.
func TestReadsEndWhileAnotherHoldsTheLock(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	before := l.audit(t)
	reads := func(t *testing.T) {
		t.Helper()
		for _, line := range reading {
			l.must(t, line)
		}
		if now := l.audit(t); now != before {
			t.Fatalf("%+v, then %+v", before, now)
		}
	}
	t.Run("world.lock", func(t *testing.T) {
		lock := flock.New(filepath.Join(l.home(), "worlds", labWorld, "world.lock"))
		if err := lock.Lock(); err != nil {
			t.Fatal(err)
		}
		writes := make(chan answer)
		go func() { writes <- l.run(t.Context(), nil, "", strings.Fields("workstation lock LAPTOP-7")...) }()
		reads(t)
		select {
		case a := <-writes:
			t.Errorf("it wrote under another's lock: %s", a)
		default:
		}
		if err := lock.Close(); err != nil {
			t.Fatal(err)
		}
		if a := <-writes; a.exit != 0 {
			t.Errorf("%s", a)
		}
	})
	t.Run("in the middle of an Update", func(t *testing.T) {
		home := worlds.Home{Dir: l.home()}
		w, err := home.Open(t.Context(), labWorld, func(keystore.Kind, string) (keystore.Vault, error) {
			identity, err := vault.LoadIdentityFile(filepath.Join(l.dir, "identity.txt"))
			if err != nil {
				return nil, err
			}
			return vault.NewFile(home.VaultDir(), identity), nil
		})
		if err != nil {
			t.Fatal(err)
		}
		err = w.Update(t.Context(), func(authn.Reader) (authn.Batch, error) {
			reads(t)
			return authn.Batch{}, nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
	})
}
