package vault_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/keystore"
	"github.com/offauth/offauth/keystore/keystoretest"
	"github.com/offauth/offauth/keystore/vault"
)

const someID = "00112233445566778899aabbccddeeff"

func identity(t *testing.T, dir, name string) *vault.Identity {
	t.Helper()
	id, err := vault.CreateIdentityFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func TestMemoryVaultIsAVault(t *testing.T) {
	keystoretest.TestVault(t, func(*testing.T) keystore.Vault { return vault.NewMemory() })
}

func TestFileVaultIsAVault(t *testing.T) {
	keystoretest.TestVault(t, func(t *testing.T) keystore.Vault {
		dir := t.TempDir()
		id, err := vault.CreateIdentityFile(filepath.Join(dir, "identity.txt"))
		if err != nil {
			t.Fatal(err)
		}
		return vault.NewFile(filepath.Join(dir, "vault"), id)
	})
}

func TestAnIdentityFileIsMadeOnceAndLoaded(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "sub", "id.txt")
	id, err := vault.CreateIdentityFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := vault.NewFile(dir, id).Set(t.Context(), someID+"/key", []byte("x")); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil || !strings.HasPrefix(string(text), "# made by offauth: whoever can read this file") ||
		!strings.Contains(string(text), "\nAGE-SECRET-KEY-1") {
		t.Errorf("%q, %v", text, err)
	}
	if _, err := vault.CreateIdentityFile(path); !errors.Is(err, os.ErrExist) {
		t.Errorf("made twice: %v", err)
	}
	loaded, err := vault.LoadIdentityFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := vault.NewFile(dir, loaded).Get(t.Context(), someID+"/key"); err != nil || string(got) != "x" {
		t.Errorf("%q, %v", got, err)
	}
}

func TestAnIdentityFileOfAnotherFormIsRefused(t *testing.T) {
	dir := t.TempDir()
	_, err := vault.LoadIdentityFile(filepath.Join(dir, "none"))
	keystoretest.WantCode(t, err, keystore.CodeIdentityMissing)
	_, err = vault.LoadIdentityFile(dir)
	keystoretest.WantCode(t, err, keystore.CodeBadIdentity)
	for name, text := range map[string]string{
		"empty": "", "comment": "# nothing\n", "text": "hello\n",
		"cut": "AGE-SECRET-KEY-1QQQ\n", "huge": strings.Repeat("#\n", 1<<20),
		"a recipient": "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p\n",
	} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := vault.LoadIdentityFile(path)
		keystoretest.WantCode(t, err, keystore.CodeBadIdentity)
		if strings.Contains(err.Error(), "QQQ") {
			t.Errorf("%s: the error tells the key: %v", name, err)
		}
	}
}

func TestAnotherIdentityIsNotADamage(t *testing.T) {
	dir := t.TempDir()
	if err := vault.NewFile(dir, identity(t, dir, "a")).Set(t.Context(), someID+"/key", []byte("x")); err != nil {
		t.Fatal(err)
	}
	_, err := vault.NewFile(dir, identity(t, dir, "b")).Get(t.Context(), someID+"/key")
	keystoretest.WantCode(t, err, keystore.CodeWrongIdentity)
	if !errors.Is(err, keystore.ErrWrongIdentity) {
		t.Error(err)
	}
}

func TestAPassphraseOpensItsIdentity(t *testing.T) {
	dir := t.TempDir()
	_, err := vault.OpenPassphraseIdentity(dir, someID, "x")
	keystoretest.WantCode(t, err, keystore.CodeIdentityMissing)
	_, err = vault.CreatePassphraseIdentity(dir, someID, "")
	keystoretest.WantCode(t, err, keystore.CodeWrongPassphrase)
	id, err := vault.CreatePassphraseIdentity(dir, someID, "correct horse")
	if err != nil || !vault.HasPassphraseIdentity(dir, someID) {
		t.Fatal(err)
	}
	if err := vault.NewFile(dir, id).Set(t.Context(), someID+"/gen", []byte("7")); err != nil {
		t.Fatal(err)
	}
	id, err = vault.OpenPassphraseIdentity(dir, someID, "correct horse")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := vault.NewFile(dir, id).Get(t.Context(), someID+"/gen"); err != nil || string(got) != "7" {
		t.Errorf("%q, %v", got, err)
	}
	for _, wrong := range []string{"", "Correct horse"} {
		_, err = vault.OpenPassphraseIdentity(dir, someID, wrong)
		keystoretest.WantCode(t, err, keystore.CodeWrongPassphrase)
	}
	path := filepath.Join(dir, someID+".identity.age")
	sealed, err := os.ReadFile(path)
	if err != nil || !strings.Contains(string(sealed), " 15\n") {
		t.Errorf("the work factor is not 15: %v", err)
	}
	sealed[len(sealed)-1] ^= 1
	if err := os.WriteFile(path, sealed, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = vault.OpenPassphraseIdentity(dir, someID, "correct horse")
	keystoretest.WantCode(t, err, keystore.CodeBadIdentity)
}

func TestADamagedItemIsNamed(t *testing.T) {
	dir := t.TempDir()
	v := vault.NewFile(dir, identity(t, dir, "id"))
	if err := v.Set(t.Context(), someID+"/key", []byte("the key")); err != nil {
		t.Fatal(err)
	}
	if err := v.Set(t.Context(), someID+"/gen", []byte("the gen")); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, someID+".key.age")
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	other, err := os.ReadFile(filepath.Join(dir, someID+".gen.age"))
	if err != nil {
		t.Fatal(err)
	}
	check := func(what string, data []byte) {
		t.Helper()
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := v.Get(t.Context(), someID+"/key")
		f, ok := authn.AsFault(err)
		// A flipped bit in the stanza looks like another identity.
		if got != nil || !ok || (f.Code != keystore.CodeItemDamaged && f.Code != keystore.CodeWrongIdentity) {
			t.Errorf("%s: %q, %v", what, got, err)
		}
	}
	for n := range whole {
		check(fmt.Sprint("cut to ", n), whole[:n])
		broken := append([]byte{}, whole...)
		broken[n] ^= 4
		check(fmt.Sprint("flipped at ", n), broken)
	}
	check("the other item", other)
	check("a megabyte", append(whole, make([]byte, 1<<20)...))
	check("more behind", append(whole[:len(whole):len(whole)], 0))
}
