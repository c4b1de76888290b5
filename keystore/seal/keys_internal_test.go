package seal

import (
	"testing"

	"github.com/offauth/offauth/authn"
)

func TestTheSealBindsAllOfARecord(t *testing.T) {
	keys, err := NewKeys(make([]byte, RootKeySize), "world")
	if err != nil {
		t.Fatal(err)
	}
	other, err := NewKeys(make([]byte, RootKeySize), "other world")
	if err != nil {
		t.Fatal(err)
	}
	rec := authn.Record{Site: "ab", Name: "c", Version: 3, Public: []byte("{}"), Secret: []byte("s")}
	sealed := keys.SealRecord(rec)
	for name, change := range map[string]func(*authn.Record){
		"site":            func(r *authn.Record) { r.Site = "b" },
		"name":            func(r *authn.Record) { r.Name = "d" },
		"where they meet": func(r *authn.Record) { r.Site, r.Name = "a", "bc" },
		"version":         func(r *authn.Record) { r.Version++ },
		"public":          func(r *authn.Record) { r.Public = []byte("[]") },
	} {
		r := rec
		change(&r)
		if keys.OpenRecord(&r, sealed) == nil {
			t.Errorf("another %s was taken", name)
		}
	}
	r := rec
	if other.OpenRecord(&r, sealed) == nil {
		t.Error("another world's record was taken")
	}
	if err := keys.OpenRecord(&r, sealed); err != nil || string(r.Secret) != "s" {
		t.Error(err)
	}
	if _, err := NewKeys(make([]byte, 31), "world"); err == nil {
		t.Error("a short root key was taken")
	}
}
