package keystoretest

import (
	"errors"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/keystore"
)

func storeLists(t *testing.T, o Opener) {
	s := o.Open(t)
	var b authn.Batch
	for _, key := range []authn.Key{
		{Site: "server", Name: "pins/2"}, {Site: "phone/a", Name: "x"}, {Site: "server", Name: "pins/10"},
		{Site: "server", Name: "pin"},
		{Site: "server", Name: "pint"}, {Site: "phone/b", Name: "pins/1"}, {Site: "server", Name: "qins/"},
		{Site: "server", Name: "pins/é"},
	} {
		b.Put = append(b.Put, authn.Record{Site: key.Site, Name: key.Name, Version: 1, Public: []byte("{}")})
	}
	update(t, s, b)
	for _, want := range []struct {
		site   authn.Site
		prefix string
		names  []string
	}{
		{"server", "", []string{"pin", "pins/10", "pins/2", "pins/é", "pint", "qins/"}},
		{"server", "pins/", []string{"pins/10", "pins/2", "pins/é"}},
		{"server", "pins/é", []string{"pins/é"}},
		{"server", "z", nil},
		{"phone", "", nil},
		{"", "pins/", []string{"pins/1", "pins/10", "pins/2", "pins/é"}},
		{"", "", []string{"x", "pins/1", "pin", "pins/10", "pins/2", "pins/é", "pint", "qins/"}},
	} {
		view(t, s, func(r authn.Reader) {
			list, err := r.Records(want.site, want.prefix)
			equal(t, err, nil)
			var names []string
			for _, rec := range list {
				names = append(names, rec.Name)
			}
			equal(t, names, want.names)
		})
	}
}

func storeTimers(t *testing.T, o Opener) {
	s := o.Open(t)
	timer := func(site authn.Site, kind string, after time.Duration, order uint64) authn.Timer {
		return authn.Timer{Site: site, Kind: kind, Subject: "s", At: day.Add(after), Order: order}
	}
	a, b := timer("phone/a", "hide", 2, 1), timer("server", "expire", 1, 9)
	c, d := timer("server", "hide", 1, 2), timer("world", "w", -1<<40, 3)
	update(t, s, authn.Batch{Set: []authn.Timer{a, b, c, d}})
	check := func(want ...authn.Timer) {
		t.Helper()
		view(t, s, func(r authn.Reader) {
			got, err := r.Timers()
			equal(t, err, nil)
			if !slices.Equal(got, want) {
				t.Errorf("got %v, want %v", got, want)
			}
		})
	}
	check(d, c, b, a)
	a.At, a.Order = day.Add(-1<<41), 10
	update(t, s, authn.Batch{
		Set: []authn.Timer{a},
		Stop: []authn.TimerKey{{Site: "server", Kind: "expire", Subject: "s"},
			{Site: "server", Kind: "expire", Subject: "none"}},
	})
	check(a, d, c)
	// Another zone is the same instant.
	c.At = c.At.In(time.FixedZone("x", 3600))
	update(t, s, authn.Batch{Set: []authn.Timer{c}})
	c.At = c.At.UTC()
	check(a, d, c)
}

func storeQueries(t *testing.T, o Opener) {
	s := o.Open(t)
	var all []authn.Event
	for i := range 60 {
		all = append(all, authn.Event{
			// The clock is set back now and then.
			Seq: uint64(i + 1), At: day.Add(time.Duration(i%7) * time.Hour), Site: authn.Phone(strconv.Itoa(i % 2)),
			Kind: authn.Kind("k" + strconv.Itoa(i%3)), Subject: "s" + strconv.Itoa(i%5),
		})
	}
	update(t, s, authn.Batch{Append: all[:25]})
	update(t, s, authn.Batch{Append: all[25:]})
	for bits := range 1 << 6 {
		var q authn.EventQuery
		for i, set := range []func(){
			func() { q.After = 11 },
			func() { q.Since = day.Add(3 * time.Hour) },
			func() { q.Site = "phone/1" },
			func() { q.Kind = "k2" },
			func() { q.Subject = "s3" },
			func() { q.Last = 4 },
		} {
			if bits>>i&1 == 1 {
				set()
			}
		}
		view(t, s, func(r authn.Reader) {
			got, err := r.Events(q)
			equal(t, err, nil)
			equal(t, got, selectEvents(all, q))
		})
	}
	view(t, s, func(r authn.Reader) {
		for _, q := range []authn.EventQuery{{After: 60}, {After: 1 << 63}, {Subject: "nobody"},
			{Since: day.AddDate(900, 0, 0)}, {Last: 3, Site: "server"}} {
			got, err := r.Events(q)
			equal(t, err, nil)
			equal(t, len(got), 0)
		}
		got, err := r.Events(authn.EventQuery{Since: day.AddDate(-900, 0, 0), Last: 100})
		equal(t, err, nil)
		equal(t, len(got), 60)
	})
}

// selectEvents returns the events that a query selects, by a linear scan.
func selectEvents(all []authn.Event, q authn.EventQuery) []authn.Event {
	var list []authn.Event
	for _, e := range all {
		if q.Matches(e) {
			list = append(list, e)
		}
	}
	if q.Last > 0 && len(list) > q.Last {
		list = list[len(list)-q.Last:]
	}
	return list
}

func storeRefuses(t *testing.T, o Opener) {
	s := o.Open(t)
	far := time.Date(3000, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, b := range []authn.Batch{
		{Append: []authn.Event{{Seq: 1, Fields: map[string]any{"x": 1}}}},
		{Append: []authn.Event{{Seq: 1, Fields: map[string]any{"x": 1.5}}}},
		{Append: []authn.Event{{Seq: 1, Fields: map[string]any{"x": nil}}}},
		{Append: []authn.Event{{Seq: 1, Fields: map[string]any{"x": authn.NewSecret("0042")}}}}, // rules A9, A15
		{Append: []authn.Event{{Seq: 1, Fields: map[string]any{"x": "\xff"}}}},
		{Append: []authn.Event{{Seq: 1, At: far}}},
		{Set: []authn.Timer{{Site: "server", At: far}}},
	} {
		err := try(t, s, b)
		if _, fault := authn.AsFault(err); fault || !errors.Is(err, keystore.ErrInvalid) {
			t.Errorf("%+v: %v, want ErrInvalid", b, err)
		}
		isEmpty(t, s)
	}
}

// storeCounts increments one number 200 times from 8 goroutines over all
// handles.
func storeCounts(t *testing.T, o Opener) {
	handles := o.handles(t)
	if o.Reopen != nil {
		handles = append(handles, o.Reopen(t, handles[0]), o.Reopen(t, handles[0]))
	}
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for range 25 {
				if err := handles[i%len(handles)].Update(t.Context(), increment); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	for _, s := range handles {
		view(t, s, func(r authn.Reader) {
			rec, err := r.Record("server", "count")
			equal(t, err, nil)
			equal(t, rec.Version, uint64(200))
			equal(t, string(rec.Secret), "200")
			events, err := r.Events(authn.EventQuery{})
			equal(t, err, nil)
			equal(t, len(events), 200)
		})
	}
}

func increment(r authn.Reader) (authn.Batch, error) {
	rec, err := r.Record("server", "count")
	if err != nil && rec.Version != 0 {
		return authn.Batch{}, err
	}
	rec.Site, rec.Name, rec.Version = "server", "count", rec.Version+1
	rec.Secret = strconv.AppendUint(nil, rec.Version, 10)
	return authn.Batch{Put: []authn.Record{rec}, Append: []authn.Event{{Seq: rec.Version, At: day}}}, nil
}
