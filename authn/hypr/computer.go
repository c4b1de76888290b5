package hypr

import (
	"fmt"

	"github.com/offauth/offauth/authn"
)

// computer is the phone's record of a workstation. Changes are stored by save.
type computer struct {
	authn.Host // the phone's
	ws         string
	computerRecord
	secret computerSecret
}

// computer loads the record of a workstation, which is empty if the phone does
// not know the workstation.
func (p Phone) computer(ws string) (*computer, error) {
	c := &computer{Host: p.Host, ws: ws}
	_, err := p.Shelf.Load(computers+ws, &c.computerRecord, &c.secret)
	if err == nil && c.Set != nil && c.Set.Left != len(c.secret.PINs) {
		err = authn.ErrDamaged
	}
	return c, err
}

// eachComputer calls do for every workstation that the phone knows, by name.
func (p Phone) eachComputer(do func(*computer) error) error {
	names, err := p.Shelf.Names(computers)
	if err != nil {
		return err
	}
	for _, name := range names {
		c, err := p.computer(name[len(computers):])
		if err != nil {
			return err
		}
		if err := do(c); err != nil {
			return err
		}
	}
	return nil
}

func (c *computer) save() error { return c.Shelf.Save(computers+c.ws, c.computerRecord, c.secret) }

func (c *computer) phone() Phone { return Phone{c.Host} }

// happened writes an event about the workstation.
func (c *computer) happened(kind authn.Kind, rule authn.RuleID, fields map[string]any) {
	c.Happened(kind, c.ws, rule, fields)
}

// refuse returns a refusal by the phone.
func (c *computer) refuse(code authn.Code, rule authn.RuleID, message string, hints ...string) *authn.Refusal {
	return &authn.Refusal{
		Code: code, Rule: rule, Site: c.Site, Subject: c.ws, Message: message, Hints: hints,
		Fields: map[string]any{"workstation": c.ws},
	}
}

// waiting reports whether a tap waits for an answer.
func (c *computer) waiting() bool { return c.Tap != nil && c.Tap.Outcome == TapWaiting }

// cancelTap ends a waiting tap.
func (c *computer) cancelTap(reason string, rule authn.RuleID) {
	c.StopTimer(TimerOffer, c.ws)
	c.Tap.Outcome, c.Tap.Reason = TapCancelled, reason
	c.happened(EventTapCancelled, rule, map[string]any{"workstation": c.ws, "reason": reason})
}

// endOffer removes an offer from the screen.
func (c *computer) endOffer() {
	if c.Offer != "" {
		c.StopTimer(TimerOfferEnd, c.ws)
		c.Offer = ""
	}
}

// withdraw ends an offer because its reason no longer applies, and saves.
func (c *computer) withdraw(reason string, rule authn.RuleID) error {
	c.endOffer()
	c.happened(EventOfferWithdrawn, rule, map[string]any{"workstation": c.ws, "reason": reason})
	return c.save()
}

// forgetSet deletes the set and wipes its PIN.
func (c *computer) forgetSet(reason string, rule authn.RuleID) error {
	if _, err := c.phone().wipe(c.ws, reason, rule); err != nil {
		return err
	}
	c.StopTimer(timerExpire, c.ws)
	c.happened(EventPINsDeleted, rule,
		map[string]any{"phone": c.Site.Name(), "number": int64(c.Set.Number), "reason": reason})
	c.Set, c.secret.PINs = nil, nil
	return nil
}

// noPIN returns the refusal if the phone has no PIN to show for the computer,
// or nil. A visible PIN can be shown again (H19).
func (c *computer) noPIN() (*authn.Refusal, error) {
	if refusal := c.noOfflinePIN(); refusal != nil {
		return refusal, nil
	}
	on, _, visible, err := c.phone().shown()
	if err != nil || visible && on.Workstation == c.ws {
		return nil, err
	}
	return c.noPINLeft(), nil
}

// notPaired returns the refusal of a phone without a pairing.
func (c *computer) notPaired() *authn.Refusal {
	return c.refuse(CodeNotPaired, "H9", fmt.Sprintf("phone %s is not paired with %s", c.Site.Name(), c.ws),
		"offauth device pair "+c.ws)
}

