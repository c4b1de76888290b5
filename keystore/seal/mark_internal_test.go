package seal

import (
	"encoding/hex"
	"errors"
	"math"
	"testing"

	"github.com/offauth/offauth/keystore"
)

func testKeys(t testing.TB) *Keys {
	keys, err := NewKeys(make([]byte, RootKeySize), "0123456789abcdef0123456789abcdef")
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

func TestAMarkIsReadAsItWasWritten(t *testing.T) {
	keys := testKeys(t)
	for _, m := range []Mark{{}, {Generation: 1, Tag: [MACSize]byte{1, 0xff}}, {Generation: math.MaxUint64}} {
		text := keys.MarkText(m)
		if got, err := keys.ReadMark(text); got != m || err != nil {
			t.Errorf("%q became %+v, %v", text, got, err)
		}
		m.Bare = true
		if got, err := keys.ReadMark([]byte(m.text(bareForm))); got != m || err != nil {
			t.Errorf("a bare %+v, %v", got, err)
		}
	}
}

// A mark that was made without the world's key is not accepted (A14).
func TestAForgedMarkIsNone_attackA14(t *testing.T) {
	keys := testKeys(t)
	other, err := NewKeys(make([]byte, RootKeySize), "1123456789abcdef0123456789abcdef")
	if err != nil {
		t.Fatal(err)
	}
	m := Mark{Generation: 7, Tag: [MACSize]byte{1}}
	next := keys.MarkText(Mark{Generation: 8, Tag: m.Tag})
	for name, text := range map[string][]byte{
		"of another world":          other.MarkText(m),
		"another's authenticator":   append(keys.MarkText(m)[:len(m.text(markForm))+1], next[len(next)-2*MACSize:]...),
		"no authenticator":          []byte(m.text(markForm)),
		"an empty one":              []byte(m.text(markForm) + " "),
		"a short one":               keys.MarkText(m)[:len(keys.MarkText(m))-2],
		"an authenticator of zeros": []byte(m.text(markForm) + " 00000000000000000000000000000000"),
	} {
		if got, err := keys.ReadMark(text); err == nil {
			t.Errorf("%s: %+v", name, got)
		}
	}
	m.Bare = true
	if _, err := m.Judge(Mark{Generation: 7, Tag: m.Tag}, [MACSize]byte{}, false); !errors.Is(err, ErrBareMark) {
		t.Errorf("a bare mark of a world that keeps others: %v", err)
	}
}

func FuzzParseMark(f *testing.F) {
	f.Add([]byte("1 7 00112233445566778899aabbccddeeff"))
	f.Add([]byte("1 07 00112233445566778899aabbccddeeff"))
	f.Add([]byte("1 7 00112233445566778899aabbccddeeff\n"))
	f.Add([]byte("2 7 00112233445566778899aabbccddeeff 00112233445566778899aabbccddeeff"))
	f.Fuzz(func(t *testing.T, text []byte) {
		m, mac, err := ParseMark(text)
		again := m.text(bareForm)
		if !m.Bare {
			again = m.text(markForm) + " " + hex.EncodeToString(mac)
		}
		if err == nil && again != string(text) {
			t.Errorf("%q was read as %q", text, again)
		}
		if err != nil && m != (Mark{}) {
			t.Errorf("an error, and %+v", m)
		}
	})
}

func TestWhichStatesAMarkLetsIn(t *testing.T) {
	tag := func(b byte) (tag [MACSize]byte) { tag[0] = b; return tag }
	at := func(n uint64, b byte) Mark { return Mark{Generation: n, Tag: tag(b)} }
	vault := at(7, 7)
	for _, c := range []struct {
		what   string
		vault  *Mark
		now    Mark
		prev   byte
		behind bool
		err    error
	}{
		{"the same", &vault, at(7, 7), 6, false, nil},
		{"another of the same number", &vault, at(7, 9), 6, false, keystore.ErrRolledBack},
		{"the one before", &vault, at(6, 6), 5, false, keystore.ErrRolledBack},
		{"long before", &vault, at(0, 0), 0, false, keystore.ErrRolledBack},
		{"the next", &vault, at(8, 8), 7, true, nil},
		{"the next of another", &vault, at(8, 8), 9, false, keystore.ErrRolledBack},
		{"far ahead", &vault, at(70, 1), 2, true, nil},
		{"no mark, nothing happened", nil, at(0, 3), 0, true, nil},
		{"no mark, something happened", nil, at(1, 3), 0, false, keystore.ErrNotFound},
	} {
		behind, err := c.vault.Judge(c.now, tag(c.prev), false)
		if behind != c.behind || !errors.Is(err, c.err) || (err == nil) != (c.err == nil) {
			t.Errorf("%s: %v, %v, want %v, %v", c.what, behind, err, c.behind, c.err)
		}
	}
	if behind, err := (*Mark)(nil).Judge(at(5, 5), tag(0), true); !behind || err != nil {
		t.Errorf("of before the generations: %v, %v", behind, err)
	}
}
