package hypr

import (
	"fmt"

	"github.com/offauth/offauth/authn"
)

// Unlock shows the next offline PIN and deletes it from the phone, because the
// phone cannot learn whether the workstation accepted it (H20). A visible PIN
// is shown again (H19), unless next is true: then it is replaced by the next
// one, if there is one.
func (p Phone) Unlock(ws string, next bool) (UnlockResult, error) {
	c, err := p.computer(ws)
	if err != nil {
		return UnlockResult{}, err
	}
	if refusal := c.noOfflinePIN(); refusal != nil {
		return UnlockResult{}, refusal
	}
	on, pin, showing, err := p.shown()
	if err != nil {
		return UnlockResult{}, err
	}
	visible := showing && on.Workstation == ws
	same := visible && !next
	if !same {
		if refusal := c.noPINLeft(); refusal != nil {
			return UnlockResult{}, refusal
		}
		if showing { // a phone has one screen
			reason, rule := "another_computer", authn.RuleID("H18")
			if visible {
				reason, rule = "asked", "H19"
			}
			if _, err := p.wipe("", reason, rule); err != nil {
				return UnlockResult{}, err
			}
		}
		if on, pin, err = c.show(); err != nil {
			return UnlockResult{}, err
		}
	}
	s, _, err := p.self()
	return UnlockResult{
		Phone: p.Site.Name(), Workstation: ws, User: s.User, PIN: authn.NewSecret(pin.PIN),
		Left: c.Set.Left, Of: c.Set.Of, Via: on.Via, Same: same, Low: c.Set.Settings.low(c.Set.Left, c.Set.Of),
		ShownAt: on.Since, HiddenAt: on.Until, ExpiresAt: c.Set.Expires,
	}, err
}

// Fire handles a due timer of the phone.
func (p Phone) Fire(t authn.Timer) error {
	switch t.Kind {
	case TimerOffer:
		return p.tapTimedOut(t.Subject)
	case timerHide:
		_, err := p.wipe(t.Subject, "timeout", "H18")
		return err
	case timerExpire, TimerOfferEnd: // an offer stands as long as its set
		return p.expire(t.Subject)
	}
	return fmt.Errorf("hypr: phone has no timer %q", t.Kind)
}

// expire deletes the PINs of a set, so that setting a clock back does not
// revive them (H33, A8).
func (p Phone) expire(ws string) error {
	c, err := p.computer(ws)
	if err != nil || c.Set == nil {
		return err
	}
	if _, err := p.wipe(ws, "expired", "H18"); err != nil {
		return err
	}
	c.happened(EventPINsExpired, "H33",
		map[string]any{"phone": p.Site.Name(), "number": int64(c.Set.Number), "left": int64(c.Set.Left)})
	c.endOffer()
	c.Set.Expired, c.Set.Left, c.secret.PINs = true, 0, nil
	return c.save()
}

// HasPINs reports whether the phone has a PIN to show for a workstation.
func (p Phone) HasPINs(ws string) (bool, error) {
	c, err := p.computer(ws)
	return err == nil && c.noOfflinePIN() == nil && c.noPINLeft() == nil, err
}

// ForgetSets deletes every set of the phone and cancels everything that it
// waits for (A14).
func (p Phone) ForgetSets(reason string, rule authn.RuleID) error {
	return p.eachComputer(func(c *computer) error {
		if c.waiting() {
			c.cancelTap(reason, rule)
		}
		c.endOffer()
		c.Expect, c.Call = 0, nil
		if c.Set != nil {
			if err := c.forgetSet(reason, rule); err != nil {
				return err
			}
		}
		return c.save()
	})
}
