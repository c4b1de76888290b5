package vault

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/offauth/offauth/keystore"
)

// What a file vault remembers of a generation never stands for a file that
// somebody put there meanwhile, and no key is remembered.
func TestAFileVaultRemembersNoMoreThanTheFileSays(t *testing.T) {
	dir := t.TempDir()
	id, err := CreateIdentityFile(filepath.Join(dir, "identity.txt"))
	if err != nil {
		t.Fatal(err)
	}
	v, other, world := NewFile(dir, id), NewFile(dir, id), strings.Repeat("a", 32)
	set := func(v *File, name, value string) {
		t.Helper()
		if err := v.Set(t.Context(), name, []byte(value)); err != nil {
			t.Fatal(err)
		}
	}
	want := func(value string) {
		t.Helper()
		for range 2 {
			got, err := v.Get(t.Context(), keystore.GenItem(world))
			if err != nil || string(got) != value {
				t.Errorf("%q, %v, want %q", got, err, value)
			}
			clear(got) // what is given out is the caller's
		}
	}
	set(v, keystore.GenItem(world), "one")
	want("one")
	old, err := os.ReadFile(itemPath(dir, keystore.GenItem(world)))
	if err != nil {
		t.Fatal(err)
	}
	set(other, keystore.GenItem(world), "two")
	want("two")
	if err := os.WriteFile(itemPath(dir, keystore.GenItem(world)), old, 0o600); err != nil {
		t.Fatal(err)
	}
	want("one")
	// Another world's item under this name is refused, remembered or not.
	strange := strings.Repeat("b", 32)
	if err := os.WriteFile(itemPath(dir, keystore.GenItem(strange)), old, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := v.Get(t.Context(), keystore.GenItem(strange)); !keystore.IsDamagedItem(err) {
		t.Errorf("another world's generation: %v", err)
	}
	set(v, keystore.KeyItem(world), "secret")
	if _, err := v.Get(t.Context(), keystore.KeyItem(world)); err != nil {
		t.Fatal(err)
	}
	if v.last.name != keystore.GenItem(world) || bytes.Contains(v.last.value, []byte("secret")) {
		t.Errorf("it remembers %q", v.last.name)
	}
}
