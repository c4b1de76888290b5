package worlds_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/keystore"
	"github.com/offauth/offauth/keystore/keystoretest"
)

// content is all that a world holds.
type content struct {
	Records []authn.Record
	Timers  []authn.Timer
	Events  []authn.Event
	Alice   []authn.Event
}

func read(s authn.Store) (content, error) {
	var c content
	err := s.View(context.Background(), func(r authn.Reader) (err error) {
		if c.Records, err = r.Records("", ""); err != nil {
			return err
		}
		if c.Timers, err = r.Timers(); err != nil {
			return err
		}
		if c.Events, err = r.Events(authn.EventQuery{}); err != nil {
			return err
		}
		c.Alice, err = r.Events(authn.EventQuery{Subject: "alice"})
		return err
	})
	return c, err
}

const marker = "this-is-a-secret"

// lived is a closed world with a few pages of everything.
func lived(t testing.TB) (p place, file string, want content) {
	p = newPlace(t)
	p.create(t, "w", func(s authn.Store) error {
		for i := range 12 {
			var b authn.Batch
			for j := range 3 {
				b.Put = append(b.Put, authn.Record{Site: "phone/pixel", Name: fmt.Sprintf("r/%d/%d", i, j), Version: 1,
					Public: []byte(`{"state":"fresh"}`), Secret: []byte(marker + strings.Repeat("x", 700*j))})
			}
			b.Set = []authn.Timer{{Site: "phone/pixel", Kind: "hide", Subject: fmt.Sprint(i), At: day, Order: uint64(i)}}
			for j := range 10 {
				b.Append = append(b.Append, authn.Event{Seq: uint64(i*10 + j + 1), At: day, Site: "server", Kind: "k",
					Subject: []string{"alice", "bob"}[j%2], Result: "ok", Fields: map[string]any{"n": int64(j)}})
			}
			if err := write(s, b); err != nil {
				return err
			}
		}
		var err error
		want, err = read(s)
		return err
	})
	return p, filepath.Join(p.WorldDir("w"), "world.db"), want
}

// judge opens what is there and demands the true content or a fault that is
// named; an Update must not panic either.
func judge(t *testing.T, what string, p place, want content) (refused bool) {
	t.Helper()
	got, err := func() (content, error) {
		w, err := p.Open(t.Context(), "w", p.byKind)
		if err != nil {
			return content{}, err
		}
		defer w.Close()
		c, err := read(w)
		if err == nil {
			err = w.Verify(t.Context())
		}
		_ = act(w)
		return c, err
	}()
	if err == nil {
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s: an altered row is shown", what)
		}
		return false
	}
	named := []authn.Code{keystore.CodeDamaged, keystore.CodeForeign, keystore.CodeNewer, keystore.CodeFailed,
		keystore.CodeReadOnly, keystore.CodeItemMissing}
	f, ok := authn.AsFault(err)
	if !ok || !slices.Contains(named, f.Code) || strings.ContainsAny(err.Error(), "\n") || len(f.Hints) == 0 {
		t.Errorf("%s: %v is no fault of ours", what, err)
	}
	return true
}

// put replaces the database by other bytes.
func put(t *testing.T, file string, data []byte) {
	t.Helper()
	os.Remove(file + "-wal")
	os.Remove(file + "-shm")
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestATruncatedDatabaseIsRefused(t *testing.T) {
	p, file, want := lived(t)
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	lengths := []int{0, 1, 15, 16, 99, 100, len(whole) - 1}
	for n := 4096; n < len(whole); n += 4096 {
		lengths = append(lengths, n, n+17)
	}
	for _, n := range lengths {
		put(t, file, whole[:n])
		// SQLite fills up a last page; nothing is lost with one zero byte.
		if !judge(t, fmt.Sprintf("cut to %d of %d bytes", n, len(whole)), p, want) && n != len(whole)-1 {
			t.Errorf("cut to %d of %d bytes: it was taken", n, len(whole))
		}
	}
}

func TestAFlippedBitIsRefusedOrHarmless(t *testing.T) {
	p, file, want := lived(t)
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	times := 300
	if os.Getenv("OFFAUTH_LONG") != "" {
		times = 30_000
	}
	random := rand.New(rand.NewPCG(1, 2))
	refused := 0
	for i := range times {
		bit := random.IntN(len(whole) * 8)
		if i < 100 { // the header, and what else is on the first page
			bit = random.IntN(200 * 8)
		}
		broken := bytes.Clone(whole)
		broken[bit/8] ^= 1 << (bit % 8)
		put(t, file, broken)
		if judge(t, fmt.Sprintf("bit %d flipped", bit), p, want) {
			refused++
		}
	}
	t.Logf("%d of %d refused", refused, times)
	if refused < times/10 {
		t.Error("too few were noticed: does the test still flip anything?")
	}
}

func TestAFlippedByteInTheLogIsRefusedOrHarmless(t *testing.T) {
	p, file, _ := lived(t)
	w := p.open(t, "w")
	if err := act(w); err == nil {
		t.Fatal("act continues no events of this world")
	}
	if err := write(w, authn.Batch{Put: []authn.Record{{Site: "server", Name: "late", Version: 1}}}); err != nil {
		t.Fatal(err)
	}
	want, err := read(w)
	if err != nil {
		t.Fatal(err)
	}
	log, err := os.ReadFile(file + "-wal")
	if err != nil || len(log) == 0 {
		t.Fatal(err)
	}
	base, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(3, 4))
	for range 40 {
		broken := bytes.Clone(log)
		broken[random.IntN(len(log))] ^= 0x40
		put(t, file, base)
		if err := os.WriteFile(file+"-wal", broken, 0o600); err != nil {
			t.Fatal(err)
		}
		// SQLite leaves out what follows a torn frame: that is the world as it
		// was before, and the generation in the vault shows it (A14).
		w, err := p.Open(t.Context(), "w", p.byKind)
		if err != nil {
			t.Fatal(err)
		}
		got, err := read(w)
		if err != nil {
			if !errors.Is(err, keystore.ErrRolledBack) {
				keystoretest.WantCode(t, err, keystore.CodeDamaged)
			}
		} else if !reflect.DeepEqual(got, want) {
			t.Errorf("%d records", len(got.Records))
		}
		w.Close()
	}
}
