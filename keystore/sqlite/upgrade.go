package sqlite

import (
	"context"
	"crypto/sha256"

	"github.com/offauth/offauth/keystore/seal"
)

// indexRecords builds the index of a world of the first schema, whose state row
// had a sum over all records in its place. The change counts as an Update that
// came from the state before it, so a world that was rolled back is refused
// after it as before. The world also learns its name: that of its folder.
func indexRecords(ctx context.Context, d *Database, tx *transaction, world string) error {
	w := &Writer{d.newReader(ctx, tx)}
	records, err := w.firstState()
	if err != nil {
		return err
	}
	var all seal.Sum
	err = w.each(recordColumns+" ORDER BY site, name", nil, func(scan scanner) (bool, error) {
		_, e, err := w.record(scan)
		if err != nil {
			return false, err
		}
		row := seal.Frame(nil).Text(string(e.key.Site)).Text(e.key.Name).Number(int64(e.n)).Text(string(e.tag[:]))
		all.Toggle(w.auth, "records", row)
		return true, w.index.set(e)
	})
	if err != nil {
		return fault(err, "table records cannot be read")
	}
	if all != records {
		return damaged("in table records a row was taken away or an older one put back")
	}
	a, err := w.About()
	if err != nil {
		return err
	}
	a.Name = world
	if err := w.SetAbout(a); err != nil {
		return err
	}
	return w.writeState()
}

// firstState reads the state row of the first schema, and returns its sum over
// the records.
func (w *Writer) firstState() (records seal.Sum, err error) {
	row, err := readMeta(w.ctx, w.tx, metaState)
	if err == nil {
		err = row.check(w.auth)
	}
	if err != nil {
		return seal.Sum{}, err
	}
	st, rest, err := splitState(w.keys, row.value)
	unchained := len(rest) == 2*sha256.Size // written before there were marks
	if err != nil || !unchained && len(rest) != 2*sha256.Size+seal.MACSize {
		return seal.Sum{}, damaged("row %s of table meta was altered", metaState)
	}
	copy(records[:], rest)
	copy(st.timers[:], rest[sha256.Size:])
	st.generation++
	copy(st.prev[:], row.mac)
	st.unmarked = true
	w.state = st
	return records, nil
}
