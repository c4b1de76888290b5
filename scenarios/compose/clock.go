package compose

import (
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/encap"
	"github.com/offauth/offauth/authn/hypr"
)

// playbackClock predicts the time at which the scenario will play each move.
// Rounded waits make it lag behind the recorded time. It never runs ahead of the
// recording, so no deadline passes too early, and it waits long enough for
// every timer that fired in the recording.
type playbackClock struct {
	exact bool
	// now is the playback time and recorded the recorded time after the last move.
	now, recorded time.Time
	// events are the events so far with the lag of the playback at each.
	events []laggedEvent
}

type laggedEvent struct {
	event authn.Event
	lag   time.Duration
}

// anchors maps the event of a timer to the events that start this timer.
var anchors = map[authn.Kind][]authn.Kind{
	hypr.EventPINHidden:        {hypr.EventPINShown},
	hypr.EventPINOffered:       {hypr.EventTapped},
	hypr.EventTapUnanswered:    {hypr.EventTapped},
	hypr.EventPINsExpired:      {hypr.EventPINsStored, hypr.EventPINsIssued},
	encap.EventSessionExpired:  {encap.EventSessionStarted},
	encap.EventOperationClosed: {encap.EventOperationStarted, encap.EventSessionStarted},
}

// waitUntil returns how long the scenario waits before the next move, which was
// recorded at until. events are those of the timers that fired in between.
func (t *playbackClock) waitUntil(until time.Time, events []authn.Event) time.Duration {
	gap := until.Sub(t.recorded)
	wait := time.Duration(0)
	switch {
	case t.exact:
		wait = gap
	case gap > time.Second:
		wait = gap.Truncate(time.Second)
	}
	return t.advance(wait, until, events)
}

// advance extends the wait until all recorded timers fire, advances the clock by
// it and returns it.
func (t *playbackClock) advance(wait time.Duration, until time.Time, events []authn.Event) time.Duration {
	for _, e := range events {
		causes, timed := anchors[e.Kind]
		if !timed || e.At.Before(t.recorded) {
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
	t.now, t.recorded = t.now.Add(wait), until
	return wait
}

// lagOf returns the lag at the start of an event's timer: at the newest of its
// causes at the same site, or else at the newest cause at any site.
func (t *playbackClock) lagOf(e authn.Event, causes []authn.Kind) time.Duration {
	nearest := time.Duration(0)
	found := false
	for i := len(t.events) - 1; i >= 0; i-- {
		cause := t.events[i]
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

// add records the events of a move.
func (t *playbackClock) add(events []authn.Event) {
	lag := t.recorded.Sub(t.now)
	for _, e := range events {
		t.events = append(t.events, laggedEvent{e, lag})
	}
}

// setBack sets the clock back; until is the recorded time after that.
func (t *playbackClock) setBack(by time.Duration, until time.Time) {
	t.now, t.recorded = t.now.Add(-by), until
}
