package keystore

import (
	"encoding/hex"
	"errors"
	"math"
	"testing"
)

func testKeys(t testing.TB) *keyring {
	keys, err := newKeyring(make([]byte, rootKeySize), "0123456789abcdef0123456789abcdef")
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

func TestAMarkIsReadAsItWasWritten(t *testing.T) {
	keys := testKeys(t)
	for _, m := range []mark{{}, {generation: 1, tag: [macSize]byte{1, 0xff}}, {generation: math.MaxUint64}} {
		text := keys.markText(m)
		if got, err := keys.readMark(text); got != m || err != nil {
			t.Errorf("%q became %+v, %v", text, got, err)
		}
		m.bare = true
		if got, err := keys.readMark([]byte(m.text(bareForm))); got != m || err != nil {
			t.Errorf("a bare %+v, %v", got, err)
		}
	}
}

// A mark that somebody made who has not the world's key is none (A14).
func TestAForgedMarkIsNone_attackA14(t *testing.T) {
	keys := testKeys(t)
	other, err := newKeyring(make([]byte, rootKeySize), "1123456789abcdef0123456789abcdef")
	if err != nil {
		t.Fatal(err)
	}
	m := mark{generation: 7, tag: [macSize]byte{1}}
	next := keys.markText(mark{generation: 8, tag: m.tag})
	for name, text := range map[string][]byte{
		"of another world":          other.markText(m),
		"another's authenticator":   append(keys.markText(m)[:len(m.text(markForm))+1], next[len(next)-2*macSize:]...),
		"no authenticator":          []byte(m.text(markForm)),
		"an empty one":              []byte(m.text(markForm) + " "),
		"a short one":               keys.markText(m)[:len(keys.markText(m))-2],
		"an authenticator of zeros": []byte(m.text(markForm) + " 00000000000000000000000000000000"),
	} {
		if got, err := keys.readMark(text); err == nil {
			t.Errorf("%s: %+v", name, got)
		}
	}
	m.bare = true
	if _, err := m.judge(mark{generation: 7, tag: m.tag}, [macSize]byte{}, false); !errors.Is(err, errBareMark) {
		t.Errorf("a bare mark of a world that keeps others: %v", err)
	}
}

func FuzzParseMark(f *testing.F) {
	f.Add([]byte("1 7 00112233445566778899aabbccddeeff"))
	f.Add([]byte("1 07 00112233445566778899aabbccddeeff"))
	f.Add([]byte("1 7 00112233445566778899aabbccddeeff\n"))
	f.Add([]byte("2 7 00112233445566778899aabbccddeeff 00112233445566778899aabbccddeeff"))
	f.Fuzz(func(t *testing.T, text []byte) {
		m, mac, err := parseMark(text)
		again := m.text(bareForm)
		if !m.bare {
			again = m.text(markForm) + " " + hex.EncodeToString(mac)
		}
		if err == nil && again != string(text) {
			t.Errorf("%q was read as %q", text, again)
		}
		if err != nil && m != (mark{}) {
			t.Errorf("an error, and %+v", m)
		}
	})
}

func TestWhichStatesAMarkLetsIn(t *testing.T) {
	tag := func(b byte) (tag [macSize]byte) { tag[0] = b; return tag }
	at := func(n uint64, b byte) mark { return mark{generation: n, tag: tag(b)} }
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
