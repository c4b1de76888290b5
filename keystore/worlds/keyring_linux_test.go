package worlds_test

import (
	"encoding/base64"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/keystore"
	"github.com/offauth/offauth/keystore/keyring"
	"github.com/offauth/offauth/keystore/keystoretest"
	"github.com/offauth/offauth/keystore/vault"
)

const someID = "00112233445566778899aabbccddeeff"

// patient is long enough for a busy machine.
const patient = 20 * time.Second

func TestTheKeyringIsAVault(t *testing.T) {
	inSession(t, func(t *testing.T) {
		startService(t)
		keystoretest.TestVault(t, func(t *testing.T) keystore.Vault {
			secretTool(t, "", "clear", "service", "offauth")
			return keyring.New(patient)
		})
	})
}

func TestSecretToolReadsWhatWeWroteAndWeReadWhatItStored(t *testing.T) {
	inSession(t, func(t *testing.T) {
		startService(t)
		v := keyring.New(patient)
		item := someID + "/key"
		value := []byte{0, 1, 2, 0xff, '\n', 0xfe}
		if err := v.Set(t.Context(), item, value); err != nil {
			t.Fatal(err)
		}
		got := secretTool(t, "", "lookup", "service", "offauth", "username", item)
		if got != base64.StdEncoding.EncodeToString(value) {
			t.Errorf("secret-tool reads %q", got)
		}
		// As a person would put an item back from a backup, with a new line.
		secretTool(t, base64.StdEncoding.EncodeToString([]byte("other"))+"\n", "store", "--label=x", "service", "offauth",
			"username", item)
		if got, err := v.Get(t.Context(), item); err != nil || string(got) != "other" {
			t.Errorf("we read %q, %v", got, err)
		}
	})
}

func TestAStoppedKeyringIsCalledOnceAndNotAgainUntilItReturns(t *testing.T) {
	inSession(t, func(t *testing.T) {
		s := startService(t)
		h := newOnKeyring(t, 300*time.Millisecond)
		id := h.create(t, "w")
		s.signal(syscall.SIGSTOP)
		began := time.Now()
		_, err := h.Open(t.Context(), "w", h.byKind)
		keystoretest.WantCode(t, err, keystore.CodeVaultTimeout)
		if took := time.Since(began); !errors.Is(err, keystore.ErrTimeout) || took > 5*time.Second {
			t.Errorf("%v after %s", err, took)
		}
		began = time.Now()
		for range 1000 {
			if _, err := h.vault.Get(t.Context(), id+"/key"); !errors.Is(err, keystore.ErrTimeout) {
				t.Fatal(err)
			}
		}
		if took := time.Since(began); took > 30*time.Second {
			t.Errorf("1,000 further calls took %s: they were made", took)
		}
		s.signal(syscall.SIGCONT)
		s.until("the stuck call has returned", func() bool {
			_, err := h.vault.Get(t.Context(), id+"/key")
			return err == nil
		})
	})
}

func TestEveryBadKeyringHasItsOwnCodeAndHint(t *testing.T) {
	inSession(t, func(t *testing.T) {
		h := newOnKeyring(t, patient)
		fails := func(err error, code string, sentinel error) {
			t.Helper()
			keystoretest.WantCode(t, err, authn.Code(code))
			if !errors.Is(err, sentinel) || strings.Contains(err.Error(), "\n") {
				t.Errorf("%v", err)
			}
		}
		// A bus without a keyring on it.
		fails(h.Create(t.Context(), "w", keystore.KindOS, h.byID, nil), "vault_unavailable", keystore.ErrUnavailable)
		s := startService(t)
		id := h.create(t, "w")
		other := h.create(t, "other")
		key := secretTool(t, "", "lookup", "service", "offauth", "username", id+"/key")
		put := func(item, text string) {
			secretTool(t, text, "store", "--label=x", "service", "offauth", "username", item)
		}
		open := func() error {
			w, err := h.Open(t.Context(), "w", h.byKind)
			if err != nil {
				return err
			}
			defer w.Close()
			return act(w)
		}
		if err := open(); err != nil {
			t.Fatal(err)
		}
		gen := secretTool(t, "", "lookup", "service", "offauth", "username", id+"/gen")
		put(id+"/key", secretTool(t, "", "lookup", "service", "offauth", "username", other+"/key"))
		fails(open(), "vault_item_foreign", keystore.ErrOtherWorld)
		put(id+"/key", "no base64")
		fails(open(), "vault_item_damaged", keystore.ErrDamaged)
		put(id+"/key", base64.StdEncoding.EncodeToString(make([]byte, 31)))
		fails(open(), "vault_item_damaged", keystore.ErrDamaged)
		secretTool(t, "", "clear", "service", "offauth", "username", id+"/key")
		fails(open(), "vault_item_missing", keystore.ErrNotFound)
		put(id+"/key", key)
		put(id+"/gen", base64.StdEncoding.EncodeToString([]byte("7")))
		fails(open(), "vault_item_damaged", keystore.ErrDamaged)
		secretTool(t, "", "clear", "service", "offauth", "username", id+"/gen")
		fails(open(), "vault_item_missing", keystore.ErrNotFound)
		put(id+"/gen", gen)
		if err := open(); err != nil {
			t.Fatal(err)
		}
		s.lock()
		fails(open(), "vault_locked", keystore.ErrLocked)
		fails(h.Delete(t.Context(), "w", h.byKind, false), "vault_locked", keystore.ErrLocked)
		s.end()
		fails(open(), "vault_unavailable", keystore.ErrUnavailable)
	})
}