// noOfflinePIN returns the refusal if the app has no offline PIN control for
// the computer, or nil (H1, H9).
func (c *computer) noOfflinePIN() *authn.Refusal {
	notPrimed := func(format string) *authn.Refusal {
		return c.refuse(CodeNotPrimed, "H9", fmt.Sprintf(format, c.Site.Name(), c.ws), "offauth device tap "+c.ws)
	}
	switch {
	case len(c.Pairing) == 0:
		return c.notPaired()
	case !c.Primed && c.Before:
		return notPrimed("phone %s was paired with %s again, which took its PINs; one online login brings new ones")
	case !c.Primed:
		return notPrimed("phone %s has never logged in to %s online, so it has no offline PIN")
	case c.Offline != offlineOn:
		return c.offlineStatus.refusal(c.Host, c.ws,
			fmt.Sprintf("the last online login of phone %s to %s", c.Site.Name(), c.ws),
			false)
	case c.Set == nil && c.Number == 0:
		return notPrimed("phone %s logged in to %s online, but the PIN set never reached it")
	case c.Set == nil:
		return notPrimed("the PINs that phone %s had for %s were deleted; one online login brings new ones")
	}
	return nil
}

// noPINLeft returns the refusal if the set has no PIN to show, or nil (H30,
// H33).
func (c *computer) noPINLeft() *authn.Refusal {
	switch {
	case c.Set.Expired || !c.Env.Now().Before(c.Set.Expires):
		r := c.refuse(CodePINExpired, "H33", fmt.Sprintf("the PINs for %s expired at %s; one online login brings new ones",
			c.ws, c.Set.Expires.UTC().Format("2006-01-02 15:04:05Z")), "offauth device tap "+c.ws)
		r.Fields["phone"], r.Fields["number"] = c.Site.Name(), int64(c.Set.Number)
		return r
	case c.Set.Left == 0:
		r := c.refuse(CodeNoPINsLeft, "H30",
			fmt.Sprintf("all %d PINs for %s have been shown; one online login brings new ones", c.Set.Of, c.ws),
			"offauth device tap "+c.ws)
		r.Shown = shownNoneLeft
		return r
	}
	return nil
}

// via returns the reason why the phone shows a PIN.
func (c *computer) via() string {
	switch {
	case c.Uplink() == authn.Down:
		return ReasonPhoneOffline
	case c.Offer == ReasonUnreachable:
		return ReasonUnreachable
	}
	return ReasonAsked
}

// viaRule returns the rule of a reason.
func viaRule(via string) authn.RuleID {
	return map[string]authn.RuleID{ReasonPhoneOffline: "H16", ReasonUnreachable: "H15", ReasonAsked: "H17"}[via]
}

// show removes the next PIN from the set, shows it and saves.
func (c *computer) show() (screen, screenSecret, error) {
	now, via := c.Env.Now(), c.via()
	pin := screenSecret{PIN: c.secret.PINs[0]}
	c.secret.PINs = c.secret.PINs[1:]
	c.Set.Left = len(c.secret.PINs)
	on := screen{Workstation: c.ws, Via: via, Since: now, Until: now.Add(c.Set.Settings.display())}
	if c.Set.Expires.Before(on.Until) {
		on.Until = c.Set.Expires
	}
	if c.waiting() {
		c.cancelTap("pin_asked", viaRule(via))
	}
	c.endOffer()
	c.SetTimer(timerHide, c.ws, on.Until)
	if err := c.Shelf.Save(recordScreen, on, pin); err != nil {
		return on, pin, err
	}
	c.happened(EventPINShown, viaRule(via), map[string]any{
		"workstation": c.ws, "left": int64(c.Set.Left), "of": int64(c.Set.Of), "via": via, "number": int64(c.Set.Number),
	})
	c.warn()
	return on, pin, c.save()
}

// warn notifies the user after a PIN is spent if few or none are left (H28,
// H29).
func (c *computer) warn() {
	set, fields := c.Set, map[string]any{"workstation": c.ws, "of": int64(c.Set.Of)}
	switch {
	case set.Left == 0:
		c.happened(EventPINsExhausted, "H30", fields)
	case set.Settings.low(set.Left, set.Of):
		fields["left"] = int64(set.Left)
		c.happened(EventPINsLow, "H29", fields)
	}
}
