package hypr

import (
	"fmt"

	"github.com/offauth/offauth/authn"
)

// Unlock shows the next offline PIN and spends it on the phone, because the
// phone cannot learn whether the workstation took it (H20); or, while one is
// visible, that one again (H19). Next asks for the next one all the same: the
// visible one is hidden for it, and stays where there is no other.
func (p Phone) Unlock(ws string, next bool) (UnlockResult, error) {
	c, secret, err := p.load(ws)
	if err != nil {
		return UnlockResult{}, err
	}
	if refusal := p.noOfflinePIN(ws, c); refusal != nil {
		return UnlockResult{}, refusal
	}
	var on screen
	var pin screenSecret
	lit, err := p.Shelf.Load(recordScreen, &on, &pin)
	if err != nil {
		return UnlockResult{}, err
	}
	visible := lit && on.Workstation == ws
	same := visible && !next
	if !same {
		if refusal := p.noPINLeft(ws, c); refusal != nil {
			return UnlockResult{}, refusal
		}
		if lit { // a phone has one screen
			reason, rule := "another_computer", authn.RuleID("H18")
			if visible {
				reason, rule = "asked", "H19"
			}
			if _, err := p.wipe("", reason, rule); err != nil {
				return UnlockResult{}, err
			}
		}
		via := p.via(c)
		if on, pin, err = p.show(ws, &c, &secret, via); err != nil {
			return UnlockResult{}, err
		}
		return p.unlockResult(ws, c, on, pin, false)
	}
	return p.unlockResult(ws, c, on, pin, true)
}

// unlockResult puts together what the phone's screen says.
func (p Phone) unlockResult(ws string, c computer, on screen, pin screenSecret, same bool) (UnlockResult, error) {
	s, _, err := p.self()
	return UnlockResult{
		Phone: p.Site.Name(), Workstation: ws, User: s.User, PIN: authn.NewSecret(pin.PIN),
		Left: c.Set.Left, Of: c.Set.Of, Via: on.Via, Same: same, Low: c.Set.Settings.low(c.Set.Left, c.Set.Of),
		ShownAt: on.Since, HiddenAt: on.Until, ExpiresAt: c.Set.Expires,
	}, err
}

// noPINLeft says why the set gives no PIN, or nil (H30, H33).
func (p Phone) noPINLeft(ws string, c computer) *authn.Refusal {
	switch {
	case c.Set.Expired || !p.Env.Now().Before(c.Set.Expires):
		r := p.refuse(CodePINExpired, "H33", ws,
			fmt.Sprintf("the PINs for %s expired at %s; one online login brings new ones", ws, c.Set.Expires.UTC().Format("2006-01-02 15:04:05Z")),
			"offauth device tap "+ws)
		r.Fields["phone"], r.Fields["number"] = p.Site.Name(), int64(c.Set.Number)
		return r
	case c.Set.Left == 0:
		r := p.refuse(CodeNoPINsLeft, "H30", ws,
			fmt.Sprintf("all %d PINs for %s have been shown; one online login brings new ones", c.Set.Of, ws), "offauth device tap "+ws)
		r.Shown = shownNoneLeft
		return r
	}
	return nil
}

// via says which of the three ways led to the PIN.
func (p Phone) via(c computer) string {
	switch {
	case p.Uplink() == authn.Down:
		return ReasonPhoneOffline
	case c.Offer == ReasonUnreachable:
		return ReasonUnreachable
	}
	return ReasonAsked
}

// viaRule is the rule that opens each way.
func viaRule(via string) authn.RuleID {
	return map[string]authn.RuleID{ReasonPhoneOffline: "H16", ReasonUnreachable: "H15", ReasonAsked: "H17"}[via]
}

// show takes the next PIN off the set and lights the screen.
func (p Phone) show(ws string, c *computer, secret *computerSecret, via string) (screen, screenSecret, error) {
	now := p.Env.Now()
	pin := screenSecret{PIN: secret.PINs[0]}
	secret.PINs = secret.PINs[1:]
	c.Set.Left = len(secret.PINs)
	on := screen{Workstation: ws, Via: via, Since: now, Until: now.Add(c.Set.Settings.display())}
	if c.Set.Expires.Before(on.Until) {
		on.Until = c.Set.Expires
	}
	if c.waiting() {
		p.cancelTap(ws, c, "pin_asked", viaRule(via))
	}
	p.endOffer(ws, c)
	p.Wake(timerHide, ws, on.Until)
	if err := p.Shelf.Save(recordScreen, on, pin); err != nil {
		return on, pin, err
	}
	emit(p.Host, EventPINShown, ws, viaRule(via), map[string]any{
		"workstation": ws, "left": int64(c.Set.Left), "of": int64(c.Set.Of), "via": via, "number": int64(c.Set.Number),
	})
	p.warn(ws, *c.Set)
	return on, pin, p.save(ws, *c, *secret)
}

// warn tells the user that PINs run low or out, after each spend (H28, H29).
func (p Phone) warn(ws string, set heldSet) {
	fields := map[string]any{"workstation": ws, "of": int64(set.Of)}
	switch {
	case set.Left == 0:
		emit(p.Host, EventPINsExhausted, ws, "H30", fields)
	case set.Settings.low(set.Left, set.Of):
		fields["left"] = int64(set.Left)
		emit(p.Host, EventPINsLow, ws, "H29", fields)
	}
}

// Fire is what the phone does when one of its timers is due.
func (p Phone) Fire(t authn.Timer) error {
	switch t.Kind {
	case TimerOffer:
		return p.patienceOver(t.Subject)
	case timerHide:
		_, err := p.wipe(t.Subject, "timeout", "H18")
		return err
	case timerExpire, TimerStands: // an offer stands as long as its set
		return p.expire(t.Subject)
	}
	return fmt.Errorf("hypr: phone has no timer %q", t.Kind)
}

// expire ends a set: its PINs are deleted, so that no clock that is set back
// brings them back (H33, A8).
func (p Phone) expire(ws string) error {
	c, secret, err := p.load(ws)
	if err != nil || c.Set == nil {
		return err
	}
	if _, err := p.wipe(ws, "expired", "H18"); err != nil {
		return err
	}
	emit(p.Host, EventPINsExpired, ws, "H33", map[string]any{"phone": p.Site.Name(), "number": int64(c.Set.Number), "left": int64(c.Set.Left)})
	p.endOffer(ws, &c)
	c.Set.Expired, c.Set.Left, secret.PINs = true, 0, nil
	return p.save(ws, c, secret)
}

// HasPINs reports whether the phone could show a PIN for a workstation.
func (p Phone) HasPINs(ws string) (bool, error) {
	c, _, err := p.load(ws)
	return err == nil && p.noOfflinePIN(ws, c) == nil && p.noPINLeft(ws, c) == nil, err
}
