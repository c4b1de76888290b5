package sim

import (
	"context"
	"strconv"
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
		phone, ws, number, err := p.tapNamed(id)
		if err != nil {
			return err
		}
		result, pending, err := p.tapState(phone, ws)
		if err != nil {
			return err
		}
		if result.ID != id {
			if result, err = p.earlierTap(id, phone, ws, number); err != nil {
				return err
			}
			pending = nil
		}
		events, err := p.since(authn.EventQuery{Since: result.Since})
		out = authn.Outcome{At: p.now, Result: result, Events: events, Pending: pending}
		return err
	})
	return out, err
}

// tapState tells how the newest tap stands, in the world's time: the phone's
// own clock may be off.
func (p *pass) tapState(phone, ws string) (hypr.TapResult, *authn.Pending, error) {
	r, pending, err := p.phone(phone).TapState(ws)
	skew := p.net.skew(authn.Phone(phone))
	r.Since = r.Since.Add(-skew)
	if err != nil {
		return r, pending, err
	}
	if r.Outcome == hypr.TapUnanswered {
		if err := p.explainTap(&r); err != nil {
			return r, pending, err
		}
	}
	if pending != nil {
		pending.Since, pending.Until = pending.Since.Add(-skew), pending.Until.Add(-skew)
	}
	return r, pending, err
}

// explainTap says of a tap that nothing answered why the phone had no PIN to
// offer, and what helps.
func (p *pass) explainTap(r *hypr.TapResult) error {
	refusal, err := p.phone(r.Phone).NothingToOffer(r.Workstation)
	if err != nil || refusal == nil {
		return err
	}
	if err := p.advise(hypr.Tap{Phone: r.Phone, Workstation: r.Workstation}, refusal); err != nil {
		return err
	}
	r.Why, r.Hints = refusal.Message, refusal.Hints
	if refusal.Shown != "" {
		r.Notice = refusal.Shown
	}
	return nil
}

// tapNamed takes the id of a tap apart: PHONE/WORKSTATION/NUMBER.
func (p *pass) tapNamed(id string) (phone, ws string, number int64, err error) {
	parts := strings.Split(id, "/")
	if len(parts) != 3 {
		return "", "", 0, noSuch(CodeNoTap, "tap", id)
	}
	if number, err = strconv.ParseInt(parts[2], 10, 64); err != nil {
		return "", "", 0, noSuch(CodeNoTap, "tap", id)
	}
	return parts[0], parts[1], number, p.phoneAndComputer(parts[0], parts[1])
}

// earlierTap finds out from the events how a tap ended after which there was
// another: it was offered, given up or not answered, or else it was a login.
func (p *pass) earlierTap(id, phone, ws string, number int64) (hypr.TapResult, error) {
	r := hypr.TapResult{Phone: phone, Workstation: ws, ID: id}
	events, err := p.since(authn.EventQuery{Site: authn.Phone(phone), Subject: ws})
	if err != nil {
		return r, err
	}
	found := false
	for _, e := range events {
		if e.Kind == hypr.EventTapped {
			if e.Rule == "H47" { // the same tap, impatiently
				continue
			}
			if found {
				break
			}
			found = e.Fields["tap"] == number
			r.Since, r.Outcome = e.At, hypr.TapLogin
			continue
		}
		if found && e.Kind == authn.EventRefused && e.Fields["action"] == (hypr.Tap{}).Verb() {
			r.Outcome, r.Reason = hypr.TapUnanswered, e.Result
		}
		if outcome, ends := hypr.TapEnd(e.Kind); found && ends {
			r.Outcome = outcome
			r.Reason, _ = e.Fields["reason"].(string)
		}
	}
	if !found {
		return r, noSuch(CodeNoTap, "tap", id)
	}
	return r, nil
}

// Events returns the events that a query selects, oldest first, those of timers
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
