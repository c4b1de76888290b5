package hypr

import (
	"fmt"

	"github.com/offauth/offauth/authn"
)

// Tap is the ordinary tap on a workstation's icon. It requests an online login,
// or offers a PIN at once if the phone itself is offline (H16). TapState
// returns the result once the messages are delivered.
func (p Phone) Tap(ws string, long bool) error {
	c, err := p.computer(ws)
	if err != nil {
		return err
	}
	if len(c.Pairing) == 0 {
		return c.notPaired()
	}
	offline := p.Uplink() == authn.Down
	if c.waiting() && !long && !offline {
		// The same tap is sent again, without restarting the five seconds
		// (H47).
		c.happened(EventTapped, "H47", map[string]any{"workstation": ws, "tap": int64(c.Counter + 1)})
		return c.askAgain()
	}
	if c.waiting() {
		c.cancelTap("tapped_again", "H15")
	}
	c.endOffer()
	c.Expect = 0
	c.Counter++
	c.Tap = &tapState{ID: tapID(p.Site.Name(), ws, c.Counter), Since: p.Env.Now(), Outcome: TapWaiting}
	c.happened(EventTapped, "", map[string]any{"workstation": ws, "tap": int64(c.Counter)})
	if offline {
		return c.offerOrRefuse(ReasonPhoneOffline, "H16")
	}
	if long {
		return c.offerOrRefuse(ReasonAsked, "H17")
	}
	p.SetTimer(TimerOffer, ws, p.Env.Now().Add(TapTimeout))
	if err := c.save(); err != nil {
		return err
	}
	return c.ask()
}

// tapID returns the id of a tap for World.Look.
func tapID(phone, ws string, counter uint64) string {
	return fmt.Sprintf("%s/%s/%d", phone, ws, counter)
}

// TapEnd returns the outcome of a tap that ended with an event of a kind. It
// returns false for kinds that end no tap.
func TapEnd(kind authn.Kind) (outcome string, ends bool) {
	switch kind {
	case EventPINOffered:
		return TapOffer, true
	case EventTapUnanswered:
		return TapUnanswered, true
	case EventTapCancelled:
		return TapCancelled, true
	}
	return "", false
}

// NetworkChanged repeats every waiting tap, and ends every offer that no longer
// applies (H48). Reaches reports whether a workstation can be reached.
func (p Phone) NetworkChanged(reaches func(ws string) bool) error {
	return p.eachComputer(func(c *computer) error {
		switch {
		case c.waiting():
			return c.askAgain()
		case c.Offer == ReasonPhoneOffline && p.Uplink() != authn.Down:
			return c.withdraw("phone_online", "H48")
		case c.Offer == ReasonUnreachable && reaches(c.ws):
			return c.withdraw("workstation_reachable", "H48")
		}
		return nil
	})
}

// askAgain repeats the request of a waiting tap with a new counter.
func (c *computer) askAgain() error {
	c.Expect = 0
	c.Counter++
	if err := c.save(); err != nil {
		return err
	}
	return c.ask()
}

// ask sends the request for an online login.
func (c *computer) ask() error {
	s, k, err := c.phone().self()
	if err != nil {
		return err
	}
	m := unlockRequest{triple: c.phone().triple(s, c.ws), Certificate: c.Certificate, Counter: c.Counter}
	if c.Set != nil {
		m.Held = c.Set.Number
	}
	c.Send(authn.SiteServer, msgUnlockRequest, encode(msgUnlockRequest, &m, k.Signer()))
	return nil
}

// offerOrRefuse ends a tap that cannot be an online login: with the offer of
// the offline PIN, or with the reason why there is none (H9, H1, H30).
func (c *computer) offerOrRefuse(reason string, rule authn.RuleID) error {
	refusal, err := c.noPIN()
	if err != nil {
		return err
	}
	if refusal == nil {
		c.Offer, c.Tap.Outcome, c.Tap.Reason = reason, TapOffer, reason
		c.SetTimer(TimerOfferEnd, c.ws, c.Set.Expires)
		c.happened(EventPINOffered, rule, map[string]any{"workstation": c.ws, "reason": reason})
		return c.save()
	}
	c.Tap.Outcome, c.Tap.Reason = TapUnanswered, string(refusal.Code)
	if err := c.save(); err != nil {
		return err
	}
	return refusal
}

// NothingToOffer returns the refusal if the phone has no PIN to show for a
// computer, or nil.
func (p Phone) NothingToOffer(ws string) (*authn.Refusal, error) {
	c, err := p.computer(ws)
	if err != nil {
		return nil, err
	}
	return c.noPIN()
}

// tapTimedOut ends a waiting tap when its timer fires (H15).
func (p Phone) tapTimedOut(ws string) error {
	c, err := p.computer(ws)
	if err != nil || !c.waiting() {
		return err
	}
	err = c.offerOrRefuse(ReasonUnreachable, "H15")
	if refusal, ok := authn.AsRefusal(err); ok {
		p.Emit(authn.Event{Kind: EventTapUnanswered, Subject: ws, Result: string(refusal.Code), Rule: refusal.Rule,
			Fields: map[string]any{"workstation": ws, "reason": string(refusal.Code)}})
		return nil
	}
	return err
}

// TapState returns the state of the newest tap on a workstation.
func (p Phone) TapState(ws string) (TapResult, *authn.Pending, error) {
	s, _, err := p.self()
	if err != nil {
		return TapResult{}, nil, err
	}
	c, err := p.computer(ws)
	if err != nil {
		return TapResult{}, nil, err
	}
	r := TapResult{Phone: p.Site.Name(), Workstation: ws, User: s.User}
	if c.Tap != nil {
		r.ID, r.Since, r.Outcome, r.Reason = c.Tap.ID, c.Tap.Since, c.Tap.Outcome, c.Tap.Reason
	}
	if p.Uplink() == authn.Down {
		r.Notice = shownNotice
	}
	if c.Set != nil {
		r.Left, r.Of, r.ExpiresAt, r.Expired = c.Set.Left, c.Set.Of, c.Set.Expires, c.Set.Expired
	}
	r.Lost = r.Outcome == TapLogin && c.Expect != 0
	return r, c.pending(), nil
}

// pending returns the description of a waiting tap, or nil.
func (c *computer) pending() *authn.Pending {
	if !c.waiting() {
		return nil
	}
	return &authn.Pending{
		ID: c.Tap.ID, Verb: Tap{}.Verb(), Since: c.Tap.Since, Until: c.Tap.Since.Add(TapTimeout),
		Waiting: c.ws + " does not answer",
	}
}
