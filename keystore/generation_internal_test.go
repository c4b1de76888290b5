package keystore

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/offauth/offauth/authn"
)

func TestAMarkIsReadAsItWasWritten(t *testing.T) {
	for _, m := range []mark{{}, {generation: 1, tag: [macSize]byte{1, 0xff}}, {generation: math.MaxUint64}} {
		if got, err := parseMark(m.bytes()); got != m || err != nil {
			t.Errorf("%q became %+v, %v", m.bytes(), got, err)
		}
	}
}

func FuzzParseMark(f *testing.F) {
	f.Add([]byte("1 7 00112233445566778899aabbccddeeff"))
	f.Add([]byte("1 07 00112233445566778899aabbccddeeff"))
	f.Add([]byte("1 7 00112233445566778899aabbccddeeff\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		m, err := parseMark(text)
		if err == nil && string(m.bytes()) != string(text) {
			t.Errorf("%q was read as %q", text, m.bytes())
		}
		if err != nil && m != (mark{}) {
			t.Errorf("an error, and %+v", m)
		}
	})
}

func TestWhichStatesAMarkLetsIn(t *testing.T) {
	tag := func(b byte) (tag [macSize]byte) { tag[0] = b; return tag }
	at := func(n uint64, b byte) mark { return mark{n, tag(b)} }
	vault := at(7, 7)
	for _, c := range []struct {
		what   string
		vault  *mark
		now    mark
		prev   byte
		behind bool
		err    error
	}{
		{"the same", &vault, at(7, 7), 6, false, nil},
		{"another of the same number", &vault, at(7, 9), 6, false, ErrRolledBack},
		{"the one before", &vault, at(6, 6), 5, false, ErrRolledBack},
		{"long before", &vault, at(0, 0), 0, false, ErrRolledBack},
		{"the next", &vault, at(8, 8), 7, true, nil},
		{"the next of another", &vault, at(8, 8), 9, false, ErrRolledBack},
		{"far ahead", &vault, at(70, 1), 2, true, nil},
		{"no mark, nothing happened", nil, at(0, 3), 0, true, nil},
		{"no mark, something happened", nil, at(1, 3), 0, false, ErrNotFound},
	} {
		behind, err := c.vault.judge(c.now, tag(c.prev), false)
		if behind != c.behind || !errors.Is(err, c.err) || (err == nil) != (c.err == nil) {
			t.Errorf("%s: %v, %v, want %v, %v", c.what, behind, err, c.behind, c.err)
		}
	}
	if behind, err := (*mark)(nil).judge(at(5, 5), tag(0), true); !behind || err != nil {
		t.Errorf("of before the generations: %v, %v", behind, err)
	}
}

// A world that an offauth of before the generations wrote opens; its first
// change makes it one that has a generation, and nothing leads back.
func TestAWorldOfBeforeTheGenerationsGetsOneA14(t *testing.T) {
	h, vault := Home{Dir: t.TempDir()}, NewMemoryVault()
	open := func(Kind, string) (Vault, error) { return vault, nil }
	if err := h.Create(t.Context(), "w", KindMemory, func(string) (Vault, error) { return vault, nil }, nil); err != nil {
		t.Fatal(err)
	}
	w, err := h.Open(t.Context(), "w", open)
	if err != nil {
		t.Fatal(err)
	}
	_, err = w.transact(t.Context(), func(wr *writer) (bool, error) {
		plain := binary.BigEndian.AppendUint64(nil, 3)
		plain = binary.BigEndian.AppendUint64(plain, 0)
		sealed := append(plain, w.keys.seal(make([]byte, 2*sha256.Size), w.keys.stateBound(plain))...)
		return true, wr.writeMeta(newMetaRow(wr.marks, metaState, sealed))
	})
	if err := errors.Join(err, w.Close(), vault.Delete(t.Context(), genItem(w.ID()))); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(h.WorldDir("w"), databaseName)
	old, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	in := func(do func(*World) error) error {
		w, err := h.Open(t.Context(), "w", open)
		if err != nil {
			return err
		}
		return errors.Join(do(w), w.Close())
	}
	verify := func(w *World) error { return w.Verify(context.Background()) }
	change := func(w *World) error {
		return w.Update(context.Background(), func(authn.Reader) (authn.Batch, error) {
			return authn.Batch{Put: []authn.Record{{Site: "server", Name: "r", Version: 1}}}, nil
		})
	}
	if err := errors.Join(in(verify), in(change), in(verify)); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, old, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := in(verify); !errors.Is(err, ErrRolledBack) {
		t.Error(err)
	}
}
