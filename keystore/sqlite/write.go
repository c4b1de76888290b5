package sqlite

import (
	"database/sql"
	"fmt"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/keystore/batch"
	"github.com/offauth/offauth/keystore/seal"
)

// Writer writes a batch in the transaction that its reader reads.
type Writer struct{ *Reader }

// Update writes a batch and raises the generation. After an error the
// caller rolls the transaction back.
func (w *Writer) Update(b authn.Batch) error {
	if err := w.index.audit(); err != nil {
		return err
	}
	if err := w.write(b); err != nil {
		return err
	}
	return w.Raise(w.state.generation+1, w.tag)
}

// Amend writes a batch and leaves the generation as it is.
func (w *Writer) Amend(b authn.Batch) error {
	if err := w.write(b); err != nil {
		return err
	}
	return w.writeState()
}

// Raise makes the state the one of that number, after the one of that tag.
func (w *Writer) Raise(generation uint64, prev [seal.MACSize]byte) error {
	w.state.generation, w.state.prev, w.state.unmarked = generation, prev, false
	return w.writeState()
}

// writeState writes the row that ties the tables together.
func (w *Writer) writeState() error {
	if err := w.writeIndex(); err != nil {
		return fault(err, "the change cannot be written")
	}
	row := newMetaRow(w.auth, metaState, sealState(w.keys, w.state))
	copy(w.tag[:], row.mac)
	return w.writeMeta(row)
}

func (w *Writer) writeMeta(row metaRow) error {
	err := w.exec("UPDATE meta SET value = ?, mac = ? WHERE key = ?", row.value, row.mac, row.key)
	return fault(err, "the change cannot be written")
}

// write writes the rows of a batch; the state's row is still to be written.
func (w *Writer) write(b authn.Batch) error {
	if err := batch.Check(b, w.state.events); err != nil {
		return err
	}
	for _, step := range []func(authn.Batch) error{w.writeRecords, w.writeTimers, w.writeEvents} {
		if err := step(b); err != nil {
			return fault(err, "the change cannot be written")
		}
	}
	return nil
}

func (w *Writer) writeRecords(b authn.Batch) error {
	for _, key := range b.Delete {
		_, there, err := w.index.find(key)
		if err != nil {
			return err
		}
		if !there {
			continue
		}
		if err := w.index.set(entry{key: key}); err != nil {
			return err
		}
		if err := w.exec("DELETE FROM records WHERE site = ? AND name = ?", string(key.Site), key.Name); err != nil {
			return err
		}
	}
	return w.many(len(b.Put), "INSERT OR REPLACE INTO records(site, name, version, public, sealed) VALUES(?, ?, ?, ?, ?)",
		func(i int) ([]any, error) {
			rec := b.Put[i]
			old, there, err := w.index.find(authn.Key{Site: rec.Site, Name: rec.Name})
			if err != nil {
				return nil, err
			}
			if !there {
				old.n = 0
			}
			if err := batch.CheckVersion(rec, old.n); err != nil {
				return nil, err
			}
			sealed := w.keys.SealRecord(rec)
			if err := w.index.set(entryOf(rec, sealed)); err != nil {
				return nil, err
			}
			return []any{string(rec.Site), rec.Name, int64(rec.Version), string(rec.Public), sealed}, nil
		})
}

func (w *Writer) writeTimers(b authn.Batch) error {
	if len(b.Set)+len(b.Stop) == 0 {
		return nil
	}
	if w.timers == nil {
		if _, err := w.Timers(); err != nil {
			return err
		}
	}
	for _, key := range b.Stop {
		old, ok := w.timers[key]
		if !ok {
			continue
		}
		w.state.timers.Toggle(w.auth, "timers", timerRow(old))
		if err := w.exec("DELETE FROM timers WHERE site = ? AND kind = ? AND subject = ?",
			string(key.Site), key.Kind, key.Subject); err != nil {
			return err
		}
	}
	return w.many(len(b.Set), "INSERT OR REPLACE INTO timers(site, kind, subject, at, ord, mac) VALUES(?, ?, ?, ?, ?, ?)",
		func(i int) ([]any, error) {
			t := b.Set[i]
			at, err := batch.Nanos(t.At)
			if err != nil {
				return nil, err
			}
			if old, ok := w.timers[batch.TimerKey(t)]; ok {
				w.state.timers.Toggle(w.auth, "timers", timerRow(old))
			}
			row := timerRow(t)
			w.state.timers.Toggle(w.auth, "timers", row)
			return []any{string(t.Site), t.Kind, t.Subject, at, int64(t.Order), w.auth.MAC("timers", row)}, nil
		})
}

func (w *Writer) writeEvents(b authn.Batch) error {
	w.state.events += uint64(len(b.Append))
	return w.many(len(b.Append), "INSERT INTO events("+eventColumns+") VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)",
		func(i int) ([]any, error) {
			e := b.Append[i]
			at, err := batch.Nanos(e.At)
			if err != nil {
				return nil, err
			}
			fields, err := batch.WriteFields(e.Fields)
			if err != nil {
				return nil, fmt.Errorf("event %d: %w", e.Seq, err)
			}
			mac := w.auth.MAC("events", eventRow(e, at, fields))
			return []any{int64(e.Seq), at, string(e.Site), string(e.Kind), e.Subject, e.Result, string(e.Rule), fields, mac}, nil
		})
}

// many runs one statement n times. Preparing it pays from the second on.
func (w *Writer) many(n int, query string, args func(i int) ([]any, error)) error {
	if n == 0 {
		return nil
	}
	stmt, err := w.tx.conn.PrepareContext(w.ctx, query)
	if err != nil {
		return err
	}
	defer stmt.Close()
	for i := range n {
		values, err := args(i)
		if err != nil {
			return err
		}
		if err := one(stmt.ExecContext(w.ctx, values...)); err != nil {
			return err
		}
	}
	return nil
}

// exec runs a statement that writes or deletes one row.
func (w *Writer) exec(query string, args ...any) error {
	return one(w.tx.conn.ExecContext(w.ctx, query, args...))
}

// one finds a statement that did not write its row.
func one(done sql.Result, err error) error {
	if err != nil {
		return err
	}
	if n, err := done.RowsAffected(); err != nil || n != 1 {
		return damaged("a row that was to be written was not, or not alone")
	}
	return nil
}
