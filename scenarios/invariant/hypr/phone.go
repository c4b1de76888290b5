package hypr

import (
	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/hypr"
)

// enterPhone enters what a phone shows and waits for.
func (b *book) enterPhone(e authn.Event) {
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
		b.screens[p.phone] = &screen{setKey: k, since: b.At(e.Site, e.At), pin: b.told}
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
			b.taps[p] = b.At(e.Site, e.At)
		}
		b.tapNumbers[p] = e.Number("tap")
	case hypr.EventPINOffered, hypr.EventTapUnanswered, hypr.EventTapCancelled:
		delete(b.taps, p)
	}
}

// keepScreen remembers what was visible before the Action.
func (b *book) keepScreen(phone string) {
	if s := b.screens[phone]; s != nil && !b.wasVisible {
		b.was, b.wasVisible = *s, true
	}
}

// end takes what the Action gave, and marks the sets whose expiry is
// reached on either clock: no clock that is set back later takes that away.
func (b *book) end() {
	for _, p := range b.answered { // the phone has heard of it, unless that was lost
		if b.Arrived("unlock_result", authn.Workstation(p.ws), authn.Phone(p.phone)) {
			delete(b.taps, p)
		}
	}
	if a, ok := b.Seen.Action.(hypr.Pair); ok {
		delete(b.passkey, pair{a.Phone, a.Workstation})
		if b.Accepted() {
			b.passkey[pair{a.Phone, a.Workstation}] = a.Passkey
		}
	}
	if a, ok := b.Seen.Action.(hypr.Unlock); ok && b.Accepted() && b.told != "" {
		b.endUnlock(a)
	}
	for k, s := range b.sets {
		if !s.over && !b.Now(authn.Workstation(k.ws)).Before(s.expires) {
			s.over = true
		}
		if !s.overOnPhone && !b.Now(authn.Phone(k.phone)).Before(s.expires) {
			s.overOnPhone = true
		}
	}
}

// endUnlock learns the PIN of a screen that was lit by an Action of which
// nothing was told.
func (b *book) endUnlock(a hypr.Unlock) {
	s := b.screens[a.Phone]
	if s == nil || s.ws != a.Workstation || s.pin != "" {
		return
	}
	s.pin = b.told
	b.cards[b.told] = append(b.cards[b.told], &card{setKey: s.setKey, user: b.owner[a.Phone]})
}
