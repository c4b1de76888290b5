package keystoretest

import (
	"bytes"
	"cmp"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/offauth/offauth/authn"
)

// model is an obviously correct store.
type model struct {
	records map[authn.Key]authn.Record
	timers  map[authn.TimerKey]authn.Timer
	events  []authn.Event
}

// storeModel makes random batches, some of which do not fit, and compares the
// store with the model after each.
func storeModel(t *testing.T, o Opener) {
	rapid.Check(t, func(rt *rapid.T) {
		s := o.Open(t)
		m := model{records: map[authn.Key]authn.Record{}, timers: map[authn.TimerKey]authn.Timer{}}
		for range rapid.IntRange(1, 8).Draw(rt, "batches") {
			b := m.drawBatch(rt)
			fits := m.fits(b)
			err := try(t, s, b)
			if (err == nil) != fits {
				rt.Fatalf("batch %+v: %v, want it to fit: %v", b, err, fits)
			}
			if fits {
				m.apply(b)
			}
			m.compare(t, rt, s)
		}
		if o.Reopen != nil {
			m.compare(t, rt, o.Reopen(t, s))
		}
		if t.Failed() {
			rt.FailNow()
		}
	})
}

var (
	drawSite  = rapid.SampledFrom([]authn.Site{"server", "world", "phone/a", "phone/ab", "workstation/PC"})
	drawName  = rapid.SampledFrom([]string{"a", "a/1", "a/2", "b", "é", "Z", "a\x00b"})
	drawBytes = rapid.SampledFrom([][]byte{nil, {}, {0}, []byte("{}"), []byte(`{"x":"ü"}`),
		bytes.Repeat([]byte{'z'}, 5000)})
	drawTime  = rapid.Map(rapid.Int64Range(-1e18, 5e18), func(n int64) time.Time { return time.Unix(0, n).UTC() })
	drawField = rapid.OneOf(
		rapid.Map(rapid.String(), func(s string) any { return s }),
		rapid.Map(rapid.Int64(), func(n int64) any { return n }),
		rapid.Map(rapid.Bool(), func(b bool) any { return b }))
)

func (m *model) drawBatch(rt *rapid.T) authn.Batch {
	var b authn.Batch
	for range rapid.IntRange(0, 3).Draw(rt, "puts") {
		key := authn.Key{Site: drawSite.Draw(rt, "site"), Name: drawName.Draw(rt, "name")}
		version := m.records[key].Version + 1
		if rapid.IntRange(0, 9).Draw(rt, "fault") == 9 {
			version = rapid.Uint64Range(0, 4).Draw(rt, "version")
		}
		b.Put = append(b.Put, authn.Record{Site: key.Site, Name: key.Name, Version: version,
			Public: drawBytes.Draw(rt, "public"), Secret: drawBytes.Draw(rt, "secret")})
	}
	for range rapid.IntRange(0, 1).Draw(rt, "deletes") {
		b.Delete = append(b.Delete, authn.Key{Site: drawSite.Draw(rt, "site"), Name: drawName.Draw(rt, "name")})
	}
	for range rapid.IntRange(0, 2).Draw(rt, "sets") {
		b.Set = append(b.Set, authn.Timer{Site: drawSite.Draw(rt, "site"), Kind: drawName.Draw(rt, "kind"),
			At: drawTime.Draw(rt, "at"), Order: rapid.Uint64().Draw(rt, "order")})
	}
	for range rapid.IntRange(0, 1).Draw(rt, "stops") {
		b.Stop = append(b.Stop, authn.TimerKey{Site: drawSite.Draw(rt, "site"), Kind: drawName.Draw(rt, "kind")})
	}
	next := uint64(len(m.events)) + 1
	for range rapid.IntRange(0, 3).Draw(rt, "events") {
		if rapid.IntRange(0, 19).Draw(rt, "fault") == 19 {
			next++
		}
		e := authn.Event{Seq: next, At: drawTime.Draw(rt, "at"), Site: drawSite.Draw(rt, "site"),
			Kind: authn.Kind(drawName.Draw(rt, "kind")), Subject: drawName.Draw(rt, "subject"), Result: "ok", Rule: "A15"}
		if fields := rapid.MapOfN(rapid.String(), drawField, 0, 3).Draw(rt, "fields"); len(fields) > 0 {
			e.Fields = fields
		}
		b.Append = append(b.Append, e)
		next++
	}
	return b
}

