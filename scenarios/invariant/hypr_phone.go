package invariant

import (
	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/hypr"
)

// enterPhone enters what a phone shows and waits for.
func (b *hyprBook) enterPhone(e authn.Event) {
	if e.Site.Role() != authn.RolePhone {
		return
	}
	p := pair{e.Site.Name(), e.Subject}
	switch e.Kind {
	case hypr.EventPINShown:
		k := keyOf(e)
		shown := e
		b.shown = &shown
		b.keepScreen(p.phone)
		b.screens[p.phone] = &screen{setKey: k, since: b.at(e.Site, e.At), pin: b.told}
		if s := b.sets[k]; s != nil {
			s.shown++
		}
		if b.told != "" {
			b.cards[b.told] = append(b.cards[b.told], &card{setKey: k, user: b.owner[p.phone]})
		}
	case hypr.EventPINHidden:
		b.keepScreen(p.phone)
		delete(b.screens, p.phone)
	case hypr.EventTapped:
		if _, waits := b.taps[p]; !waits { // else it is the same tap, impatiently (H47)
			b.taps[p] = b.at(e.Site, e.At)
		}
		b.tapNumbers[p] = number(e, "tap")
	case hypr.EventPINOffered, hypr.EventTapUnanswered, hypr.EventTapCancelled:
		delete(b.taps, p)
	}
}

// keepScreen remembers what was visible before the Action.
func (b *hyprBook) keepScreen(phone string) {
	if s := b.screens[phone]; s != nil && !b.wasVisible {
		b.was, b.wasVisible = *s, true
	}
}

// endHYPR takes what the Action gave, and marks the sets whose expiry is
// reached on either clock: no clock that is set back later takes that away.
func (b *hyprBook) endHYPR() {
	b.endTap()
	if a, ok := b.seen.Action.(hypr.Pair); ok {
		delete(b.passkey, pair{a.Phone, a.Workstation})
		if b.accepted() {
			b.passkey[pair{a.Phone, a.Workstation}] = a.Passkey
		}
	}
	if a, ok := b.seen.Action.(hypr.Unlock); ok && b.accepted() && b.told != "" {
		b.endUnlock(a)
	}
	for k, s := range b.sets {
		if !s.over && !b.now(authn.Workstation(k.ws)).Before(s.expires) {
			s.over = true
		}
		if !s.overOnPhone && !b.now(authn.Phone(k.phone)).Before(s.expires) {
			s.overOnPhone = true
		}
	}
}

// endTap ends the taps that were answered, where the phone has heard it.
func (b *hyprBook) endTap() {
	for _, p := range b.answered {
		if b.damaged[message{"unlock_result", authn.Workstation(p.ws), authn.Phone(p.phone)}] == (damage{}) {
			delete(b.taps, p)
		}
	}
}

// endUnlock learns the PIN of a screen that was lit by an Action of which
// nothing was told.
func (b *hyprBook) endUnlock(a hypr.Unlock) {
	s := b.screens[a.Phone]
	if s == nil || s.ws != a.Workstation || s.pin != "" {
		return
	}
	s.pin = b.told
	b.cards[b.told] = append(b.cards[b.told], &card{setKey: s.setKey, user: b.owner[a.Phone]})
}
