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
	if c.waiting() {
		p.cancelTap(ws, &c, "tapped_again", "H15")
	}
	c.Offer, c.Expect = "", 0
	c.Counter++
	c.Tap = &tapState{ID: tapID(p.Site.Name(), ws, c.Counter), Since: p.Env.Now(), Outcome: TapWaiting}
	emit(p.Host, kindTapped, ws, "", map[string]any{"workstation": ws, "tap": int64(c.Counter)})
	if p.Uplink() == authn.Down {
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

// tapID names a tap for World.Look.
func tapID(phone, ws string, counter uint64) string {
	return fmt.Sprintf("%s/%s/%d", phone, ws, counter)
}

// TapEnd says how a tap ended that left an event of a kind; false for kinds
// that end none.
func TapEnd(kind authn.Kind) (outcome string, ends bool) {
	switch kind {
	case kindOffered:
		return TapOffer, true
	case kindUnanswered:
		return TapUnanswered, true
	case kindTapCancelled:
		return TapCancelled, true
	}
	return "", false
}

// Retry asks again for every tap that waits, as the app does when the
// network changes.
func (p Phone) Retry() error {
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
		if !c.waiting() {
			continue
		}
		c.Expect = 0
		c.Counter++
		if err := p.save(ws, c, secret); err != nil {
			return err
		}
		if err := p.ask(ws, c); err != nil {
			return err
		}
	}
	return nil
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
// the offline PIN, or with the reason why there is none (H9, H1).
func (p Phone) offerOrRefuse(ws string, c computer, secret computerSecret, reason string, rule authn.RuleID) error {
	refusal := p.noOfflinePIN(ws, c)
	if refusal == nil {
		c.Offer, c.Tap.Outcome, c.Tap.Reason = reason, TapOffer, reason
		emit(p.Host, kindOffered, ws, rule, map[string]any{"workstation": ws, "reason": reason})
		return p.save(ws, c, secret)
	}
	c.Tap.Outcome, c.Tap.Reason = TapUnanswered, string(refusal.Code)
	if err := p.save(ws, c, secret); err != nil {
		return err
	}
	return refusal
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
	case !c.Primed:
		return p.refuse(CodeNotPrimed, "H9", ws,
			fmt.Sprintf("phone %s has never logged in to %s online, so it has no offline PIN", p.Site.Name(), ws), "offauth device tap "+ws)
	case c.Offline != offlineOn:
		return c.Offline.refusal(p.Host, ws, fmt.Sprintf("when phone %s last logged in to %s online", p.Site.Name(), ws), false)
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
		p.Emit(authn.Event{Kind: kindUnanswered, Subject: ws, Result: string(refusal.Code), Rule: refusal.Rule,
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
		r.Left, r.Of, r.ExpiresAt = c.Set.Left, c.Set.Of, c.Set.Expires
	}
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
