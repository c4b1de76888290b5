package keystoretest

import (
	"bytes"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/offauth/offauth/authn"
)

// Opener makes a store. Both functions arrange for it to be closed.
type Opener struct {
	// Open returns an empty store.
	Open func(t testing.TB) authn.Store
	// Reopen returns another handle of the same world. It is nil if a store has
	// only one.
	Reopen func(t testing.TB, store authn.Store) authn.Store
}

// TestStore tests what every store must do.
func TestStore(t *testing.T, o Opener) {
	stories := map[string]func(*testing.T, Opener){
		"what was written is read, whole":                  storeKeeps,
		"a record's version must follow":                   storeVersions,
		"events have no gap, and no other order (A15)":     storeGapless,
		"a batch names a key once":                         storeTwice,
		"an error of change writes nothing and comes back": storeRollsBack,
		"a panic in change writes nothing and frees":       storePanics,
		"nothing is shared with the caller":                storeCopies,
		"a View sees one state while Updates go on":        storeViews,
		"records are listed by site and name":              storeLists,
		"timers are ordered, moved and stopped":            storeTimers,
		"events are selected":                              storeQueries,
		"what is no field or no time is refused":           storeRefuses,
		"ctx ends what waits, and what was not committed":  storeCancelled,
		"big values are kept":                              storeBig,
		"goroutines and handles take turns":                storeCounts,
		"a random life is that of the model":               storeModel,
	}
	for name, story := range stories {
		t.Run(name, func(t *testing.T) { story(t, o) })
	}
}

var day = time.Date(2026, 11, 21, 12, 0, 0, 123456789, time.UTC)

// handles returns the store itself and, if there can be one, another handle.
func (o Opener) handles(t testing.TB) []authn.Store {
	list := []authn.Store{o.Open(t)}
	if o.Reopen != nil {
		list = append(list, o.Reopen(t, list[0]))
	}
	return list
}

func storeKeeps(t *testing.T, o Opener) {
	batch := authn.Batch{
		Put: []authn.Record{
			{Site: "server", Name: "policy", Version: 1, Public: []byte(`{"a":1}`), Secret: []byte("s\x00")},
			{Site: "phone/a", Name: "none", Version: 1, Public: []byte("{}")},
			{Site: "phone/a", Name: "empty", Version: 1, Public: []byte("{}"), Secret: []byte{}},
			{Site: "world", Name: "bare", Version: 1},
		},
		Set: []authn.Timer{{Site: "phone/a", Kind: "hide", Subject: "x", At: day, Order: 7}},
		Append: []authn.Event{
			{Seq: 1, At: day, Site: "server", Kind: "k", Subject: "alice", Result: "ok", Rule: "H1",
				Fields: map[string]any{"n": int64(1<<62 + 1), "s": "<&>\x00ü", "b": true}},
			{Seq: 2},
		},
	}
	handles := o.handles(t)
	update(t, handles[0], batch)
	for _, s := range handles {
		view(t, s, func(r authn.Reader) {
			for _, want := range batch.Put {
				got, err := r.Record(want.Site, want.Name)
				equal(t, err, nil)
				equal(t, got, want)
			}
			timers, err := r.Timers()
			equal(t, err, nil)
			equal(t, timers, batch.Set)
			events, err := r.Events(authn.EventQuery{})
			equal(t, err, nil)
			equal(t, events, batch.Append)
			_, err = r.Record("server", "nothing")
			equal(t, err, authn.ErrNoRecord)
		})
	}
}

func storeVersions(t *testing.T, o Opener) {
	s := o.Open(t)
	rec := authn.Record{Site: "server", Name: "r"}
	put := func(version uint64) error {
		rec.Version = version
		return try(t, s, authn.Batch{Put: []authn.Record{rec}})
	}
	for _, step := range []struct {
		version uint64
		fits    bool
	}{{0, false}, {2, false}, {1, true}, {1, false}, {3, false}, {2, true}, {3, true}, {1, false}} {
		if err := put(step.version); (err == nil) != step.fits || (err != nil && !errors.Is(err, authn.ErrConflict)) {
			t.Errorf("version %d: %v", step.version, err)
		}
	}
	gone := authn.Batch{Delete: []authn.Key{{Site: "server", Name: "r"}, {Site: "server", Name: "never"}}}
	update(t, s, gone)
	update(t, s, gone)
	err := put(4)
	if _, fault := authn.AsFault(err); fault || !errors.Is(err, authn.ErrConflict) {
		t.Errorf("a deleted record starts over: %v", err)
	}
	equal(t, put(1), nil)
	// One that does not fit holds the rest back.
	rec.Version = 9
	err = try(t, s, authn.Batch{Put: []authn.Record{{Site: "server", Name: "other", Version: 1}, rec},
		Append: []authn.Event{{Seq: 1}}})
	if !errors.Is(err, authn.ErrConflict) {
		t.Error(err)
	}
	view(t, s, func(r authn.Reader) {
		_, err := r.Record("server", "other")
		equal(t, err, authn.ErrNoRecord)
		events, err := r.Events(authn.EventQuery{})
		equal(t, err, nil)
		equal(t, len(events), 0)
	})
}

