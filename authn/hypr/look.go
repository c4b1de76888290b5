package hypr

import (
	"strconv"
	"strings"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/family"
)

// look returns the state of a tap. The Outcome's Events are those since the tap
// began, its Result is a TapResult, and its Pending is nil once the tap has
// ended.
func look(s family.Sites, id string) (out authn.Outcome, found bool, err error) {
	phone, ws, number, ok := tapNamed(id)
	if !ok {
		return out, false, nil
	}
	if err := phoneAndWorkstation(s, phone, ws); err != nil {
		return out, false, err
	}
	result, pending, err := stateOfTap(s, phone, ws)
	if err != nil {
		return out, false, err
	}
	if result.ID != id {
		pending = nil
		if result, found, err = earlierTap(s, id, phone, ws, number); err != nil || !found {
			return out, false, err
		}
	}
	events, err := s.Events(authn.EventQuery{Since: result.Since})
	return authn.Outcome{At: s.Now(), Result: result, Events: events, Pending: pending}, true, err
}

// stateOfTap returns the state of the newest tap, with times converted from the
// phone's clock to the world's.
func stateOfTap(s family.Sites, phone, ws string) (TapResult, *authn.Pending, error) {
	r, pending, err := phoneOf(s, phone).TapState(ws)
	family.WorldTime(s, authn.Phone(phone), &r.Since)
	if err != nil {
		return r, pending, err
	}
	if r.Outcome == TapUnanswered {
		if err := explainTap(s, &r); err != nil {
			return r, pending, err
		}
	}
	if pending != nil {
		family.WorldTime(s, authn.Phone(phone), &pending.Since, &pending.Until)
	}
	return r, pending, err
}

// explainTap adds to an unanswered tap the reason why the phone had no PIN to
// offer, and hints.
func explainTap(s family.Sites, r *TapResult) error {
	refusal, err := phoneOf(s, r.Phone).NothingToOffer(r.Workstation)
	if err != nil || refusal == nil {
		return err
	}
	if err := advise(s, Tap{Phone: r.Phone, Workstation: r.Workstation}, refusal); err != nil {
		return err
	}
	r.Why, r.Hints = refusal.Message, refusal.Hints
	if refusal.Shown != "" {
		r.Notice = refusal.Shown
	}
	return nil
}

// tapNamed parses the id of a tap: PHONE/WORKSTATION/NUMBER.
func tapNamed(id string) (phone, ws string, number int64, ok bool) {
	parts := strings.Split(id, "/")
	if len(parts) != 3 {
		return "", "", 0, false
	}
	number, err := strconv.ParseInt(parts[2], 10, 64)
	return parts[0], parts[1], number, err == nil
}

// earlierTap finds the outcome of an older tap from the events: an offer, a
// cancellation, no answer, or otherwise a login.
func earlierTap(s family.Sites, id, phone, ws string, number int64) (r TapResult, found bool, err error) {
	r = TapResult{Phone: phone, Workstation: ws, ID: id}
	events, err := s.Events(authn.EventQuery{Site: authn.Phone(phone), Subject: ws})
	if err != nil {
		return r, false, err
	}
	for _, e := range events {
		if e.Kind == EventTapped {
			if e.Rule == "H47" { // the same tap, repeated
				continue
			}
			if found {
				break
			}
			found = e.Fields["tap"] == number
			r.Since, r.Outcome = e.At, TapLogin
			continue
		}
		if found && e.Kind == authn.EventRefused && e.Fields["action"] == (Tap{}).Verb() {
			r.Outcome, r.Reason = TapUnanswered, e.Result
		}
		if outcome, ends := TapEnd(e.Kind); found && ends {
			r.Outcome = outcome
			r.Reason, _ = e.Fields["reason"].(string)
		}
	}
	return r, found, nil
}

// PINUsed reports whether an offline PIN has unlocked the workstation. The
// phone cannot know that (H20), but the simulator can show it beside the
// phone's answer. It costs one KDF, counts no try and writes nothing.
func PINUsed(s family.Sites, ws, user string, pin authn.Secret) (bool, error) {
	return workstationOf(s, ws).Used(user, pin)
}

// Audit returns the server's audit trail in HYPR's envelopes, oldest first
// (H39). It ignores the query's Site and Kind.
func Audit(s family.Sites, q authn.EventQuery) ([]Envelope, error) {
	last := q.Last
	q.Site, q.Kind, q.Last = authn.SiteServer, "", 0
	events, err := s.Events(q)
	if err != nil {
		return nil, err
	}
	settings, err := serverOf(s).Settings()
	if err != nil {
		return nil, err
	}
	trail := []Envelope{}
	for _, e := range events {
		if v, ok := Trail(e); ok {
			v.RPAppID = settings.RPApplication
			trail = append(trail, v)
		}
	}
	if last > 0 && len(trail) > last {
		trail = trail[len(trail)-last:]
	}
	return trail, nil
}
