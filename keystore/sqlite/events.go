package sqlite

import (
	"slices"
	"strings"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/keystore/batch"
	"github.com/offauth/offauth/keystore/seal"
)

// Events implements authn.Reader. A query for the newest, for a subject, a
// kind or a time reads no other events than it must.
func (r *Reader) Events(q authn.EventQuery) ([]authn.Event, error) {
	if q.After >= r.state.events {
		return nil, r.checkRun(q, nil)
	}
	query, args := eventQuery(q)
	var list []authn.Event
	err := r.each(query, args, func(scan scanner) (bool, error) {
		e, err := r.event(scan)
		if err != nil {
			return false, err
		}
		list = append(list, e)
		return true, nil
	})
	if err != nil {
		return nil, fault(err, "table events cannot be read")
	}
	if q.Last > 0 {
		slices.Reverse(list)
	}
	if err := r.checkRun(q, list); err != nil {
		return nil, err
	}
	return list, nil
}

const eventColumns = "seq, at, site, kind, subject, result, rule, fields, mac"

// eventQuery writes the query. INDEXED BY takes the choice from SQLite, which
// knows no statistics and might walk a million events.
func eventQuery(q authn.EventQuery) (string, []any) {
	where, args := []string{"seq > ?"}, []any{int64(q.After)}
	also := func(condition string, arg any) {
		where, args = append(where, condition), append(args, arg)
	}
	if q.Subject != "" {
		also("subject = ?", q.Subject)
	}
	if q.Kind != "" {
		also("kind = ?", string(q.Kind))
	}
	if q.Site != "" {
		also("site = ?", string(q.Site))
	}
	if !q.Since.IsZero() {
		also("at >= ?", batch.ClampNanos(q.Since))
	}
	index := ""
	switch {
	case q.Subject != "":
		index = " INDEXED BY events_subject"
	case q.Kind != "":
		index = " INDEXED BY events_kind"
	case !q.Since.IsZero():
		index = " INDEXED BY events_at"
	}
	query := "SELECT " + eventColumns + " FROM events" + index + " WHERE " + strings.Join(where, " AND ") + " ORDER BY seq"
	if q.Last > 0 {
		query, args = query+" DESC LIMIT ?", append(args, int64(q.Last))
	}
	return query, args
}

// checkRun detects removed or added events: if a query selects by number alone,
// its result has no gap and ends with the newest event.
func (r *Reader) checkRun(q authn.EventQuery, list []authn.Event) error {
	newest := r.state.events
	for i, e := range list {
		if e.Seq > newest || (i > 0 && e.Seq <= list[i-1].Seq) {
			return damaged("event %d is not one that was written", e.Seq)
		}
	}
	if q.Subject != "" || q.Kind != "" || q.Site != "" || !q.Since.IsZero() || q.After >= newest {
		return nil
	}
	want := newest - q.After
	if q.Last > 0 {
		want = min(want, uint64(q.Last))
	}
	next := newest - want + 1
	for _, e := range list {
		if e.Seq != next {
			break
		}
		next++
	}
	if next <= newest || uint64(len(list)) != want {
		return damaged("event %d was taken away", next)
	}
	return nil
}

// event reads and checks one row.
func (r *Reader) event(scan scanner) (authn.Event, error) {
	var seq, at int64
	var site, kind, subject, result, rule, fields string
	var mac []byte
	if err := columns(scan, &seq, &at, &site, &kind, &subject, &result, &rule, &fields, &mac); err != nil {
		return authn.Event{}, err
	}
	e := authn.Event{
		Seq: uint64(seq), At: batch.FromNanos(at), Site: authn.Site(site), Kind: authn.Kind(kind),
		Subject: subject, Result: result, Rule: authn.RuleID(rule),
	}
	if !r.auth.Check("events", eventRow(e, at, fields), mac) {
		return authn.Event{}, damaged("event %d was altered", seq)
	}
	var err error
	if e.Fields, err = batch.ReadFields(fields); err != nil {
		return authn.Event{}, damaged("event %d cannot be understood", seq)
	}
	return e, nil
}

func eventRow(e authn.Event, at int64, fields string) seal.Frame {
	return seal.Frame(nil).Number(int64(e.Seq)).Number(at).Text(string(e.Site)).Text(string(e.Kind)).
		Text(e.Subject).Text(e.Result).Text(string(e.Rule)).Text(fields)
}

// Timers implements authn.Reader. They are few, so all are read and compared
// with the state's sum.
func (r *Reader) Timers() ([]authn.Timer, error) {
	var list []authn.Timer
	var all seal.Sum
	seen := map[authn.TimerKey]authn.Timer{}
	err := r.each("SELECT site, kind, subject, at, ord, mac FROM timers", nil, func(scan scanner) (bool, error) {
		var site, kind, subject string
		var at, ord int64
		var mac []byte
		if err := columns(scan, &site, &kind, &subject, &at, &ord, &mac); err != nil {
			return false, err
		}
		t := authn.Timer{Site: authn.Site(site), Kind: kind, Subject: subject, At: batch.FromNanos(at), Order: uint64(ord)}
		if !r.auth.Check("timers", timerRow(t), mac) {
			return false, damaged("timer %s %s %s was altered", site, kind, subject)
		}
		all.Toggle(r.auth, "timers", timerRow(t))
		seen[batch.TimerKey(t)] = t
		list = append(list, t)
		return true, nil
	})
	if err != nil {
		return nil, fault(err, "table timers cannot be read")
	}
	if all != r.state.timers || len(seen) != len(list) {
		return nil, damaged("in table timers a row was taken away or an older one put back")
	}
	r.timers = seen
	slices.SortFunc(list, batch.CompareTimers)
	return list, nil
}

func timerRow(t authn.Timer) seal.Frame {
	at, _ := batch.Nanos(t.At) // times out of range were refused before
	return seal.Frame(nil).Text(string(t.Site)).Text(t.Kind).Text(t.Subject).Number(at).Number(int64(t.Order))
}
