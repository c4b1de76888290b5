package keystore

import (
	"cmp"
	"slices"

	"github.com/offauth/offauth/authn"
)

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
