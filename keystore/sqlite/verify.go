package sqlite

import (
	"errors"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/keystore"
)

// Verify reads everything, and so detects every row that was changed, added,
// removed or restored. SQLite also checks its indexes, since a broken one could
// hide an event from a query for a subject.
func (r *Reader) Verify() error {
	if err := r.checkIntegrity(); err != nil {
		return err
	}
	if _, err := r.Records("", ""); err != nil {
		return err
	}
	if _, err := r.Timers(); err != nil {
		return err
	}
	if err := r.checkNodes(); err != nil {
		return err
	}
	return r.Portions(func([]authn.Event) error { return nil })
}

// checkNodes detects nodes that do not belong to the index, after all of the
// index was read.
func (r *Reader) checkNodes() error {
	var n int
	if err := r.tx.QueryRowContext(r.ctx, "SELECT count(*) FROM nodes").Scan(&n); err != nil {
		return fault(err, "table nodes cannot be read")
	}
	if n != len(r.index.nodes) {
		return damaged("table nodes holds %d rows, and %d are of the index", n, len(r.index.nodes))
	}
	return nil
}

// checkIntegrity has SQLite look for what it can see to be wrong itself.
func (r *Reader) checkIntegrity() error {
	var answer string
	if err := r.tx.QueryRowContext(r.ctx, "PRAGMA integrity_check(1)").Scan(&answer); err != nil {
		return fault(err, "the world cannot be checked")
	}
	if answer != "ok" {
		return damaged("%s", keystore.OneLine(errors.New(answer)))
	}
	return nil
}

// portionSize is how many events are held in memory at once where all are
// read: a long life does not fit in.
const portionSize = 10_000

// Portions passes all events in order to give, portionSize at a time, and
// detects events that were altered, added or taken away.
func (r *Reader) Portions(give func([]authn.Event) error) error {
	for after := uint64(0); ; after += portionSize {
		list, err := r.portion(after)
		if err != nil {
			return fault(err, "table events cannot be read")
		}
		last := min(after+portionSize, r.state.events)
		if uint64(len(list)) != last-after {
			return damaged("event %d is not what was written last", after+uint64(len(list)))
		}
		if err := give(list); err != nil || last == r.state.events {
			return err
		}
	}
}

// portion returns the events after one.
func (r *Reader) portion(after uint64) ([]authn.Event, error) {
	var list []authn.Event
	err := r.each("SELECT "+eventColumns+" FROM events WHERE seq > ? ORDER BY seq LIMIT ?",
		[]any{int64(after), int64(portionSize)}, func(scan scanner) (bool, error) {
			e, err := r.event(scan)
			if err == nil && e.Seq != after+uint64(len(list))+1 {
				err = damaged("event %d was taken away", after+uint64(len(list))+1)
			}
			list = append(list, e)
			return true, err
		})
	return list, err
}
