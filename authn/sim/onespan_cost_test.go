package sim_test

import (
	"context"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/onespan"
	"github.com/offauth/offauth/authn/sim"
)

// countingStore counts the records that are read and their bytes.
type countingStore struct {
	authn.Store
	records, blocks, bytes int
}

type countingReader struct {
	authn.Reader
	c *countingStore
}

func (r countingReader) Record(site authn.Site, name string) (authn.Record, error) {
	rec, err := r.Reader.Record(site, name)
	r.c.count(rec, name)
	return rec, err
}

func (r countingReader) Records(site authn.Site, prefix string) ([]authn.Record, error) {
	list, err := r.Reader.Records(site, prefix)
	for _, rec := range list {
		r.c.count(rec, rec.Name)
	}
	return list, err
}

func (c *countingStore) count(rec authn.Record, name string) {
	c.records++
	c.bytes += len(rec.Public) + len(rec.Secret)
	if strings.HasPrefix(name, "onespan/block/") {
		c.blocks++
	}
}

func (c *countingStore) Update(ctx context.Context, change func(authn.Reader) (authn.Batch, error)) error {
	return c.Store.Update(ctx, func(r authn.Reader) (authn.Batch, error) { return change(countingReader{r, c}) })
}

// counted reopens the world with a countingStore.
func (s *stage) counted() *countingStore {
	c := &countingStore{Store: s.store}
	s.cfg.Store = c
	s.world = sim.Open(s.cfg)
	return c
}

// An offline logon always reads its state and one block, on the first day as on
// the 99th and anywhere in 2,999 events.
func TestAnOfflineLogonReadsOneBlockWhateverThereIs(t *testing.T) {
	for _, of := range []struct {
		kind     onespan.Type
		settings []authn.Setting
		on       func(s *stage, n int)
	}{
		{onespan.TimeBased, []authn.Setting{setting("onespan.offline.window_days", "99")}, func(s *stage, n int) {
			s.do(authn.SetClock{To: monday.Add(time.Duration(n)*49*24*time.Hour + time.Hour)})
		}},
		{onespan.EventBased, []authn.Setting{setting("onespan.offline.event_window", "2999"),
			setting("onespan.otp.event_window", "100")}, func(s *stage, n int) {
			for i := range n * 1400 { // skip the allowed number each time
				s.otp()
				if i%90 == 0 {
					s.in(s.otp(), "offline")
				}
			}
		}},
	} {
		s := desktop(t, of.kind, of.settings...)
		s.in(s.otp(), "online")
		s.link(station3, authn.Down)
		c := s.counted()
		var reads, bytes []int
		for n := range 3 {
			of.on(s, min(n, 1))
			if of.kind == onespan.TimeBased {
				of.on(s, n)
			}
			code := s.otp()
			*c = countingStore{Store: c.Store}
			s.do(logon(code))
			reads, bytes = append(reads, c.records), append(bytes, c.bytes)
			if c.blocks != 1 {
				t.Errorf("%s: read %d blocks", of.kind, c.blocks)
			}
			s.do(lock3)
		}
		for i := range reads {
			if reads[i] != reads[0] || bytes[i] > bytes[0]*11/10+bytes[0]*2/10 {
				t.Errorf("%s: read %v records of %v bytes", of.kind, reads, bytes)
			}
		}
	}
}

// 21 days of 2,880 steps take at most 30 bytes an OTP.
func TestOfflineDataTakesAtMost30BytesAnOTP(t *testing.T) {
	s := desktop(t, onespan.TimeBased, setting("onespan.offline.window_days", "21"))
	s.in(s.otp(), "online")
	const sealing = 12 + 16 + 64 // nonce, tag, and the rest of a row
	size, blocks := 0, 0
	err := s.store.View(t.Context(), func(r authn.Reader) error {
		list, err := r.Records(station3, "onespan/block/")
		for _, rec := range list {
			size += len(rec.Name) + len(rec.Public) + len(rec.Secret) + sealing
			blocks++
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if each := float64(size) / (21 * 2880); blocks != 21 || each > 30 {
		t.Fatalf("%d blocks, %.1f bytes an OTP", blocks, each)
	}
}

// No block of replaced, expired or locked data is left in the store.
func TestNoBlockIsLeftBehind(t *testing.T) {
	s := desktop(t, onespan.TimeBased, setting("onespan.offline.window_days", "3"))
	blocks := func() (n int) {
		t.Helper()
		err := s.store.View(t.Context(), func(r authn.Reader) error {
			list, err := r.Records(station3, "onespan/block/")
			n = len(list)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	want := func(n int, when string) {
		t.Helper()
		if got := blocks(); got != n {
			t.Fatalf("%d blocks %s, want %d", got, when, n)
		}
	}
	s.in(s.nextOTP(), "online")
	want(3, "at first")
	s.wait(24 * time.Hour)
	s.in(s.nextOTP(), "online")
	want(3, "after a renewal")
	s.wait(24 * time.Hour)
	s.do(authn.SetFault{Kind: authn.Drop, Message: "onespan_part", Nth: 2})
	s.in(s.nextOTP(), "online")
	want(5, "while newer data is not whole")
	s.in(s.nextOTP(), "online")
	want(3, "once it is")
	s.wait(3 * 24 * time.Hour)
	want(0, "after the expiry")
	s.in(s.nextOTP(), "online")
	s.link(station3, authn.Down)
	for range 3 {
		if _, err := s.apply(logon("000000")); err == nil {
			t.Fatal("taken")
		}
	}
	want(0, "after the lock")
}

// An offline logon takes the same time on the first day, on the 99th and in the
// middle of 2,999 events. Two worlds are measured in turns and their medians
// compared, three times at most.
func TestAnOfflineLogonTakesTheSameTimeWhateverThereIs(t *testing.T) {
	if os.Getenv("OFFAUTH_LONG") == "" {
		t.Skip("a ratio of times is measured with OFFAUTH_LONG=1")
	}
	settings := []authn.Setting{setting("onespan.offline.window_days", "99"),
		setting("onespan.offline.event_window", "2999"), setting("onespan.otp.event_window", "100")}
	for _, kind := range []onespan.Type{onespan.TimeBased, onespan.EventBased} {
		worlds := []*stage{desktop(t, kind, settings...), desktop(t, kind, settings...)}
		for _, s := range worlds {
			s.in(s.otp(), "online")
			s.link(station3, authn.Down)
		}
		late := worlds[1]
		if kind == onespan.TimeBased {
			late.do(authn.SetClock{To: monday.Add(98 * 24 * time.Hour)})
		}
		for i := 0; kind == onespan.EventBased && i < 1400; i++ {
			if late.otp(); i%90 == 0 {
				late.in(late.otp(), "offline")
			}
		}
		ratio := 0.0
		for range 3 {
			var took [2][]time.Duration
			for range 150 {
				for i, s := range worlds {
					action := logon(s.nextOTP())
					began := time.Now()
					_, err := s.world.Apply(t.Context(), action)
					took[i] = append(took[i], time.Since(began))
					if err != nil {
						t.Fatal(err)
					}
					s.do(lock3)
				}
			}
			for i := range took {
				slices.Sort(took[i])
			}
			first, last := took[0][len(took[0])/2], took[1][len(took[1])/2]
			ratio = float64(last) / float64(first)
			t.Logf("%s: %v and %v, x%.3f", kind, first, last, ratio)
			if ratio > 0.9 && ratio < 1.1 {
				break
			}
		}
		if ratio < 0.9 || ratio > 1.1 {
			t.Errorf("%s: a late logon costs x%.3f", kind, ratio)
		}
	}
}
