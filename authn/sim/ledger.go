package sim

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/offauth/offauth/authn"
)

// ledger is a state with uncommitted changes: the records that were read,
// overlaid with those that were written. Nothing is stored until batch.
type ledger struct {
	base    authn.Reader
	entries map[authn.Key]*entry

	timers  []authn.Timer // loaded on first use, then current
	loaded  bool
	touched map[authn.TimerKey]bool
}

// entry is the current state of a record; a nil now means that there is none.
type entry struct {
	was   uint64 // the version in the store, 0 for none
	now   *authn.Record
	dirty bool
}

func newLedger(base authn.Reader) *ledger {
	return &ledger{base: base, entries: map[authn.Key]*entry{}, touched: map[authn.TimerKey]bool{}}
}

func (l *ledger) entry(site authn.Site, name string) (*entry, error) {
	key := authn.Key{Site: site, Name: name}
	if e, ok := l.entries[key]; ok {
		return e, nil
	}
	e := &entry{}
	rec, err := l.base.Record(site, name)
	switch {
	case err == nil:
		e.was, e.now = rec.Version, &rec
	case !errors.Is(err, authn.ErrNoRecord):
		return nil, err
	}
	l.entries[key] = e
	return e, nil
}

// load fills public and secret from a record and reports whether it is there.
func (l *ledger) load(site authn.Site, name string, public, secret any) (bool, error) {
	e, err := l.entry(site, name)
	if err != nil || e.now == nil {
		return false, err
	}
	for _, half := range []struct {
		raw  []byte
		into any
	}{{e.now.Public, public}, {e.now.Secret, secret}} {
		if half.into == nil || half.raw == nil {
			continue
		}
		if err := strictJSON(half.raw, half.into); err != nil {
			return false, fmt.Errorf("record %s %s: %w", site, name, err)
		}
	}
	return true, nil
}

// strictJSON refuses unknown fields, so that a record of a later version does
// not silently lose any.
func strictJSON(raw []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	return d.Decode(into)
}

func (l *ledger) save(site authn.Site, name string, public, secret any) error {
	e, err := l.entry(site, name)
	if err != nil {
		return err
	}
	rec := authn.Record{Site: site, Name: name, Version: e.was + 1}
	if rec.Public, err = json.Marshal(public); err != nil {
		return err
	}
	if secret != nil {
		if rec.Secret, err = json.Marshal(secret); err != nil {
			return err
		}
	}
	e.now, e.dirty = &rec, true
	return nil
}

func (l *ledger) remove(site authn.Site, name string) error {
	e, err := l.entry(site, name)
	if err != nil {
		return err
	}
	e.dirty = e.dirty || e.now != nil
	e.now = nil
	return nil
}

// keys returns the keys of the records of a site, or of all sites, with names
// that begin with prefix, sorted by site, then name.
func (l *ledger) keys(site authn.Site, prefix string) ([]authn.Key, error) {
	records, err := l.base.Records(site, prefix)
	if err != nil {
		return nil, err
	}
	for _, rec := range records {
		key := authn.Key{Site: rec.Site, Name: rec.Name}
		if _, ok := l.entries[key]; !ok {
			l.entries[key] = &entry{was: rec.Version, now: &rec}
		}
	}
	keys := []authn.Key{}
	for key, e := range l.entries {
		if e.now != nil && (site == "" || key.Site == site) && strings.HasPrefix(key.Name, prefix) {
			keys = append(keys, key)
		}
	}
	sort.Slice(keys, func(i, j int) bool {
		if keys[i].Site != keys[j].Site {
			return keys[i].Site < keys[j].Site
		}
		return keys[i].Name < keys[j].Name
	})
	return keys, nil
}

// allTimers returns the current timers, ordered by At, then Order.
func (l *ledger) allTimers() ([]authn.Timer, error) {
	if !l.loaded {
		timers, err := l.base.Timers()
		if err != nil {
			return nil, err
		}
		l.timers, l.loaded = timers, true
	}
	return l.timers, nil
}

func timerKey(t authn.Timer) authn.TimerKey {
	return authn.TimerKey{Site: t.Site, Kind: t.Kind, Subject: t.Subject}
}

func (l *ledger) setTimer(t authn.Timer) error {
	if err := l.stopTimer(timerKey(t)); err != nil {
		return err
	}
	l.timers = append(l.timers, t)
	l.touched[timerKey(t)] = true
	return nil
}

func (l *ledger) stopTimer(key authn.TimerKey) error {
	if _, err := l.allTimers(); err != nil {
		return err
	}
	for i, t := range l.timers {
		if timerKey(t) == key {
			l.timers = slices.Delete(slices.Clone(l.timers), i, i+1)
			l.touched[key] = true
			return nil
		}
	}
	return nil
}

// batch returns the changes, in a fixed order.
func (l *ledger) batch() authn.Batch {
	var b authn.Batch
	for key, e := range l.entries {
		switch {
		case !e.dirty:
		case e.now != nil:
			b.Put = append(b.Put, *e.now)
		case e.was > 0:
			b.Delete = append(b.Delete, key)
		}
	}
	sort.Slice(b.Put, func(i, j int) bool { return before(b.Put[i].Site, b.Put[i].Name, b.Put[j].Site, b.Put[j].Name) })
	sort.Slice(b.Delete, func(i, j int) bool {
		return before(b.Delete[i].Site, b.Delete[i].Name, b.Delete[j].Site, b.Delete[j].Name)
	})
	left := map[authn.TimerKey]bool{}
	for _, t := range l.timers {
		if l.touched[timerKey(t)] {
			b.Set = append(b.Set, t)
			left[timerKey(t)] = true
		}
	}
	for key := range l.touched {
		if !left[key] {
			b.Stop = append(b.Stop, key)
		}
	}
	sort.Slice(b.Stop, func(i, j int) bool { return fmt.Sprint(b.Stop[i]) < fmt.Sprint(b.Stop[j]) })
	return b
}

func before(site authn.Site, name string, site2 authn.Site, name2 string) bool {
	if site != site2 {
		return site < site2
	}
	return name < name2
}
