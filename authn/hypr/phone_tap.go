package hypr

import (
	"fmt"

	"github.com/offauth/offauth/authn"
)

// Tap is the ordinary tap on a workstation's icon. It asks for an online
// login, or goes straight to the offer when the phone itself is offline
// (H16). What came of it, TapState tells once the messages are through.
func (p Phone) Tap(ws string, long bool) error {
	c, secret, err := p.load(ws)
	if err != nil {
		return err
	}
	if len(c.Pairing) == 0 {
		return p.notPaired(ws)
	}
	offline := p.Uplink() == authn.Down
	if c.waiting() && !long && !offline {
		return p.tapAgain(ws, c, secret)
	}
	if c.waiting() {
		p.cancelTap(ws, &c, "tapped_again", "H15")
	}
	p.endOffer(ws, &c)
	c.Expect = 0
	c.Counter++
	c.Tap = &tapState{ID: tapID(p.Site.Name(), ws, c.Counter), Since: p.Env.Now(), Outcome: TapWaiting}
	emit(p.Host, EventTapped, ws, "", map[string]any{"workstation": ws, "tap": int64(c.Counter)})
	if offline {
		return p.offerOrRefuse(ws, c, secret, ReasonPhoneOffline, "H16")
	}
	if long {
		return p.offerOrRefuse(ws, c, secret, ReasonAsked, "H17")
	}
	p.Wake(TimerOffer, ws, p.Env.Now().Add(Patience))
	if err := p.save(ws, c, secret); err != nil {
		return err
	}
	return p.ask(ws, c)
}

// tapAgain is a tap while one waits: it asks once more, and the five seconds
// run on (H47).
func (p Phone) tapAgain(ws string, c computer, secret computerSecret) error {
	emit(p.Host, EventTapped, ws, "H47", map[string]any{"workstation": ws, "tap": int64(c.Counter + 1)})
	return p.askAgain(ws, c, secret)
}

// tapID names a tap for World.Look.
func tapID(phone, ws string, counter uint64) string {
	return fmt.Sprintf("%s/%s/%d", phone, ws, counter)
}

// TapEnd says how a tap ended that left an event of a kind; false for kinds
// that end none.
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