func TestAWorldCopiedBackIsRefusedInTheKeyringA14(t *testing.T) {
	inSession(t, func(t *testing.T) {
		startService(t)
		h := newOnKeyring(t, patient)
		h.create(t, "w")
		copiedBackIsRefused(t, h.Home, h.byKind)
	})
}

// A keyring that locks in the middle of a change: the change is kept, nothing
// is told, and the next command repairs it.
func TestAKeyringThatLocksDuringAChangeTellsNothingA13(t *testing.T) {
	inSession(t, func(t *testing.T) {
		s := startService(t)
		h := newOnKeyring(t, patient)
		h.create(t, "w")
		asked := &watched{Vault: h.vault, gen: make(chan error, 1)}
		w, err := h.Open(t.Context(), "w", func(keystore.Kind, string) (keystore.Vault, error) { return asked, nil })
		if err != nil {
			t.Fatal(err)
		}
		defer w.Close()
		err = w.Update(t.Context(), func(authn.Reader) (authn.Batch, error) {
			if err := <-asked.gen; err != nil {
				t.Error(err)
			}
			s.lock()
			return authn.Batch{Put: []authn.Record{{Site: "server", Name: "r", Version: 1}}}, nil
		})
		keystoretest.WantCode(t, err, keystore.CodeVaultWrite)
		if !errors.Is(err, keystore.ErrLocked) {
			t.Error(err)
		}
		s.end()
		startService(t)
		again, err := h.Open(t.Context(), "w", h.byKind)
		if err != nil {
			t.Fatal(err)
		}
		defer again.Close()
		if err := write(again, authn.Batch{Put: []authn.Record{{Site: "server", Name: "r", Version: 2}}}); err != nil {
			t.Error(err)
		}
	})
}

func TestAWorldMovesBetweenTheKeyringAndAFile(t *testing.T) {
	inSession(t, func(t *testing.T) {
		startService(t)
		h := newOnKeyring(t, patient)
		id := h.create(t, "w")
		identity, err := vault.CreateIdentityFile(filepath.Join(h.Dir, "id"))
		if err != nil {
			t.Fatal(err)
		}
		file := vault.NewFile(h.VaultDir(), identity)
		open := func(kind keystore.Kind, _ string) (keystore.Vault, error) {
			if kind == keystore.KindFile {
				return file, nil
			}
			return h.vault, nil
		}
		for i, to := range []keystore.Kind{keystore.KindFile, keystore.KindOS} {
			if err := h.Move(t.Context(), "w", to, open); err != nil {
				t.Fatal(err)
			}
			wantItems(t, file, id, 2-2*i)
			wantItems(t, h.vault, id, 2*i)
			w, err := h.Open(t.Context(), "w", open)
			if err != nil {
				t.Fatal(err)
			}
			if err := errors.Join(act(w), w.Close()); err != nil || w.VaultKind() != to {
				t.Error(w.VaultKind(), err)
			}
		}
	})
}

func TestAWorldInTheKeyringIsDeletedWithItsItems(t *testing.T) {
	inSession(t, func(t *testing.T) {
		startService(t)
		h := newOnKeyring(t, patient)
		deleted, wiped := h.create(t, "deleted"), h.create(t, "wiped")
		wantItems(t, h.vault, deleted, 2)
		if err := h.Delete(t.Context(), "deleted", h.byKind, false); err != nil {
			t.Fatal(err)
		}
		if err := h.Wipe(t.Context(), "wiped", h.byKind); err != nil {
			t.Fatal(err)
		}
		wantItems(t, h.vault, deleted, 0)
		wantItems(t, h.vault, wiped, 0)
		if out := secretTool(t, "", "search", "--all", "service", "offauth"); out != "" {
			t.Errorf("left in the keyring: %s", out)
		}
		_, err := h.Open(t.Context(), "wiped", h.byKind)
		keystoretest.WantCode(t, err, keystore.CodeItemMissing)
	})
}

// Where there is no bus go-keyring would run dbus-launch; a stand-in for it
// would leave a file behind.
func TestNoDaemonIsStartedWhereThereIsNoBus(t *testing.T) {
	dir := t.TempDir()
	trace := filepath.Join(dir, "called")
	if err := os.WriteFile(filepath.Join(dir, "dbus-launch"), []byte("#!/bin/sh\ntouch "+trace+"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir)
	for _, address := range []string{"", "autolaunch:", "unix:path=" + filepath.Join(dir, "dead"), "nonsense"} {
		if address == "" || address == "autolaunch:" {
			if _, err := os.Stat(filepath.Join("/run/user", strconv.Itoa(os.Getuid()))); err == nil {
				continue // a desktop's bus; TestABusIsLookedForWhereTheLibraryLooks has the rest
			}
		}
		t.Setenv("DBUS_SESSION_BUS_ADDRESS", address)
		v := keyring.New(patient)
		_, err := v.Get(t.Context(), someID+"/key")
		for _, err := range []error{err, v.Set(t.Context(), someID+"/key", nil), v.Delete(t.Context(), someID+"/key")} {
			if !errors.Is(err, keystore.ErrUnavailable) {
				t.Errorf("%q: %v", address, err)
			}
		}
	}
	if _, err := os.Stat(trace); err == nil {
		t.Error("dbus-launch was called")
	}
}
