package keystore

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/offauth/offauth/authn"
)

// reader reads one transaction. What it gives out was checked; what fails the
// check is a fault.
type reader struct {
	// ctx is never cancelled, as SQLite would leave a transaction half read;
	// cancelled is asked between rows.
	ctx       context.Context
	cancelled func() error
	tx        *transaction
	keys      *keyring
	marks     *marker
	state     state
	// tag is the authenticator of the state's row.
	tag [macSize]byte
	// held remembers the records that were read, and timers the timers, so
	// that writing them need not look them up again.
	held   map[authn.Key]held
	timers map[authn.TimerKey]authn.Timer
}

// held is what writing needs to know of a stored record: its version, 0 if
// there is none, and the tag of its sealed half.
type held struct {
	version uint64
	tag     string
}

var _ authn.Reader = (*reader)(nil)

// reader begins to read; with the state row it also fixes which state of the
// world the transaction sees.
func (s *sqliteStore) reader(ctx context.Context, tx *transaction) (*reader, error) {
	r := &reader{
		ctx: context.WithoutCancel(ctx), cancelled: ctx.Err, tx: tx,
		keys: s.keys, marks: s.keys.marker(), held: map[authn.Key]held{},
	}
	row, err := readMeta(r.ctx, tx, metaState)
	if err == nil {
		err = row.check(r.marks)
	}
	if err != nil {
		return nil, err
	}
	if r.state, err = s.keys.openState(row.value); err != nil {
		return nil, damaged("row %s of table meta was altered", metaState)
	}
	copy(r.tag[:], row.mac)
	return r, nil
}

// mark names the state that the transaction sees.
func (r *reader) mark() mark { return mark{r.state.generation, r.tag} }

// about reads what the world says of itself.
func (r *reader) about() (about, error) {
	row, err := readMeta(r.ctx, r.tx, metaWorld)
	if err == nil {
		err = row.check(r.marks)
	}
	if err != nil {
		return about{}, err
	}
	return row.about()
}

const recordColumns = "SELECT site, name, version, public, sealed FROM records"

// Record implements authn.Reader.
func (r *reader) Record(site authn.Site, name string) (authn.Record, error) {
	scan, err := r.tx.record(recordColumns+" WHERE site = ? AND name = ?", string(site), name)
	if err != nil {
		return authn.Record{}, storageFault(err, "table records cannot be read")
	}
	rec, err := r.record(scan)
	if errors.Is(err, sql.ErrNoRows) {
		r.held[authn.Key{Site: site, Name: name}] = held{}
		return authn.Record{}, authn.ErrNoRecord
	}
	if err != nil {
		return authn.Record{}, storageFault(err, "table records cannot be read")
	}
	return rec, nil
}

// Records implements authn.Reader. Listing all of them shows also whether one
// was taken away or put back.
func (r *reader) Records(site authn.Site, prefix string) ([]authn.Record, error) {
	// The empty prefix counts as found.
	query, args := recordColumns+" WHERE instr(name, ?) = 1 ORDER BY site, name", []any{prefix}
	if prefix == "" {
		query, args = recordColumns+" ORDER BY site, name", nil
	}
	if site != "" {
		query, args = recordColumns+" WHERE site = ? AND name >= ? ORDER BY name", []any{string(site), prefix}
	}
	var list []authn.Record
	err := r.each(query, args, func(scan scanner) (bool, error) {
		rec, err := r.record(scan)
		if err != nil || !strings.HasPrefix(rec.Name, prefix) {
			return false, err // names are in order, so no further one fits
		}
		list = append(list, rec)
		return true, nil
	})
	if err != nil {
		return nil, storageFault(err, "table records cannot be read")
	}
	if site == "" && prefix == "" {
		err = r.checkAll(list)
	}
	if err != nil {
		return nil, err
	}
	return list, nil
}

// checkAll compares all records with the state's sum.
func (r *reader) checkAll(list []authn.Record) error {
	var all sum
	var last authn.Key
	for i, rec := range list {
		key := authn.Key{Site: rec.Site, Name: rec.Name}
		if i > 0 && compareKeys(last, key) >= 0 {
			return damaged("table records holds %s %s twice or out of order", key.Site, key.Name)
		}
		last = key
		all.toggle(r.marks, "records", recordRow(key, r.held[key]))
	}
	if all != r.state.records {
		return damaged("in table records a row was taken away or an older one put back")
	}
	return nil
}

