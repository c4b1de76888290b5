package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/keystore"
	"github.com/offauth/offauth/keystore/seal"
)

// Reader reads in one transaction. It authenticates everything that it returns;
// a failed check is a fault.
type Reader struct {
	// ctx is never cancelled, as SQLite would leave a transaction half read;
	// cancelled is asked between rows.
	ctx       context.Context
	cancelled func() error
	tx        *transaction
	keys      *seal.Keys
	auth      *seal.Authenticator
	state     stateRow
	// tag is the authenticator of the state's row.
	tag   [seal.MACSize]byte
	index *index
	// timers are those that were read, so that writing them need not look them
	// up again.
	timers map[authn.TimerKey]authn.Timer
}

var _ authn.Reader = (*Reader)(nil)

// beginReading also fixes, with the state row, which state of the world the
// transaction sees.
func (d *Database) beginReading(ctx context.Context, tx *transaction) (*Reader, error) {
	r := d.newReader(ctx, tx)
	// In every transaction, as the file may have been edited since the last.
	if err := checkSchema(r.ctx, tx, migrations); err != nil {
		return nil, err
	}
	row, err := readMeta(r.ctx, tx, metaState)
	if err == nil {
		err = row.check(r.auth)
	}
	if err != nil {
		return nil, err
	}
	if r.state, err = openState(d.keys, row.value); err != nil {
		return nil, damaged("row %s of table meta was altered", metaState)
	}
	copy(r.tag[:], row.mac)
	return r, nil
}

// newReader makes a reader that has not read its state yet.
func (d *Database) newReader(ctx context.Context, tx *transaction) *Reader {
	r := &Reader{ctx: context.WithoutCancel(ctx), cancelled: ctx.Err, tx: tx, keys: d.keys, auth: d.keys.Authenticator()}
	r.index = &index{r: r, nodes: map[uint64]*node{}}
	return r
}

// Mark names the state that the transaction sees.
func (r *Reader) Mark() seal.Mark { return seal.Mark{Generation: r.state.generation, Tag: r.tag} }

// Prev is the tag of the state that this one came from.
func (r *Reader) Prev() [seal.MACSize]byte { return r.state.prev }

// Unmarked reports whether the vault need not have an authenticated mark of
// this state: it was brought up from a schema whose worlds had none.
func (r *Reader) Unmarked() bool { return r.state.unmarked }

const recordColumns = "SELECT site, name, version, public, sealed FROM records"

// Record implements authn.Reader.
func (r *Reader) Record(site authn.Site, name string) (authn.Record, error) {
	known, there, err := r.index.find(authn.Key{Site: site, Name: name})
	if err != nil {
		return authn.Record{}, err
	}
	scan, err := r.tx.record(recordColumns+" WHERE site = ? AND name = ?", string(site), name)
	if err != nil {
		return authn.Record{}, fault(err, "table records cannot be read")
	}
	rec, got, err := r.record(scan)
	switch {
	case errors.Is(err, sql.ErrNoRows) && there:
		return authn.Record{}, damaged("record %s %s was taken away", site, name)
	case errors.Is(err, sql.ErrNoRows):
		return authn.Record{}, authn.ErrNoRecord
	case err != nil:
		return authn.Record{}, fault(err, "table records cannot be read")
	case !there || got != known:
		return authn.Record{}, damaged("record %s %s is not the one that was written last", site, name)
	}
	return rec, nil
}

// Records implements authn.Reader. For a prefix at all sites, it reads only the
// sites that have such records in the index.
func (r *Reader) Records(site authn.Site, prefix string) ([]authn.Record, error) {
	known, err := r.known(site, prefix)
	if err != nil {
		return nil, err
	}
	if site == "" && prefix == "" {
		return r.rows(recordColumns+" ORDER BY site, name", nil, prefix, known)
	}
	sites := []authn.Site{site}
	if site == "" {
		sites = nil
		for i, e := range known {
			if i == 0 || e.key.Site != known[i-1].key.Site {
				sites = append(sites, e.key.Site)
			}
		}
	}
	var list []authn.Record
	for _, at := range sites {
		n := 0
		for n < len(known) && known[n].key.Site == at {
			n++
		}
		query, args := recordColumns+" WHERE site = ? AND name >= ? ORDER BY name", []any{string(at), prefix}
		rows, err := r.rows(query, args, prefix, known[:n])
		if err != nil {
			return nil, err
		}
		list, known = append(list, rows...), known[n:]
	}
	return list, nil
}

