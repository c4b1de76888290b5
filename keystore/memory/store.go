// Package memory keeps a world in memory, for scenarios and tests.
package memory

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/keystore/batch"
)

// Store stores a world in memory. It is for scenarios and tests, of which
// thousands run in a second.
//
// A state of the world is immutable: an Update makes a new one, which shares
// unchanged parts, and a View keeps the one that it began with. So neither
// waits for the other.
type Store struct {
	now  atomic.Pointer[state]
	turn chan struct{} // a mutex with a wait that ctx can end
}

var _ authn.Store = (*Store)(nil)

// NewStore returns an empty store.
func NewStore() *Store {
	s := &Store{turn: make(chan struct{}, 1)}
	s.now.Store(&state{})
	return s
}

// Fork returns an independent copy of the store. It costs nothing, since states
// are immutable.
func (s *Store) Fork() authn.Store {
	fork := NewStore()
	state := *s.now.Load()
	state.events = slices.Clip(state.events) // so that both append to arrays of their own
	fork.now.Store(&state)
	return fork
}

// View implements authn.Store.
func (s *Store) View(ctx context.Context, read func(authn.Reader) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return read(&reader{s.now.Load(), ctx})
}

// Update implements authn.Store.
func (s *Store) Update(ctx context.Context, change func(authn.Reader) (authn.Batch, error)) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case s.turn <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-s.turn }()
	old := s.now.Load()
	batch, err := change(&reader{old, ctx})
	if err != nil {
		return err
	}
	if err := ctx.Err(); err != nil || batch.Empty() {
		return err
	}
	next, err := old.with(batch)
	if err != nil {
		return err
	}
	s.now.Store(next)
	return nil
}

// state is one immutable state of a world.
type state struct {
	records []*authn.Record // by site, then name
	timers  []authn.Timer   // by At, then Order
	// events share one array across states: a later state only writes after the
	// end of an earlier one.
	events []authn.Event
}

// with returns the state after a batch.
func (s *state) with(b authn.Batch) (*state, error) {
	if err := batch.Check(b, uint64(len(s.events))); err != nil {
		return nil, err
	}
	next := *s
	for _, step := range []func(authn.Batch) error{next.putRecords, next.setTimers, next.appendEvents} {
		if err := step(b); err != nil {
			return nil, err
		}
	}
	return &next, nil
}

func (s *state) putRecords(b authn.Batch) error {
	if len(b.Put)+len(b.Delete) == 0 {
		return nil
	}
	list := make([]*authn.Record, len(s.records), len(s.records)+len(b.Put))
	copy(list, s.records)
	for _, key := range b.Delete {
		if i, ok := findRecord(list, key); ok {
			list = slices.Delete(list, i, i+1)
		}
	}
	for _, rec := range b.Put {
		i, ok := findRecord(list, authn.Key{Site: rec.Site, Name: rec.Name})
		stored := uint64(0)
		if ok {
			stored = list[i].Version
		}
		if err := batch.CheckVersion(rec, stored); err != nil {
			return err
		}
		kept := cloneRecord(&rec)
		if ok {
			list[i] = &kept
		} else {
			list = slices.Insert(list, i, &kept)
		}
	}
	s.records = list
	return nil
}

func (s *state) setTimers(b authn.Batch) error {
	if len(b.Set)+len(b.Stop) == 0 {
		return nil
	}
	gone := make(map[authn.TimerKey]bool, len(b.Set)+len(b.Stop))
	for _, key := range b.Stop {
		gone[key] = true
	}
	for _, t := range b.Set {
		gone[batch.TimerKey(t)] = true
	}
	list := make([]authn.Timer, 0, len(s.timers)+len(b.Set))
	for _, t := range s.timers {
		if !gone[batch.TimerKey(t)] {
			list = append(list, t)
		}
	}
	for _, t := range b.Set {
		at, err := batch.Nanos(t.At)
		if err != nil {
			return err
		}
		t.At = batch.FromNanos(at)
		list = append(list, t)
	}
	slices.SortFunc(list, batch.CompareTimers)
	s.timers = list
	return nil
}

func (s *state) appendEvents(b authn.Batch) error {
	// Capped, so that a batch that is refused half-way has written nothing that
	// another state could see; append grows the array.
	list := s.events
	for _, e := range b.Append {
		at, err := batch.Nanos(e.At)
		if err != nil {
			return err
		}
		if err := batch.CheckFields(e.Fields); err != nil {
			return fmt.Errorf("event %d: %w", e.Seq, err)
		}
		e.At = batch.FromNanos(at)
		list = append(list, cloneEvent(e))
	}
	s.events = list
	return nil
}

func findRecord(list []*authn.Record, key authn.Key) (int, bool) {
	return slices.BinarySearchFunc(list, key, func(r *authn.Record, k authn.Key) int {
		return batch.CompareKeys(authn.Key{Site: r.Site, Name: r.Name}, k)
	})
}

func cloneRecord(r *authn.Record) authn.Record {
	c := *r
	c.Secret = bytes.Clone(r.Secret)
	if c.Public = nil; len(r.Public) > 0 {
		c.Public = bytes.Clone(r.Public)
	}
	return c
}

func cloneEvent(e authn.Event) authn.Event {
	if len(e.Fields) == 0 {
		e.Fields = nil
	}
	e.Fields = maps.Clone(e.Fields)
	return e
}

// reader reads one state.
type reader struct {
	*state
	ctx context.Context
}

var _ authn.Reader = (*reader)(nil)

// Record implements authn.Reader.
func (r *reader) Record(site authn.Site, name string) (authn.Record, error) {
	i, ok := findRecord(r.records, authn.Key{Site: site, Name: name})
	if !ok {
		return authn.Record{}, authn.ErrNoRecord
	}
	return cloneRecord(r.records[i]), nil
}

// Records implements authn.Reader.
func (r *reader) Records(site authn.Site, prefix string) ([]authn.Record, error) {
	from := 0
	if site != "" {
		from, _ = findRecord(r.records, authn.Key{Site: site, Name: prefix})
	}
	var list []authn.Record
	for _, rec := range r.records[from:] {
		fits := strings.HasPrefix(rec.Name, prefix)
		if site != "" && (rec.Site != site || !fits) {
			break
		}
		if fits {
			list = append(list, cloneRecord(rec))
		}
	}
	return list, r.ctx.Err()
}

// Timers implements authn.Reader.
func (r *reader) Timers() ([]authn.Timer, error) { return slices.Clone(r.timers), r.ctx.Err() }

// Events implements authn.Reader.
func (r *reader) Events(q authn.EventQuery) ([]authn.Event, error) {
	// Event n is at index n-1.
	from := int(min(q.After, uint64(len(r.events))))
	var list []authn.Event
	for i := len(r.events) - 1; i >= from && (q.Last <= 0 || len(list) < q.Last); i-- {
		if q.Matches(r.events[i]) {
			list = append(list, cloneEvent(r.events[i]))
		}
	}
	slices.Reverse(list)
	return list, r.ctx.Err()
}