// Timers implements authn.Reader. They are few, so all are read and compared
// with the state's sum.
func (r *reader) Timers() ([]authn.Timer, error) {
	var list []authn.Timer
	var all sum
	seen := map[authn.TimerKey]authn.Timer{}
	err := r.each("SELECT site, kind, subject, at, ord, mac FROM timers", nil, func(scan scanner) (bool, error) {
		var site, kind, subject string
		var at, ord int64
		var mac []byte
		if err := columns(scan, &site, &kind, &subject, &at, &ord, &mac); err != nil {
			return false, err
		}
		t := authn.Timer{Site: authn.Site(site), Kind: kind, Subject: subject, At: fromNanos(at), Order: uint64(ord)}
		if !r.marks.check("timers", timerRow(t), mac) {
			return false, damaged("timer %s %s %s was altered", site, kind, subject)
		}
		all.toggle(r.marks, "timers", timerRow(t))
		seen[timerKey(t)] = t
		list = append(list, t)
		return true, nil
	})
	if err != nil {
		return nil, storageFault(err, "table timers cannot be read")
	}
	if all != r.state.timers || len(seen) != len(list) {
		return nil, damaged("in table timers a row was taken away or an older one put back")
	}
	r.timers = seen
	slices.SortFunc(list, compareTimers)
	return list, nil
}

// scanner is sql.Row's and sql.Rows' Scan.
type scanner = func(dest ...any) error

// columns scans a row. A value that does not fit its variable was not written
// by us.
func columns(scan scanner, dest ...any) error {
	err := scan(dest...)
	var answer sqliteError
	if err == nil || errors.As(err, &answer) || errors.Is(err, sql.ErrNoRows) || errors.Is(err, sql.ErrTxDone) || errors.Is(err, sql.ErrConnDone) {
		return err
	}
	return fault(CodeDamaged, fmt.Errorf("%w: %w", ErrDamaged, err), "the world's database is damaged: a value has another type")
}

// each calls row for the rows of a query until it says that it has enough.
func (r *reader) each(query string, args []any, row func(scan scanner) (more bool, err error)) error {
	if err := r.cancelled(); err != nil {
		return err
	}
	rows, err := r.tx.conn.QueryContext(r.ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for n := 1; rows.Next(); n++ {
		if more, err := row(rows.Scan); err != nil || !more {
			return err
		}
		if n%256 == 0 && r.cancelled() != nil {
			return r.cancelled()
		}
	}
	return rows.Err()
}

// record reads one row of recordColumns and opens it.
func (r *reader) record(scan scanner) (authn.Record, error) {
	var site, name string
	var version int64
	var public, sealed []byte
	if err := columns(scan, &site, &name, &version, &public, &sealed); err != nil {
		return authn.Record{}, err
	}
	rec := authn.Record{Site: authn.Site(site), Name: name, Version: uint64(version)}
	if len(public) > 0 {
		rec.Public = public
	}
	if version < 1 || r.keys.openRecord(&rec, sealed) != nil {
		return authn.Record{}, damaged("record %s %s was altered", site, name)
	}
	r.held[authn.Key{Site: rec.Site, Name: name}] = held{version: rec.Version, tag: sealTag(sealed)}
	return rec, nil
}

// sealTag is the end of a sealed half, by which the sum knows it.
func sealTag(sealed []byte) string { return string(sealed[max(0, len(sealed)-macSize):]) }

func recordRow(key authn.Key, h held) frame {
	return frame(nil).text(string(key.Site)).text(key.Name).number(int64(h.version)).text(h.tag)
}

func timerRow(t authn.Timer) frame {
	at, _ := nanos(t.At) // what cannot be kept was refused before
	return frame(nil).text(string(t.Site)).text(t.Kind).text(t.Subject).number(at).number(int64(t.Order))
}

func timerKey(t authn.Timer) authn.TimerKey {
	return authn.TimerKey{Site: t.Site, Kind: t.Kind, Subject: t.Subject}
}

// compareTimers orders by At, then Order; the rest only makes it one order.
func compareTimers(a, b authn.Timer) int {
	return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Order, b.Order),
		cmp.Compare(a.Site, b.Site), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Subject, b.Subject))
}

func compareKeys(a, b authn.Key) int {
	return cmp.Or(cmp.Compare(a.Site, b.Site), cmp.Compare(a.Name, b.Name))
}
