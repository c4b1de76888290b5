package worlds_test

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/keystore"
	"github.com/offauth/offauth/keystore/keystoretest"
	"github.com/offauth/offauth/keystore/worlds"
)

// faulty is a vault some of whose calls fail. It counts what it was asked.
type faulty struct {
	keystore.Vault
	fails func(op, item string) bool
	calls []string
}

var errVaultFails = errors.New("the vault fails")

func (v *faulty) call(op, item string) error {
	v.calls = append(v.calls, op+" "+filepath.Base(item))
	if v.fails != nil && v.fails(op, item) {
		return errVaultFails
	}
	return nil
}

func (v *faulty) Get(ctx context.Context, item string) ([]byte, error) {
	if err := v.call("get", item); err != nil {
		return nil, err
	}
	return v.Vault.Get(ctx, item)
}

func (v *faulty) Set(ctx context.Context, item string, value []byte) error {
	if err := v.call("set", item); err != nil {
		return err
	}
	return v.Vault.Set(ctx, item, value)
}

func (v *faulty) Delete(ctx context.Context, item string) error {
	if err := v.call("delete", item); err != nil {
		return err
	}
	return v.Vault.Delete(ctx, item)
}

func TestACrashBetweenCommitAndTheVaultIsRepairedByTheNextA13(t *testing.T) {
	p := newPlace(t)
	p.create(t, "w", nil)
	v := &faulty{Vault: p.vault, fails: func(op, _ string) bool { return op == "set" }}
	open := func(keystore.Kind, string) (keystore.Vault, error) { return v, nil }
	bump := func(w *worlds.World) error {
		return w.Update(t.Context(), func(r authn.Reader) (authn.Batch, error) {
			rec, err := r.Record("server", "n")
			if err != nil && !errors.Is(err, authn.ErrNoRecord) {
				return authn.Batch{}, err
			}
			return authn.Batch{Put: []authn.Record{{Site: "server", Name: "n", Version: rec.Version + 1}}}, nil
		})
	}
	version := func() uint64 {
		c, err := read(p.open(t, "w"))
		if err != nil || len(c.Records) != 1 {
			t.Fatal(c, err)
		}
		return c.Records[0].Version
	}
	err := in(p.Home, open, bump)
	keystoretest.WantCode(t, err, keystore.CodeVaultWrite)
	if !errors.Is(err, errVaultFails) || version() != 1 {
		t.Errorf("%v, version %d", err, version())
	}
	// A vault that stays broken stops the next one before it does anything, so
	// it is never behind by more than one.
	for range 3 {
		keystoretest.WantCode(t, in(p.Home, open, bump), keystore.CodeVaultUnavailable)
	}
	if version() != 1 {
		t.Errorf("version %d: the vault fell further behind", version())
	}
	v.fails = nil
	if err := in(p.Home, open, bump); err != nil || version() != 2 {
		t.Errorf("%v, version %d", err, version())
	}
	// The same when the process is killed: the handle simply goes away.
	v.fails = func(op, _ string) bool { return op == "set" }
	if err := in(p.Home, open, bump); err == nil {
		t.Error("it was told")
	}
	if err := in(p.Home, p.byKind, bump); err != nil || version() != 4 {
		t.Errorf("%v, version %d", err, version())
	}
}

// The vault was put back and the files were not: they are the newest.
func TestAVaultThatIsBehindIsRaised(t *testing.T) {
	p := newPlace(t)
	p.create(t, "w", nil)
	item := p.id(t) + "/gen"
	old, err := p.vault.Get(t.Context(), item)
	if err != nil {
		t.Fatal(err)
	}
	for _, changes := range []int{1, 5} {
		for range changes {
			if err := in(p.Home, p.byKind, acting); err != nil {
				t.Fatal(err)
			}
		}
		if err := p.vault.Set(t.Context(), item, old); err != nil {
			t.Fatal(err)
		}
		if err := in(p.Home, p.byKind, viewing); err != nil {
			t.Errorf("behind by %d, read: %v", changes, err)
		}
		if err := in(p.Home, p.byKind, acting); err != nil {
			t.Errorf("behind by %d: %v", changes, err)
		}
		if now, _ := p.vault.Get(t.Context(), item); string(now) == string(old) {
			t.Error("it was not raised")
		}
	}
}

func TestAMissingOrGarbageGenerationIsNamed(t *testing.T) {
	p := newPlace(t)
	p.create(t, "w", nil)
	item := p.id(t) + "/gen"
	if err := p.vault.Delete(t.Context(), item); err != nil {
		t.Fatal(err)
	}
	if err := in(p.Home, p.byKind, acting); err != nil {
		t.Fatalf("where nothing happened nothing can have been put back: %v", err)
	}
	good, err := p.vault.Get(t.Context(), item)
	if err != nil {
		t.Fatal(err)
	}
	for _, garbage := range []string{
		"", "7", "1 7", "1 7 0011", "1 07 00112233445566778899aabbccddeeff", "1 7 00112233445566778899AABBCCDDEEFF",
		"2 7 00112233445566778899aabbccddeeff", "1 -1 00112233445566778899aabbccddeeff",
		string(good) + "\n", string(good) + " ",
	} {
		if err := p.vault.Set(t.Context(), item, []byte(garbage)); err != nil {
			t.Fatal(err)
		}
		keystoretest.WantCode(t, in(p.Home, p.byKind, viewing), keystore.CodeItemDamaged)
		keystoretest.WantCode(t, in(p.Home, p.byKind, acting), keystore.CodeItemDamaged)
	}
	if err := p.vault.Delete(t.Context(), item); err != nil {
		t.Fatal(err)
	}
	keystoretest.WantCode(t, in(p.Home, p.byKind, viewing), keystore.CodeItemMissing)
	keystoretest.WantCode(t, in(p.Home, p.byKind, acting), keystore.CodeItemMissing)
	if err := p.vault.Set(t.Context(), item, good); err != nil {
		t.Fatal(err)
	}
	if err := in(p.Home, p.byKind, acting); err != nil {
		t.Error(err)
	}
}