// NetworkChanged asks again for every tap that waits, and ends every offer
// whose reason has ended (H48). Reaches reports whether a workstation can be
// reached.
func (p Phone) NetworkChanged(reaches func(ws string) bool) error {
	names, err := p.Shelf.Names(computers)
	if err != nil {
		return err
	}
	for _, name := range names {
		ws := name[len(computers):]
		c, secret, err := p.load(ws)
		if err != nil {
			return err
		}
		switch {
		case c.waiting():
			err = p.askAgain(ws, c, secret)
		case c.Offer == ReasonPhoneOffline && p.Uplink() != authn.Down:
			err = p.withdraw(ws, "phone_online", "H48")
		case c.Offer == ReasonUnreachable && reaches(ws):
			err = p.withdraw(ws, "workstation_reachable", "H48")
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// withdraw ends an offer, if one stands.
func (p Phone) withdraw(ws, reason string, rule authn.RuleID) error {
	c, secret, err := p.load(ws)
	if err != nil || c.Offer == "" {
		return err
	}
	p.endOffer(ws, &c)
	emit(p.Host, EventOfferWithdrawn, ws, rule, map[string]any{"workstation": ws, "reason": reason})
	return p.save(ws, c, secret)
}

// endOffer takes an offer off the screen; the caller saves.
func (p Phone) endOffer(ws string, c *computer) {
	if c.Offer != "" {
		p.Calm(TimerStands, ws)
		c.Offer = ""
	}
}

// askAgain sends the request of a tap that waits once more, with a new
// counter.
func (p Phone) askAgain(ws string, c computer, secret computerSecret) error {
	c.Expect = 0
	c.Counter++
	if err := p.save(ws, c, secret); err != nil {
		return err
	}
	return p.ask(ws, c)
}

// ask sends the request for an online login.
func (p Phone) ask(ws string, c computer) error {
	s, k, err := p.self()
	if err != nil {
		return err
	}
	m := unlockRequest{triple: p.triple(s, ws), Certificate: c.Certificate, Counter: c.Counter}
	if c.Set != nil {
		m.Held = c.Set.Number
	}
	p.Send(authn.SiteServer, msgUnlockRequest, encode(msgUnlockRequest, &m, k.Signer()))
	return nil
}

// offerOrRefuse ends a tap that cannot be an online login: with the offer of
// the offline PIN, or with the reason why there is none to offer (H9, H1, H30).
func (p Phone) offerOrRefuse(ws string, c computer, secret computerSecret, reason string, rule authn.RuleID) error {
	refusal, err := p.NothingToOffer(ws)
	if err != nil {
		return err
	}
	if refusal == nil {
		c.Offer, c.Tap.Outcome, c.Tap.Reason = reason, TapOffer, reason
		p.Wake(TimerStands, ws, c.Set.Expires)
		emit(p.Host, EventPINOffered, ws, rule, map[string]any{"workstation": ws, "reason": reason})
		return p.save(ws, c, secret)
	}
	c.Tap.Outcome, c.Tap.Reason = TapUnanswered, string(refusal.Code)
	if err := p.save(ws, c, secret); err != nil {
		return err
	}
	return refusal
}

// NothingToOffer says why the phone has no PIN to show for a computer, or nil.
// One that is visible can be shown again (H19).
func (p Phone) NothingToOffer(ws string) (*authn.Refusal, error) {
	c, _, err := p.load(ws)
	if err != nil {
		return nil, err
	}
	if refusal := p.noOfflinePIN(ws, c); refusal != nil {
		return refusal, nil
	}
	var on screen
	lit, err := p.Shelf.Load(recordScreen, &on, nil)
	if err != nil || lit && on.Workstation == ws {
		return nil, err
	}
	return p.noPINLeft(ws, c), nil
}

// notPaired is the refusal of a phone that has no pairing.
func (p Phone) notPaired(ws string) *authn.Refusal {
	return p.refuse(CodeNotPaired, "H9", ws, fmt.Sprintf("phone %s is not paired with %s", p.Site.Name(), ws),
		"offauth device pair "+ws)
}

// noOfflinePIN says why the app has no offline PIN control for a computer, or
// nil when it has (H1, H9).
func (p Phone) noOfflinePIN(ws string, c computer) *authn.Refusal {
	switch {
	case len(c.Pairing) == 0:
		return p.notPaired(ws)
	case !c.Primed && c.Before:
		return p.refuse(CodeNotPrimed, "H9", ws,
			fmt.Sprintf("phone %s was paired with %s again, which took its PINs; one online login brings new ones", p.Site.Name(), ws),
			"offauth device tap "+ws)
	case !c.Primed:
		return p.refuse(CodeNotPrimed, "H9", ws,
			fmt.Sprintf("phone %s has never logged in to %s online, so it has no offline PIN", p.Site.Name(), ws), "offauth device tap "+ws)
	case c.Offline != offlineOn:
		return c.standing.refusal(p.Host, ws, fmt.Sprintf("the last online login of phone %s to %s", p.Site.Name(), ws), false)
	case c.Set == nil && c.Number == 0:
		return p.refuse(CodeNotPrimed, "H9", ws,
			fmt.Sprintf("phone %s logged in to %s online, but the PIN set never reached it", p.Site.Name(), ws), "offauth device tap "+ws)
	case c.Set == nil:
		return p.refuse(CodeNotPrimed, "H9", ws,
			fmt.Sprintf("the PINs that phone %s had for %s were deleted; one online login brings new ones", p.Site.Name(), ws), "offauth device tap "+ws)
	}
	return nil
}

// patienceOver ends a waiting tap by its timer (H15).
func (p Phone) patienceOver(ws string) error {
	c, secret, err := p.load(ws)
	if err != nil || !c.waiting() {
		return err
	}
	err = p.offerOrRefuse(ws, c, secret, ReasonUnreachable, "H15")
	if refusal, ok := authn.AsRefusal(err); ok {
		p.Emit(authn.Event{Kind: EventTapUnanswered, Subject: ws, Result: string(refusal.Code), Rule: refusal.Rule,
			Fields: map[string]any{"workstation": ws, "reason": string(refusal.Code)}})
		return nil
	}
	return err
}

// TapState tells how the newest tap on a workstation stands.
func (p Phone) TapState(ws string) (TapResult, *authn.Pending, error) {
	s, _, err := p.self()
	if err != nil {
		return TapResult{}, nil, err
	}
	c, _, err := p.load(ws)
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
	return r, p.pending(ws, c), nil
}

// pending describes a tap that waits, or is nil.
func (p Phone) pending(ws string, c computer) *authn.Pending {
	if !c.waiting() {
		return nil
	}
	return &authn.Pending{
		ID: c.Tap.ID, Verb: Tap{}.Verb(), Since: c.Tap.Since, Until: c.Tap.Since.Add(Patience),
		Waiting: ws + " does not answer",
	}
}
