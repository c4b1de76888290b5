package sim

import (
	"context"
	"strings"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/hypr"
)

// Look says how a tap stands, and writes nothing: what timers have ended by
// now is shown as ended. The Outcome's Events are those since the tap began,
// its Result is a hypr.TapResult, and its Pending is nil once the tap has
// ended. An id that no tap gave is a fault, "no_such_tap".
func (w *World) Look(ctx context.Context, id string) (authn.Outcome, error) {
	var out authn.Outcome
	err := w.read(ctx, func(p *pass) error {
		parts := strings.Split(id, "/")
		if len(parts) != 3 {
			return noSuch(codeNoTap, "tap", id)
		}
		if err := p.phoneAndComputer(parts[0], parts[1]); err != nil {
			return err
		}
		result, pending, err := p.phone(parts[0]).TapState(parts[1])
		if err != nil {
			return err
		}
		if result.ID == "" {
			return noSuch(codeNoTap, "tap", id)
		}
		if result.ID != id {
			result = hypr.TapResult{Phone: parts[0], Workstation: parts[1], User: result.User, ID: id, Outcome: hypr.TapCancelled, Reason: "tapped_again"}
			pending = nil
		}
		events, err := p.since(authn.EventQuery{Since: result.Since})
		out = authn.Outcome{At: p.now, Result: result, Events: events, Pending: pending}
		return err
	})
	return out, err
}

// Events gives the events that a query selects, oldest first, those of timers
// that are due included.
func (w *World) Events(ctx context.Context, q authn.EventQuery) ([]authn.Event, error) {
	var events []authn.Event
	err := w.read(ctx, func(p *pass) error {
		var err error
		events, err = p.since(q)
		return err
	})
	return events, err
}

// since adds the events of this pass to those that are stored.
func (p *pass) since(q authn.EventQuery) ([]authn.Event, error) {
	events, err := p.base.Events(q)
	if err != nil {
		return nil, err
	}
	for _, e := range p.events {
		if q.Matches(e) {
			events = append(events, e)
		}
	}
	if q.Last > 0 && len(events) > q.Last {
		events = events[len(events)-q.Last:]
	}
	return events, nil
}