func (m *model) fits(b authn.Batch) bool {
	keys, timers := map[authn.Key]int{}, map[authn.TimerKey]int{}
	ok := true
	for _, rec := range b.Put {
		key := authn.Key{Site: rec.Site, Name: rec.Name}
		keys[key]++
		ok = ok && rec.Version == m.records[key].Version+1
	}
	for _, key := range b.Delete {
		keys[key]++
	}
	for _, t := range b.Set {
		timers[authn.TimerKey{Site: t.Site, Kind: t.Kind, Subject: t.Subject}]++
	}
	for _, key := range b.Stop {
		timers[key]++
	}
	for i, e := range b.Append {
		ok = ok && e.Seq == uint64(len(m.events)+i+1)
	}
	return ok && len(keys) == len(b.Put)+len(b.Delete) && len(timers) == len(b.Set)+len(b.Stop)
}

func (m *model) apply(b authn.Batch) {
	for _, rec := range b.Put {
		if len(rec.Public) == 0 {
			rec.Public = nil
		}
		m.records[authn.Key{Site: rec.Site, Name: rec.Name}] = rec
	}
	for _, key := range b.Delete {
		delete(m.records, key)
	}
	for _, t := range b.Set {
		m.timers[authn.TimerKey{Site: t.Site, Kind: t.Kind, Subject: t.Subject}] = t
	}
	for _, key := range b.Stop {
		delete(m.timers, key)
	}
	m.events = append(m.events, b.Append...)
}

func (m *model) compare(t *testing.T, rt *rapid.T, s authn.Store) {
	view(t, s, func(r authn.Reader) {
		site, prefix := drawSite.Draw(rt, "site"), drawName.Draw(rt, "prefix")
		for _, at := range []authn.Site{"", site} {
			for _, begin := range []string{"", prefix} {
				got, err := r.Records(at, begin)
				equal(t, err, nil)
				equal(t, got, m.list(at, begin))
			}
		}
		for key := range m.records {
			got, err := r.Record(key.Site, key.Name)
			equal(t, err, nil)
			equal(t, got, m.records[key])
		}
		timers, err := r.Timers()
		equal(t, err, nil)
		equal(t, len(timers), len(m.timers))
		for i, timer := range timers {
			equal(t, timer, m.timers[authn.TimerKey{Site: timer.Site, Kind: timer.Kind, Subject: timer.Subject}])
			if i > 0 && cmp.Or(timers[i-1].At.Compare(timer.At), cmp.Compare(timers[i-1].Order, timer.Order)) > 0 {
				t.Errorf("timers are not in order: %v", timers)
			}
		}
		for _, q := range []authn.EventQuery{{}, {After: 2, Last: 2}, {Subject: prefix},
			{Kind: authn.Kind(prefix), Site: site}, {Since: time.Unix(1e9, 0)}} {
			got, err := r.Events(q)
			equal(t, err, nil)
			equal(t, got, selectEvents(m.events, q))
		}
	})
}

func (m *model) list(site authn.Site, prefix string) []authn.Record {
	var list []authn.Record
	for rec := range maps.Values(m.records) {
		if (site == "" || rec.Site == site) && strings.HasPrefix(rec.Name, prefix) {
			list = append(list, rec)
		}
	}
	slices.SortFunc(list, func(a, b authn.Record) int {
		return cmp.Or(cmp.Compare(a.Site, b.Site), cmp.Compare(a.Name, b.Name))
	})
	return list
}