func storeGapless(t *testing.T, o Opener) {
	s := o.Open(t)
	for _, step := range []struct {
		seqs []uint64
		fits bool
	}{
		{[]uint64{0}, false}, {[]uint64{2}, false}, {[]uint64{1, 3}, false}, {[]uint64{1, 1}, false}, {[]uint64{1, 2}, true},
		{[]uint64{2}, false}, {[]uint64{4}, false}, {[]uint64{4, 3}, false}, {[]uint64{3}, true},
	} {
		var batch authn.Batch
		for _, n := range step.seqs {
			batch.Append = append(batch.Append, authn.Event{Seq: n, At: day})
		}
		if err := try(t, s, batch); (err == nil) != step.fits || (err != nil && !errors.Is(err, authn.ErrConflict)) {
			t.Errorf("events %v: %v", step.seqs, err)
		}
	}
}

func storeTwice(t *testing.T, o Opener) {
	s := o.Open(t)
	rec := authn.Record{Site: "server", Name: "r", Version: 1}
	again := rec
	again.Version = 2
	timer := authn.Timer{Site: "server", Kind: "k", At: day}
	for _, batch := range []authn.Batch{
		{Put: []authn.Record{rec, again}},
		{Put: []authn.Record{rec}, Delete: []authn.Key{{Site: "server", Name: "r"}}},
		{Set: []authn.Timer{timer, timer}},
		{Set: []authn.Timer{timer}, Stop: []authn.TimerKey{{Site: "server", Kind: "k"}}},
	} {
		err := try(t, s, batch)
		if _, fault := authn.AsFault(err); fault || !errors.Is(err, authn.ErrConflict) {
			t.Errorf("%+v: %v", batch, err)
		}
	}
}

func storeCopies(t *testing.T, o Opener) {
	s := o.Open(t)
	fresh := func() authn.Batch {
		return authn.Batch{
			Put:    []authn.Record{{Site: "server", Name: "r", Version: 1, Public: []byte("{}"), Secret: []byte("secret")}},
			Append: []authn.Event{{Seq: 1, At: day, Fields: map[string]any{"a": "b"}}},
		}
	}
	spoil := func(rec authn.Record, e authn.Event) {
		rec.Public[0], rec.Secret[0], e.Fields["a"] = 'X', 'X', "X"
	}
	batch := fresh()
	update(t, s, batch)
	spoil(batch.Put[0], batch.Append[0])
	for range 2 {
		view(t, s, func(r authn.Reader) {
			one, err := r.Record("server", "r")
			equal(t, err, nil)
			all, err := r.Records("", "")
			equal(t, err, nil)
			events, err := r.Events(authn.EventQuery{})
			equal(t, err, nil)
			want := fresh()
			equal(t, one, want.Put[0])
			equal(t, all, want.Put)
			equal(t, events, want.Append)
			spoil(one, events[0])
			all[0].Secret[1] = 'X'
		})
	}
}

func storeViews(t *testing.T, o Opener) {
	handles := o.handles(t)
	put := func(version uint64) {
		rec := authn.Record{Site: "server", Name: "r", Version: version, Public: []byte("{}")}
		update(t, handles[len(handles)-1],
			authn.Batch{Put: []authn.Record{rec}, Append: []authn.Event{{Seq: version, At: day}}})
	}
	version := func(r authn.Reader) int {
		rec, err := r.Record("server", "r")
		equal(t, err, nil)
		events, err := r.Events(authn.EventQuery{})
		equal(t, err, nil)
		equal(t, uint64(len(events)), rec.Version)
		return len(events)
	}
	put(1)
	view(t, handles[0], func(r authn.Reader) {
		put(2)
		equal(t, version(r), 1)
		put(3)
		equal(t, version(r), 1)
	})
	// A View inside of an Update sees what was before, and does not wait.
	err := handles[0].Update(t.Context(), func(r authn.Reader) (authn.Batch, error) {
		view(t, handles[0], func(r authn.Reader) { equal(t, version(r), 3) })
		equal(t, version(r), 3)
		return authn.Batch{}, nil
	})
	equal(t, err, nil)
}

func storeBig(t *testing.T, o Opener) {
	s := o.Open(t)
	rec := authn.Record{
		Site: "server", Name: "big", Version: 1,
		Public: []byte(`"` + strings.Repeat("p", 1<<20) + `"`), Secret: bytes.Repeat([]byte{0, 1, 2, 3}, 1<<18),
	}
	update(t, s, authn.Batch{Put: []authn.Record{rec}})
	view(t, s, func(r authn.Reader) {
		got, err := r.Record("server", "big")
		equal(t, err, nil)
		if !reflect.DeepEqual(got, rec) {
			t.Error("the big record is another")
		}
	})
}
