package compose

import (
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/encap"
	"github.com/offauth/offauth/authn/hypr"
)

// telling is the clock of the retelling. It never runs ahead of what was
// recorded between two moves, so nothing falls due earlier than it did; where
// a timer fired, it goes as far as that timer needs.
type telling struct {
	exact bool
	// now is the retelling's time, was the recorded one behind the last move.
	now, was time.Time
	// left are the events so far, each with how far the retelling was behind
	// when it was left.
	left []behind
}

type behind struct {
	event authn.Event
	lag   time.Duration
}

// anchors says which event set the timer that leaves an event.
var anchors = map[authn.Kind][]authn.Kind{
	hypr.EventPINHidden:        {hypr.EventPINShown},
	hypr.EventPINOffered:       {hypr.EventTapped},
	hypr.EventTapUnanswered:    {hypr.EventTapped},
	hypr.EventPINsExpired:      {hypr.EventPINsStored, hypr.EventPINsIssued},
	encap.EventSessionExpired:  {encap.EventSessionStarted},
	encap.EventOperationClosed: {encap.EventOperationStarted, encap.EventSessionStarted},
}

// pass returns how long the retelling waits until a recorded instant at which
// the next move is done, with what timers left on the way.
func (t *telling) pass(until time.Time, events []authn.Event) time.Duration {
	gap := until.Sub(t.was)
	wait := time.Duration(0)
	switch {
	case t.exact:
		wait = gap
	case gap > time.Second:
		wait = gap.Truncate(time.Second)
	}
	return t.reach(wait, until, events)
}

// reach lengthens a wait until every timer fires that fired, and moves on.
func (t *telling) reach(wait time.Duration, until time.Time, events []authn.Event) time.Duration {
	for _, e := range events {
		causes, timed := anchors[e.Kind]
		if !timed || e.At.Before(t.was) {
			continue
		}
		need := e.At.Add(-t.lagOf(e, causes)).Sub(t.now)
		if need <= wait {
			continue
		}
		wait = need
		for _, unit := range []time.Duration{time.Second, time.Millisecond} {
			if round := (need + unit - 1).Truncate(unit); !t.now.Add(round).After(until) {
				wait = round
				break
			}
		}
	}
	t.now, t.was = t.now.Add(wait), until
	return wait
}

// lagOf is how far the retelling was behind when the timer of an event was
// set: the newest of its causes at the same site, else the newest of all.
func (t *telling) lagOf(e authn.Event, causes []authn.Kind) time.Duration {
	nearest := time.Duration(0)
	found := false
	for i := len(t.left) - 1; i >= 0; i-- {
		cause := t.left[i]
		for _, kind := range causes {
			if cause.event.Kind != kind {
				continue
			}
			if cause.event.Site == e.Site && cause.event.Subject == e.Subject {
				return cause.lag
			}
			if !found {
				nearest, found = cause.lag, true
			}
		}
	}
	return nearest
}

// note remembers what a move left.
func (t *telling) note(events []authn.Event) {
	lag := t.was.Sub(t.now)
	for _, e := range events {
		t.left = append(t.left, behind{e, lag})
	}
}

// back is a clock that went back.
func (t *telling) back(by time.Duration, until time.Time) {
	t.now, t.was = t.now.Add(-by), until
}
