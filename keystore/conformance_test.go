package keystore_test

import (
	"path/filepath"
	"testing"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/keystore"
	"github.com/offauth/offauth/keystore/keystoretest"
)

func TestMemoryVaultIsAVault(t *testing.T) {
	keystoretest.TestVault(t, func(*testing.T) keystore.Vault { return keystore.NewMemoryVault() })
}

func TestFileVaultIsAVault(t *testing.T) {
	keystoretest.TestVault(t, func(t *testing.T) keystore.Vault {
		dir := t.TempDir()
		id, err := keystore.CreateIdentityFile(filepath.Join(dir, "identity.txt"))
		if err != nil {
			t.Fatal(err)
		}
		return keystore.NewFileVault(filepath.Join(dir, "vault"), id)
	})
}

func TestMemoryStoreIsAStore(t *testing.T) {
	keystoretest.TestStore(t, keystoretest.Opener{
		Open: func(testing.TB) authn.Store { return keystore.NewMemoryStore() },
	})
}

func TestSQLiteIsAStore(t *testing.T) {
	keystoretest.TestStore(t, keystoretest.Opener{Open: openStore, Reopen: reopenStore})
}
