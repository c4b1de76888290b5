package keyring_test

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/offauth/offauth/keystore"
	"github.com/offauth/offauth/keystore/keyring"
	"github.com/offauth/offauth/keystore/keystoretest"
	"github.com/offauth/offauth/keystore/worlds"
)

// fakeKeyring is a keyring in memory, with the limits of go-keyring on Windows
// and macOS. A call hangs as long as gate is set and open.
type fakeKeyring struct {
	mu    sync.Mutex
	items map[string]string
	gate  chan struct{}
	calls int
	err   error
	panic bool
}

func (k *fakeKeyring) begin() error {
	k.mu.Lock()
	k.calls++
	gate, err, panics := k.gate, k.err, k.panic
	k.mu.Unlock()
	if gate != nil {
		<-gate
	}
	if panics {
		panic("a library's bug")
	}
	return err
}

// made returns the number of calls.
func (k *fakeKeyring) made() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.calls
}

func (k *fakeKeyring) Get(service, user string) (string, error) {
	if err := k.begin(); err != nil {
		return "", err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	text, ok := k.items[service+" "+user]
	if !ok {
		return "", keystore.ErrNotFound
	}
	return text, nil
}

func (k *fakeKeyring) Set(service, user, text string) error {
	if err := k.begin(); err != nil {
		return err
	}
	if len(text) > windowsLimit || len(macLine(service, user, text)) >= macLimit {
		return keystore.ErrTooBig
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.items == nil {
		k.items = map[string]string{}
	}
	k.items[service+" "+user] = text
	return nil
}

func (k *fakeKeyring) Delete(service, user string) error {
	if err := k.begin(); err != nil {
		return err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if _, ok := k.items[service+" "+user]; !ok {
		return keystore.ErrNotFound
	}
	delete(k.items, service+" "+user)
	return nil
}

// The limits of go-keyring v0.2.8: 2,560 bytes on Windows; on macOS a line for
// /usr/bin/security of less than 4,096 bytes (its issue 153).
const (
	windowsLimit = 2560
	macLimit     = 4096
)

func macLine(service, user, text string) string {
	encoded := "go-keyring-base64:" + base64.StdEncoding.EncodeToString([]byte(text))
	return fmt.Sprintf("add-generic-password -U -s '%s' -a '%s' -w '%s'\n", service, user, encoded)
}

func TestTheOSVaultIsAVaultWithinTheLimitsOfEverySystem(t *testing.T) {
	keystoretest.TestVault(t, func(*testing.T) keystore.Vault {
		return keyring.NewOn(&fakeKeyring{}, patience)
	})
}

const someID = "00112233445566778899aabbccddeeff"

// patience is a minute, as on a terminal.
const patience = time.Minute

// Every item of a world is far below the limits of every system.
func TestEveryItemIsFarBelowTheLimitsOfEverySystem(t *testing.T) {
	k := &fakeKeyring{}
	h := worlds.Home{Dir: t.TempDir()}
	v := keyring.NewOn(k, patience)
	open := func(string) (keystore.Vault, error) { return v, nil }
	if err := h.Create(t.Context(), "w", keystore.KindOS, open, nil); err != nil {
		t.Fatal(err)
	}
	if len(k.items) != 2 {
		t.Errorf("%d items, a world has a key and a generation", len(k.items))
	}
	for name, text := range k.items {
		service, user, _ := strings.Cut(name, " ")
		if len(text) > 200 || len(macLine(service, user, text)) > 500 {
			t.Errorf("%s is %d bytes long: %q", name, len(text), text)
		}
		const base64Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="
		if service != "offauth" || strings.Trim(text, base64Letters) != "" {
			t.Errorf("%q is not base64 under the service offauth", name)
		}
	}
	most := strings.Repeat("A", base64.StdEncoding.EncodedLen(keystore.MaxItem))
	if len(most) > windowsLimit || len(macLine("offauth", someID+"/key", most)) >= macLimit {
		t.Errorf("MaxItem is %d in base64", len(most))
	}
}

func TestAKeyringThatHangsIsCalledOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := &fakeKeyring{gate: make(chan struct{})}
		v := keyring.NewOn(k, patience)
		began := time.Now()
		_, err := v.Get(t.Context(), someID+"/key")
		if took := time.Since(began); !errors.Is(err, keystore.ErrTimeout) || took != patience {
			t.Errorf("%v after %s", err, took)
		}
		for range 3 {
			began := time.Now()
			_, err := v.Get(t.Context(), someID+"/gen")
			for _, err := range []error{err, v.Set(t.Context(), someID+"/gen", nil), v.Delete(t.Context(), someID+"/gen")} {
				if !errors.Is(err, keystore.ErrTimeout) {
					t.Error(err)
				}
			}
			if time.Since(began) != 0 {
				t.Error("a further call waited")
			}
		}
		if n := k.made(); n != 1 {
			t.Errorf("%d calls were made", n)
		}
		close(k.gate)
		synctest.Wait()
		if err := v.Set(t.Context(), someID+"/key", []byte("x")); err != nil {
			t.Errorf("after the stuck call has returned: %v", err)
		}
	})
}

// A caller that holds the world's lock sets a shorter deadline than the vault's
// own; the call that is abandoned then counts as stuck too.
func TestADeadlineOfTheCallerIsATimeOutToo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := &fakeKeyring{gate: make(chan struct{})}
		v := keyring.NewOn(k, patience)
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		began := time.Now()
		_, err := v.Get(ctx, someID+"/key")
		if took := time.Since(began); !errors.Is(err, keystore.ErrTimeout) || took != 3*time.Second {
			t.Errorf("%v after %s", err, took)
		}
		if _, err := v.Get(t.Context(), someID+"/key"); !errors.Is(err, keystore.ErrTimeout) || k.made() != 1 {
			t.Errorf("%v, %d calls", err, k.made())
		}
		close(k.gate)
	})
}

// Ctrl-C ends the wait but not the call: the next call waits for its turn.
func TestACancelledCallDoesNotCountAsStuck(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := &fakeKeyring{gate: make(chan struct{})}
		v := keyring.NewOn(k, patience)
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		if _, err := v.Get(ctx, someID+"/key"); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		time.AfterFunc(time.Second, func() { close(k.gate) })
		if err := v.Set(t.Context(), someID+"/key", []byte("x")); err != nil || k.made() != 2 {
			t.Errorf("%v, %d calls", err, k.made())
		}
	})
}

func TestAnOddAnswerOfTheKeyringIsAnError(t *testing.T) {
	k := &fakeKeyring{panic: true}
	v := keyring.NewOn(k, patience)
	if _, err := v.Get(t.Context(), someID+"/key"); !errors.Is(err, keystore.ErrUnavailable) {
		t.Errorf("a library that panics: %v", err)
	}
	k.panic, k.err = false, errors.New("what nobody expected")
	if err := v.Set(t.Context(), someID+"/key", nil); !errors.Is(err, k.err) {
		t.Errorf("an unknown error: %v", err)
	}
	k.err = nil
	for _, text := range []string{"no base64", "QQ", "QR==", "QQ==\nQQ==",
		base64.StdEncoding.EncodeToString(make([]byte, keystore.MaxItem+1))} {
		k.items = map[string]string{"offauth " + someID + "/key": text}
		_, err := v.Get(t.Context(), someID+"/key")
		keystoretest.WantCode(t, err, keystore.CodeItemDamaged)
	}
}
