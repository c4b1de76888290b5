package keystore

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/offauth/offauth/authn"
)

// A keyring service without a keyring is not reported as a vault that does not
// answer.
func TestAKeyringServiceWithoutAKeyringIsCalledSo(t *testing.T) {
	err := VaultFault(fmt.Errorf("%w: x", ErrNoKeyring), "w", "item")
	f, ok := authn.AsFault(err)
	if !ok || f.Code != CodeVaultUnavailable || !errors.Is(err, ErrUnavailable) ||
		strings.Contains(err.Error(), "not answer") {
		t.Fatalf("%v", err)
	}
	if !strings.Contains(err.Error(), "no default keyring") ||
		!strings.HasPrefix(f.Hints[0], "make a keyring and set it as the default") {
		t.Errorf("%v, %q", err, f.Hints)
	}
}

func TestEveryCodeIsDescribed(t *testing.T) {
	seen := map[authn.Code]bool{}
	for _, c := range Codes() {
		if c.Refusal || c.Exit == 0 || c.Message == "" || strings.HasSuffix(c.Message, ".") || len(c.Causes) == 0 ||
			c.Hint == "" || c.Message[0] != strings.ToLower(c.Message)[0] || seen[c.Code] {
			t.Errorf("%+v", c)
		}
		seen[c.Code] = true
	}
}
