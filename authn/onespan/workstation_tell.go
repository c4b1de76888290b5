package onespan

import (
	"time"
)

// calm stops the timers of data.
func (w Workstation) calm(user string, d dataRecord) {
	w.StopTimer(timerExpire, timerSubject(user, d.Number))
	w.StopTimer(timerRemind, timerSubject(user, d.Number))
}

// remind sets the timer that tells the user how little is left of time-based
// data, by the policy of now (O41, O52).
func (w Workstation) remind(user string, d dataRecord, c clientSettings) {
	subject := timerSubject(user, d.Number)
	switch {
	case d.Type != TimeBased || !d.present() || d.Told:
	case c.NotifyDays == 0:
		w.StopTimer(timerRemind, subject)
	default:
		w.SetTimer(timerRemind, subject, d.expires().Add(-time.Duration(c.NotifyDays)*day))
	}
}

// tell tells the user how few uses are left of event-based data, at the use
// that leaves so few (O41, O52).
func (w Workstation) tell(user string, d *dataRecord, c clientSettings) {
	if d.Type != EventBased || !d.present() || d.Told || !d.left(w.Env.Now(), c).soon {
		return
	}
	d.Told = true
	w.Happened(EventDataExpiring, w.subject(user), "O41", map[string]any{"uses": int64(d.uses())})
}

// told is what the user is told of the data: what became of it, and that
// little is left (O40).
func (w Workstation) told(user string, n ask, d dataRecord) (UpdateResult, error) {
	r := UpdateResult{Workstation: w.Site.Name(), User: user, PINChanged: n.PINChanged, Data: DataKept, Reason: n.Reason}
	switch {
	case n.Taken == EventDataIssued:
		r.Data = DataIssued
	case n.Taken == EventDataRenewed:
		r.Data = DataRenewed
	case n.Fate == fateComing:
		r.Data = DataLost
	case n.Fate == fateNotDue:
		r.Data = DataNotDue
	case !d.present():
		r.Data = DataNone
	}
	if !d.present() {
		return r, nil
	}
	c, err := w.policy()
	if err != nil {
		return r, err
	}
	r.Type = d.Type
	left := d.left(w.Env.Now(), c)
	r.ExpiresAt, r.DueAt, r.Left, r.Expiring = left.expires, left.due, left.uses, left.soon
	return r, nil
}

// left is how much of data is left.
type left struct {
	expires, due time.Time
	days, uses   int
	// soon says that it is little enough to be told (O41).
	soon bool
}

func (d dataRecord) left(now time.Time, c clientSettings) left {
	if d.Type == EventBased {
		n := d.uses()
		return left{uses: n, soon: n <= c.NotifyUses && c.NotifyUses > 0}
	}
	l := left{expires: d.expires(), due: d.due()}
	l.days = in(l.expires.Sub(now))
	l.soon = l.days <= c.NotifyDays && c.NotifyDays > 0
	return l
}

// uses is how many are left of event-based data.
func (d dataRecord) uses() int { return int(max(uint64(d.To), d.Next) - d.Next) }
