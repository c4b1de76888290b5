package authn

import (
	"context"
	"errors"
	"time"
)

// Record is one record of a site. Anyone with the file can read its public
// half. Its secret half is encrypted on disk and bound to the world, the site,
// the name, the version and the public half.
type Record struct {
	Site Site
	Name string
	// Version counts the writes of this record from 1; a store refuses a
	// Record whose Version is not one more than what it holds.
	Version uint64
	// Public is JSON.
	Public []byte
	// Secret is the plaintext; nil means that there is none.
	Secret []byte
}

// Timer calls a site's handler at an instant. Its key is (Site, Kind, Subject);
// setting a timer again moves it.
type Timer struct {
	// Site is the site of the handler.
	Site Site
	// Kind and Subject identify the timer to the handler.
	Kind, Subject string
	// At is an instant on the site's own clock, with nanosecond resolution.
	At time.Time
	// Order breaks ties: of two timers, the one that was set first fires first.
	Order uint64
}

// Key names a record.
type Key struct {
	Site Site
	Name string
}

// TimerKey names a timer.
type TimerKey struct {
	Site          Site
	Kind, Subject string
}

// Batch is everything that one Action writes, in one transaction.
type Batch struct {
	Put    []Record
	Delete []Key
	Set    []Timer
	Stop   []TimerKey
	// Append holds new events; their Seq continues the stored ones without a
	// gap.
	Append []Event
}

// Empty reports whether the batch writes nothing.
func (b Batch) Empty() bool {
	return len(b.Put)+len(b.Delete)+len(b.Set)+len(b.Stop)+len(b.Append) == 0
}

// ErrNoRecord is returned by Reader.Record if there is no such record.
var ErrNoRecord = errors.New("no such record")

// ErrConflict is returned by a store if the version of a record or the number
// of an event in a batch does not continue the stored ones.
var ErrConflict = errors.New("the batch does not continue what is stored")

// Reader reads one consistent state of a world.
type Reader interface {
	// Record returns one record, or ErrNoRecord.
	Record(site Site, name string) (Record, error)
	// Records returns the records of a site whose names begin with prefix, by
	// name. An empty site means all sites, ordered by site, then name.
	Records(site Site, prefix string) ([]Record, error)
	// Timers returns all timers, ordered by At, then Order.
	Timers() ([]Timer, error)
	// Events returns the events that a query selects, oldest first.
	Events(q EventQuery) ([]Event, error)
}

// Store keeps a world: in SQLite (keystore/worlds) or in memory
// (keystore/memory). keystoretest tests what every implementation must do.
type Store interface {
	// View calls read with a consistent state. It never waits for a writer.
	View(ctx context.Context, read func(Reader) error) error
	// Update calls change with exclusive access to the world. It commits the
	// returned batch atomically and returns once the batch is on disk. If
	// change fails, Update writes nothing and returns the error unchanged.
	Update(ctx context.Context, change func(Reader) (Batch, error)) error
}
