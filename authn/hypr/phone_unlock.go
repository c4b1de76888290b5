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
	c, err := p.computer(ws)
	if err != nil {
		return UnlockResult{}, err
	}
	if refusal := c.noOfflinePIN(); refusal != nil {
		return UnlockResult{}, refusal
	}
	on, pin, lit, err := p.shown()
	if err != nil {
		return UnlockResult{}, err
	}
	visible := lit && on.Workstation == ws
	same := visible && !next
	if !same {
		if refusal := c.noPINLeft(); refusal != nil {
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

// HasPINs reports whether the phone could show a PIN for a workstation.
func (p Phone) HasPINs(ws string) (bool, error) {
	c, err := p.computer(ws)
	return err == nil && c.noOfflinePIN() == nil && c.noPINLeft() == nil, err
}

// ForgetSets deletes every set of the phone, and gives up what it waits for
// (A14).
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
