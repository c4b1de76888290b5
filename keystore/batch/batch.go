// Package batch has the rules that all stores share: the batches that they
// refuse, the order of their results, and the encoding of times and fields.
package batch

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/keystore"
)

// Check returns an error for a batch that every store must refuse: one that
// names a key twice (the result would depend on the order), or has events that
// do not continue the stored ones.
func Check(b authn.Batch, lastEvent uint64) error {
	records := map[authn.Key]bool{}
	record := func(key authn.Key) error {
		if records[key] {
			return fmt.Errorf("%w: record %s %s is named twice", authn.ErrConflict, key.Site, key.Name)
		}
		records[key] = true
		return nil
	}
	timers := map[authn.TimerKey]bool{}
	timer := func(key authn.TimerKey) error {
		if timers[key] {
			return fmt.Errorf("%w: timer %s %s %s is named twice", authn.ErrConflict, key.Site, key.Kind, key.Subject)
		}
		timers[key] = true
		return nil
	}
	var err error
	for _, rec := range b.Put {
		err = cmp.Or(err, record(authn.Key{Site: rec.Site, Name: rec.Name}))
	}
	for _, key := range b.Delete {
		err = cmp.Or(err, record(key))
	}
	for _, t := range b.Set {
		err = cmp.Or(err, timer(TimerKey(t)))
	}
	for _, key := range b.Stop {
		err = cmp.Or(err, timer(key))
	}
	if err != nil {
		return err
	}
	for i, e := range b.Append {
		if e.Seq != lastEvent+uint64(i)+1 {
			return fmt.Errorf("%w: event %d comes after event %d", authn.ErrConflict, e.Seq, lastEvent+uint64(i))
		}
	}
	return nil
}

// CheckVersion returns an error for a record that does not continue the stored
// one.
func CheckVersion(rec authn.Record, stored uint64) error {
	if rec.Version != stored+1 {
		return fmt.Errorf("%w: record %s %s is at version %d, which %d does not follow",
			authn.ErrConflict, rec.Site, rec.Name, stored, rec.Version)
	}
	return nil
}

// noTime represents the zero time, which is out of the range of nanoseconds in
// an int64.
const noTime = math.MinInt64

// Nanos returns an instant as nanoseconds since 1970: years 1678 to 2261.
func Nanos(t time.Time) (int64, error) {
	if t.IsZero() {
		return noTime, nil
	}
	if n := ClampNanos(t); n != math.MaxInt64 && n != noTime+1 {
		return n, nil
	}
	return 0, fmt.Errorf("%w: a time in the year %d", keystore.ErrInvalid, t.Year())
}

// ClampNanos is Nanos for comparisons: it returns the nearest limit for an
// instant out of range.
func ClampNanos(t time.Time) int64 {
	const limit = math.MaxInt64 / int64(time.Second)
	switch s := t.Unix(); {
	case s >= limit:
		return math.MaxInt64
	case s <= -limit:
		return noTime + 1
	}
	return t.UnixNano()
}

// FromNanos is the inverse of Nanos, in UTC.
func FromNanos(n int64) time.Time {
	if n == noTime {
		return time.Time{}
	}
	return time.Unix(0, n).UTC()
}

// CheckFields returns an error unless all fields of an event are strings, int64
// or bool.
func CheckFields(fields map[string]any) error {
	for name, value := range fields {
		ok := utf8.ValidString(name)
		switch v := value.(type) {
		case string:
			ok = ok && utf8.ValidString(v)
		case int64, bool:
		default:
			return fmt.Errorf("%w: field %q is a %T, not a string, int64 or bool", keystore.ErrInvalid, name, value)
		}
		if !ok {
			return fmt.Errorf("%w: field %q is not UTF-8", keystore.ErrInvalid, name)
		}
	}
	return nil
}

// WriteFields returns the fields as JSON with sorted names, or "" if there are
// none.
func WriteFields(fields map[string]any) (string, error) {
	if err := CheckFields(fields); err != nil || len(fields) == 0 {
		return "", err
	}
	text, err := json.Marshal(fields)
	return string(text), err
}

// ReadFields parses the output of WriteFields.
func ReadFields(text string) (map[string]any, error) {
	if text == "" {
		return nil, nil
	}
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var fields map[string]any
	if err := d.Decode(&fields); err != nil {
		return nil, err
	}
	for name, value := range fields {
		if number, ok := value.(json.Number); ok {
			n, err := number.Int64()
			if err != nil {
				return nil, err
			}
			fields[name] = n
		}
	}
	return fields, CheckFields(fields)
}

// CompareKeys orders by site, then name.
func CompareKeys(a, b authn.Key) int {
	return cmp.Or(cmp.Compare(a.Site, b.Site), cmp.Compare(a.Name, b.Name))
}

// TimerKey returns the key of a timer.
func TimerKey(t authn.Timer) authn.TimerKey {
	return authn.TimerKey{Site: t.Site, Kind: t.Kind, Subject: t.Subject}
}

// CompareTimers orders by At, then Order, then the rest, so that the order is
// total.
func CompareTimers(a, b authn.Timer) int {
	return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Order, b.Order),
		cmp.Compare(a.Site, b.Site), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Subject, b.Subject))
}
