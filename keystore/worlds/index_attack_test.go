package worlds_test

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
)

// crowd makes a world of so many records, read and written again, and gives
// the file with a copy of its database as it was before.
func crowd(t testing.TB, n int) (p place, file, before string) {
	t.Helper()
	p = newPlace(t)
	record := func(i int, version uint64) authn.Record {
		return authn.Record{Site: authn.Site(fmt.Sprint("phone/", i%7)), Name: fmt.Sprintf("r/%05d", i), Version: version,
			Public: []byte("{}"), Secret: []byte(fmt.Sprint("v", version))}
	}
	p.create(t, "w", func(s authn.Store) error {
		var b authn.Batch
		for i := range n {
			b.Put = append(b.Put, record(i, 1))
		}
		return write(s, b)
	})
	file = filepath.Join(p.WorldDir("w"), "world.db")
	before = filepath.Join(t.TempDir(), "before.db")
	data, err := os.ReadFile(file)
	if err == nil {
		err = os.WriteFile(before, data, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	w := p.open(t, "w")
	b := authn.Batch{Put: []authn.Record{record(3, 2)}, Delete: []authn.Key{{Site: "phone/4", Name: "r/00004"}}}
	if err := errors.Join(write(w, b), w.Verify(t.Context()), w.Close()); err != nil {
		t.Fatal(err)
	}
	return p, file, before
}

// Who may write the file puts back one row as it was, or one that was deleted,
// or takes one away; nothing that reads it takes it, however it reads.
func TestARowPutBackOrTakenAwayIsFoundByWhoReadsIt_attackA12(t *testing.T) {
	const old = "(SELECT %s FROM o.records WHERE name = '%s')"
	sets := func(name string) string {
		return fmt.Sprintf("UPDATE records SET (version, public, sealed) = "+old+" WHERE name = '%s'",
			"version, public, sealed", name, name)
	}
	for name, c := range map[string]struct {
		edit string
		key  authn.Key
	}{
		"an older row put back": {sets("r/00003"), authn.Key{Site: "phone/3", Name: "r/00003"}},
		"a deleted row put back": {"INSERT INTO records SELECT * FROM o.records WHERE name = 'r/00004'",
			authn.Key{Site: "phone/4", Name: "r/00004"}},
		"a row taken away": {"DELETE FROM records WHERE name = 'r/00005'",
			authn.Key{Site: "phone/5", Name: "r/00005"}},
		"an older node put back": {"INSERT OR REPLACE INTO nodes SELECT * FROM o.nodes",
			authn.Key{Site: "phone/3", Name: "r/00003"}},
		"a node taken away": {"DELETE FROM nodes", authn.Key{Site: "phone/3", Name: "r/00003"}},
		"a row and its node put back": {sets("r/00003") + "; INSERT OR REPLACE INTO nodes SELECT * FROM o.nodes",
			authn.Key{Site: "phone/3", Name: "r/00003"}},
	} {
		for _, n := range []int{40, 3000} {
			t.Run(fmt.Sprintf("%s of %d", name, n), func(t *testing.T) {
				p, file, before := crowd(t, n)
				rawSQL(t, file, "ATTACH '"+before+"' AS o", c.edit)
				w := p.open(t, "w")
				for how, read := range map[string]func(authn.Reader) error{
					"by its name":   func(r authn.Reader) error { _, err := r.Record(c.key.Site, c.key.Name); return err },
					"by a prefix":   func(r authn.Reader) error { _, err := r.Records(c.key.Site, "r/"); return err },
					"of all places": func(r authn.Reader) error { _, err := r.Records("", "r/"); return err },
					"all":           func(r authn.Reader) error { _, err := r.Records("", ""); return err },
				} {
					err := w.View(t.Context(), read)
					if f, ok := authn.AsFault(err); !ok || f.Code != keystore.CodeDamaged {
						t.Errorf("read %s: %v", how, err)
					}
				}
				keystoretest.WantCode(t, w.Verify(t.Context()), keystore.CodeDamaged)
				if n == 40 { // one leaf: the next change finds it, whatever it is about
					keystoretest.WantCode(t, write(w, authn.Batch{Append: []authn.Event{{Seq: 1}}}), keystore.CodeDamaged)
				}
			})
		}
	}
}

// In a world of many leaves each change compares another, so a row that nobody
// asks for is found too, after as many changes as there are leaves.
func TestEachChangeComparesAnotherLeaf(t *testing.T) {
	p, file, _ := crowd(t, 1000)
	rawSQL(t, file, "DELETE FROM records WHERE name = 'r/00500'")
	w := p.open(t, "w")
	for n := uint64(1); ; n++ {
		err := write(w, authn.Batch{Append: []authn.Event{{Seq: n}}})
		if err != nil {
			keystoretest.WantCode(t, err, keystore.CodeDamaged)
			return
		}
		if n > 100 {
			t.Fatal("nothing was noticed")
		}
	}
}

// A row that stands under another's name, as after a flipped bit in the table's
// tree, is damage, and never taken for the other (A13).
func TestARowUnderAnothersNameIsDamage_attackA13(t *testing.T) {
	p, file, _ := lived(t)
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	// The row keeps its place, and its name is now another's.
	broken := []byte(strings.Replace(string(data), "phone/pixelr/3/1", "phone/pixelr/3/2", 1))
	if string(broken) == string(data) {
		t.Fatal("the row is not where it was")
	}
	put(t, file, broken)
	w := p.open(t, "w")
	for _, name := range []string{"r/3/1", "r/3/2"} {
		err := w.View(t.Context(), func(r authn.Reader) error { _, err := r.Record("phone/pixel", name); return err })
		if err != nil {
			keystoretest.WantCode(t, err, keystore.CodeDamaged)
		}
	}
	keystoretest.WantCode(t, w.Verify(t.Context()), keystore.CodeDamaged)
}
