package keystoretest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/offauth/offauth/keystore"
)

const (
	world1 = "00112233445566778899aabbccddeeff"
	world2 = "ffeeddccbbaa99887766554433221100"
)

// TestVault tests what every vault must do. open returns an empty one.
func TestVault(t *testing.T, open func(t *testing.T) keystore.Vault) {
	stories := map[string]func(*testing.T, keystore.Vault){
		"what was set is got, each under its name": vaultKeeps,
		"a set replaces what was there":            vaultReplaces,
		"what is not there is ErrNotFound":         vaultMisses,
		"a delete of nothing is fine":              vaultDeletes,
		"nothing is shared with the caller":        vaultCopies,
		"over 1920 bytes are ErrTooBig":            vaultLimits,
		"other names are refused":                  vaultNames,
		"a cancelled context does nothing":         vaultCancelled,
		"many goroutines may use it":               vaultConcurrent,
	}
	for name, story := range stories {
		t.Run(name, func(t *testing.T) { story(t, open(t)) })
	}
}

func vaultKeeps(t *testing.T, v keystore.Vault) {
	values := map[string][]byte{
		world1 + "/key": bytes.Repeat([]byte{0, 0xff, '\n'}, 11),
		world1 + "/gen": []byte("1"),
		world2 + "/key": {},
	}
	for name, value := range values {
		mustSet(t, v, name, value)
	}
	for name, value := range values {
		wantItem(t, v, name, value)
	}
}

func vaultReplaces(t *testing.T, v keystore.Vault) {
	for _, value := range []string{"a long first value", "short", ""} {
		mustSet(t, v, world1+"/gen", []byte(value))
		wantItem(t, v, world1+"/gen", []byte(value))
	}
}

func vaultMisses(t *testing.T, v keystore.Vault) {
	mustSet(t, v, world1+"/key", []byte("x"))
	for _, name := range []string{world1 + "/gen", world2 + "/key"} {
		if got, err := v.Get(t.Context(), name); !errors.Is(err, keystore.ErrNotFound) || got != nil {
			t.Errorf("Get(%s) = %q, %v; want ErrNotFound", name, got, err)
		}
	}
}

func vaultDeletes(t *testing.T, v keystore.Vault) {
	mustSet(t, v, world1+"/key", []byte("x"))
	mustSet(t, v, world1+"/gen", []byte("y"))
	for range 2 {
		if err := v.Delete(t.Context(), world1+"/key"); err != nil {
			t.Fatal(err)
		}
		if _, err := v.Get(t.Context(), world1+"/key"); !errors.Is(err, keystore.ErrNotFound) {
			t.Fatalf("after Delete: %v", err)
		}
	}
	wantItem(t, v, world1+"/gen", []byte("y"))
}

func vaultCopies(t *testing.T, v keystore.Vault) {
	value := []byte("as it was")
	mustSet(t, v, world1+"/key", value)
	value[0] = 'X'
	got, err := v.Get(t.Context(), world1+"/key")
	if err != nil {
		t.Fatal(err)
	}
	got[1] = 'X'
	wantItem(t, v, world1+"/key", []byte("as it was"))
}

func vaultLimits(t *testing.T, v keystore.Vault) {
	most := bytes.Repeat([]byte{7}, keystore.MaxItem)
	mustSet(t, v, world1+"/key", most)
	if err := v.Set(t.Context(), world1+"/key", append(most, 7)); !errors.Is(err, keystore.ErrTooBig) {
		t.Errorf("Set of 1921 bytes: %v, want ErrTooBig", err)
	}
	wantItem(t, v, world1+"/key", most)
}

func vaultNames(t *testing.T, v keystore.Vault) {
	bad := []string{
		"", "/", "key", world1, world1 + "/", world1 + "/KEY", world1 + "/identity", world1 + "/key/", world1 + "/key\n",
		"../" + world1 + "/key", strings.ToUpper(world1) + "/key", world1[1:] + "/key", "x" + world1 + "/key",
		world1 + "\\key",
	}
	for _, name := range bad {
		_, err := v.Get(t.Context(), name)
		for _, err := range []error{err, v.Set(t.Context(), name, nil), v.Delete(t.Context(), name)} {
			if !errors.Is(err, keystore.ErrBadItem) {
				t.Errorf("%q: %v, want ErrBadItem", name, err)
			}
		}
	}
}

func vaultCancelled(t *testing.T, v keystore.Vault) {
	mustSet(t, v, world1+"/key", []byte("x"))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := v.Get(ctx, world1+"/key")
	for _, err := range []error{err, v.Set(ctx, world1+"/key", []byte("y")), v.Delete(ctx, world1+"/key")} {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%v, want context.Canceled", err)
		}
	}
	wantItem(t, v, world1+"/key", []byte("x"))
}

func vaultConcurrent(t *testing.T, v keystore.Vault) {
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			name := fmt.Sprintf("%032x/key", i%4)
			for range 5 {
				if err := v.Set(t.Context(), name, []byte(name)); err != nil {
					t.Error(err)
				}
				if got, err := v.Get(t.Context(), name); err != nil || string(got) != name {
					t.Errorf("Get(%s) = %q, %v", name, got, err)
				}
			}
		})
	}
	wg.Wait()
}

func mustSet(t *testing.T, v keystore.Vault, name string, value []byte) {
	t.Helper()
	if err := v.Set(t.Context(), name, value); err != nil {
		t.Fatal(err)
	}
}

func wantItem(t *testing.T, v keystore.Vault, name string, want []byte) {
	t.Helper()
	if got, err := v.Get(t.Context(), name); err != nil || !bytes.Equal(got, want) || got == nil {
		t.Errorf("Get(%s) = %q, %v; want %q", name, got, err, want)
	}
}
