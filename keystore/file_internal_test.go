package keystore

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// What a file vault remembers of a generation never stands for a file that
// somebody put there meanwhile, and no key is remembered.
func TestAFileVaultRemembersNoMoreThanTheFileSays(t *testing.T) {
	dir := t.TempDir()
	id, err := CreateIdentityFile(filepath.Join(dir, "identity.txt"))
	if err != nil {
		t.Fatal(err)
	}
	v, other, world := NewFileVault(dir, id), NewFileVault(dir, id), newID()
	set := func(v *FileVault, name, value string) {
		t.Helper()
		if err := v.Set(t.Context(), name, []byte(value)); err != nil {
			t.Fatal(err)
		}
	}
	want := func(value string) {
		t.Helper()
		for range 2 {
			got, err := v.Get(t.Context(), genItem(world))
			if err != nil || string(got) != value {
				t.Errorf("%q, %v, want %q", got, err, value)
			}
			clear(got) // what is given out is the caller's
		}
	}
	set(v, genItem(world), "one")
	want("one")
	old, err := os.ReadFile(itemPath(dir, genItem(world)))
	if err != nil {
		t.Fatal(err)
	}
	set(other, genItem(world), "two")
	want("two")
	if err := os.WriteFile(itemPath(dir, genItem(world)), old, 0o600); err != nil {
		t.Fatal(err)
	}
	want("one")
	// Another world's item under this name is refused, remembered or not.
	strange := newID()
	if err := os.WriteFile(itemPath(dir, genItem(strange)), old, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := v.Get(t.Context(), genItem(strange)); !isGarbage(err) {
		t.Errorf("another world's generation: %v", err)
	}
	set(v, keyItem(world), "secret")
	if _, err := v.Get(t.Context(), keyItem(world)); err != nil {
		t.Fatal(err)
	}
	if v.last.name != genItem(world) || bytes.Contains(v.last.value, []byte("secret")) {
		t.Errorf("it remembers %q", v.last.name)
	}
}
