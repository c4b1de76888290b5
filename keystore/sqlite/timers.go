package sqlite

import (
	"slices"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/keystore/batch"
	"github.com/offauth/offauth/keystore/seal"
)

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
	at, _ := batch.Nanos(t.At) // what cannot be kept was refused before
	return seal.Frame(nil).Text(string(t.Site)).Text(t.Kind).Text(t.Subject).Number(at).Number(int64(t.Order))
}
