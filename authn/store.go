package authn

import (
	"context"
	"errors"
	"time"
)

// Record is one thing that a site keeps. Its public half may be read by
// anyone who has the file; its secret half is sealed where it lies, bound to
// the world, the site, the name, the version and the public half.
type Record struct {
	Site Site
	Name string
	// Version counts the writes of this record from 1; a store refuses a
	// Record whose Version is not one more than what it holds.
	Version uint64
	// Public is JSON.
	Public []byte
	// Secret is in clear in memory; nil means that there is none.
	Secret []byte
}

// Timer is something that happens by itself at an instant. Its key is (Site,
// Kind, Subject); setting one that is set moves it.
type Timer struct {
	// Site is the site whose handler it wakes.
	Site Site
	// Kind and Subject tell the handler what is due.
	Kind, Subject string
	// At is an instant on the site's own clock, in nanoseconds' resolution.
	At time.Time
	// Order breaks ties: the timer that was set first fires first.
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

// Batch is all that one Action writes, in one go.
type Batch struct {
	Put    []Record
	Delete []Key
	Set    []Timer
	Stop   []TimerKey
	// Append holds events whose Seq continues what is stored without a gap.
	Append []Event
}

// Empty reports whether there is nothing in it.
func (b Batch) Empty() bool {
	return len(b.Put)+len(b.Delete)+len(b.Set)+len(b.Stop)+len(b.Append) == 0
}

// ErrNoRecord is what Reader.Record answers when there is no such record.
var ErrNoRecord = errors.New("no such record")

// ErrConflict is what a store answers to a batch that does not continue what
// it holds: a record's version, or an event's number.
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
// (keystore/memory). keystoretest says what every one must do.
type Store interface {
	// View reads a consistent state. It never waits for a writer.
	View(ctx context.Context, read func(Reader) error) error
	// Update has the world to itself while change runs. The batch that change
	// returns is committed whole, and Update returns only when it is on disk;
	// an error writes nothing and is returned as it is.
	Update(ctx context.Context, change func(Reader) (Batch, error)) error
}