// What a change costs in keyring calls is what it must: the mark is read back
// before anything is told.
func TestAChangeAsksTheVaultAsOftenAsItMust(t *testing.T) {
	p := newPlace(t)
	p.create(t, "w", nil)
	v := &faulty{Vault: p.vault}
	open := func(keystore.Kind, string) (keystore.Vault, error) { return v, nil }
	for _, c := range []struct {
		what string
		do   func(*worlds.World) error
		want []string
	}{
		{"reads", func(w *worlds.World) error { return errors.Join(viewing(w), viewing(w)) }, []string{"get key", "get gen"}},
		{"a change", acting, []string{"get key", "get gen", "set gen", "get gen"}},
		{"a change of nothing", func(w *worlds.World) error { return write(w, authn.Batch{}) },
			[]string{"get key", "get gen"}},
	} {
		v.calls = nil
		if err := in(p.Home, open, c.do); err != nil || !slices.Equal(v.calls, c.want) {
			t.Errorf("%s: %q, %v, want %q", c.what, v.calls, err, c.want)
		}
	}
}

// slowVault is one whose gets wait for somebody while it is asked to.
type slowVault struct {
	keystore.Vault
	waits atomic.Bool
}

func (v *slowVault) Get(ctx context.Context, item string) ([]byte, error) {
	if v.waits.Load() {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	return v.Vault.Get(ctx, item)
}

// The lock is held across a keyring's dialog for three seconds at most,
// whatever the vault itself would wait; and a keyring that may have locked
// itself meanwhile is asked before the lock is taken.
func TestTheLockIsNotHeldAcrossADialog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPlace(t)
		p.create(t, "w", nil)
		slow := &slowVault{Vault: p.vault}
		w, err := p.Open(t.Context(), "w", func(keystore.Kind, string) (keystore.Vault, error) { return slow, nil })
		if err != nil {
			t.Fatal(err)
		}
		defer w.Close()
		slow.waits.Store(true)
		began := time.Now()
		keystoretest.WantCode(t, act(w), keystore.CodeVaultTimeout)
		if took := time.Since(began); took != 3*time.Second {
			t.Errorf("the lock was held for %s", took)
		}
		time.Sleep(time.Minute) // the bubble's time
		ctx, cancel := context.WithCancel(t.Context())
		asked := make(chan error)
		go func() {
			asked <- w.Update(ctx, func(authn.Reader) (authn.Batch, error) { return authn.Batch{}, nil })
		}()
		time.Sleep(10 * time.Second)
		if err := in(p.Home, p.byKind, acting); err != nil {
			t.Errorf("another process while the dialog is open: %v", err)
		}
		cancel()
		if err := <-asked; !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		slow.waits.Store(false)
		if err := act(w); err != nil {
			t.Error(err)
		}
	})
}

// watched is a vault that tells when it was asked for the generation.
type watched struct {
	keystore.Vault
	gen chan error
}

func (v *watched) Get(ctx context.Context, item string) ([]byte, error) {
	value, err := v.Vault.Get(ctx, item)
	if filepath.Base(item) == "gen" {
		v.gen <- err
	}
	return value, err
}

// failingVault fails when it is asked for the generation.
type failingVault struct {
	keystore.Vault
	fail error
}

func (v failingVault) Get(ctx context.Context, item string) ([]byte, error) {
	if filepath.Base(item) == "gen" && v.fail != nil {
		return nil, v.fail
	}
	return v.Vault.Get(ctx, item)
}

// Nothing of a change is worked out, kept or told unless the vault says that
// the world is in its newest state.
func TestAChangeNeedsTheVaultsWord(t *testing.T) {
	mine := errors.New("what the change says")
	batch := authn.Batch{Put: []authn.Record{{Site: "server", Name: "r", Version: 1}}}
	for _, c := range []struct {
		name                string
		vault, change, want error
		asked, kept         bool
	}{
		{name: "the vault agrees", asked: true, kept: true},
		{name: "the change fails", change: mine, want: mine, asked: true},
		{name: "the vault fails", vault: errVaultFails, want: errVaultFails},
		{name: "both fail", vault: errVaultFails, change: mine, want: errVaultFails},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := newPlace(t)
			p.create(t, "w", nil)
			w, err := p.Open(t.Context(), "w", func(keystore.Kind, string) (keystore.Vault, error) {
				return failingVault{p.vault, c.vault}, nil
			})
			if err != nil {
				t.Fatal(err)
			}
			defer w.Close()
			asked := false
			err = w.Update(t.Context(), func(authn.Reader) (authn.Batch, error) {
				asked = true
				return batch, c.change
			})
			if !errors.Is(err, c.want) || asked != c.asked {
				t.Errorf("%v; the change was worked out: %v", err, asked)
			}
			now, err := read(p.open(t, "w"))
			if err != nil || (len(now.Records) == 1) != c.kept {
				t.Errorf("%+v, %v", now, err)
			}
		})
	}
}
