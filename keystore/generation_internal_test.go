package keystore

import (
	"errors"
	"math"
	"testing"
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