// rows returns the records that a query finds from its first on whose name has
// not the prefix; they must be those that the index knows.
func (r *Reader) rows(query string, args []any, prefix string, known []entry) ([]authn.Record, error) {
	var list []authn.Record
	err := r.each(query, args, func(scan scanner) (bool, error) {
		rec, got, err := r.record(scan)
		if err != nil || !strings.HasPrefix(rec.Name, prefix) {
			return false, err // names are in order, so no further one fits
		}
		if len(known) == len(list) || got != known[len(list)] {
			return false, damaged("record %s %s is not the one that was written last, or one before it was taken away",
				rec.Site, rec.Name)
		}
		list = append(list, rec)
		return true, nil
	})
	if err != nil {
		return nil, fault(err, "table records cannot be read")
	}
	if len(list) < len(known) {
		return nil, damaged("record %s %s was taken away", known[len(list)].key.Site, known[len(list)].key.Name)
	}
	return list, nil
}

// known returns the entries of the index for the records of a site, or of all sites,
// whose names begin with prefix.
func (r *Reader) known(site authn.Site, prefix string) ([]entry, error) {
	var list []entry
	from := authn.Key{Site: site}
	if site != "" {
		from.Name = prefix
	}
	for more := true; more; {
		more = false
		_, err := r.index.walk(r.state.root, from, func(e entry) bool {
			fits := strings.HasPrefix(e.key.Name, prefix)
			switch {
			case site != "" && (e.key.Site != site || !fits):
				return false
			case fits:
				list = append(list, e)
				return true
			case e.key.Name < prefix: // what fits is further on in this site
				from = authn.Key{Site: e.key.Site, Name: prefix}
			default: // or in the next one
				from = authn.Key{Site: e.key.Site + "\x00"}
			}
			more = true
			return false
		})
		if err != nil {
			return nil, err
		}
	}
	return list, nil
}

// scanner is sql.Row's and sql.Rows' Scan.
type scanner = func(dest ...any) error

// columns scans a row. A value that does not fit its variable was not written
// by us.
func columns(scan scanner, dest ...any) error {
	err := scan(dest...)
	var answer sqliteError
	if err == nil || errors.As(err, &answer) {
		return err
	}
	for _, own := range []error{sql.ErrNoRows, sql.ErrTxDone, sql.ErrConnDone} {
		if errors.Is(err, own) {
			return err
		}
	}
	return keystore.Fault(keystore.CodeDamaged, fmt.Errorf("%w: %w", keystore.ErrDamaged, err),
		"the world's database is damaged: a value has another type")
}

// each calls row for the rows of a query until it returns false.
func (r *Reader) each(query string, args []any, row func(scan scanner) (more bool, err error)) error {
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

// record reads one row of recordColumns and opens it; the entry is what the
// index should say of it.
func (r *Reader) record(scan scanner) (authn.Record, entry, error) {
	var site, name string
	var version int64
	var public, sealed []byte
	if err := columns(scan, &site, &name, &version, &public, &sealed); err != nil {
		return authn.Record{}, entry{}, err
	}
	rec := authn.Record{Site: authn.Site(site), Name: name, Version: uint64(version)}
	if len(public) > 0 {
		rec.Public = public
	}
	if version < 1 || r.keys.OpenRecord(&rec, sealed) != nil {
		return authn.Record{}, entry{}, damaged("record %s %s was altered", site, name)
	}
	return rec, entryOf(rec, sealed), nil
}

// entryOf returns the entry of the index for a record: it holds the end of the
// sealed half, the tag.
func entryOf(rec authn.Record, sealed []byte) entry {
	e := entry{key: authn.Key{Site: rec.Site, Name: rec.Name}, n: rec.Version}
	copy(e.tag[:], sealed[len(sealed)-seal.MACSize:])
	return e
}
