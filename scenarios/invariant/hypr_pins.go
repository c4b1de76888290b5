package invariant

import (
	"fmt"
	"maps"
	"slices"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/hypr"
)

// offline reports whether an event is a PIN that unlocked.
func offline(e authn.Event) bool {
	return e.Kind == hypr.EventUnlocked && text(e, "mode") == hypr.ModeOffline
}

// names a PIN without giving it.
func (c *card) String() string {
	return fmt.Sprintf("a PIN of set %d that %s showed for %s", c.number, c.phone, c.ws)
}

func acceptedTwice(b *book, e authn.Event) *Broken {
	if !offline(e) {
		return nil
	}
	if c := b.card(e); c != nil && c.accepted {
		return brokenf("%s unlocked it again", c)
	}
	return nil
}

// atExpiry holds H33 on both sides, each by its own clock.
func atExpiry(b *book, e authn.Event) *Broken {
	now := b.at(e.Site, e.At)
	switch {
	case offline(e):
		c := b.card(e)
		if c == nil || b.sets[c.setKey] == nil {
			return nil
		}
		if s := b.sets[c.setKey]; !now.Before(s.expires) {
			return brokenf("%s unlocked it %s after the set's expiry", c, now.Sub(s.expires))
		}
	case e.Kind == hypr.EventPINShown:
		if s := b.sets[keyOf(e)]; s != nil && !now.Before(s.expires) {
			return brokenf("%s showed a PIN of set %d %s after the set's expiry", e.Site, keyOf(e).number, now.Sub(s.expires))
		}
	}
	return nil
}

// revived holds A8: an expiry that was reached once is for good.
func revived(b *book, e authn.Event) *Broken {
	now := b.at(e.Site, e.At)
	switch {
	case offline(e):
		c := b.card(e)
		if c == nil || b.sets[c.setKey] == nil {
			return nil
		}
		if s := b.sets[c.setKey]; s.over && now.Before(s.expires) {
			return brokenf("%s unlocked it after the set had expired and the clock went back", c)
		}
	case e.Kind == hypr.EventPINShown:
		if s := b.sets[keyOf(e)]; s != nil && s.overOnPhone && now.Before(s.expires) {
			return brokenf("%s showed a PIN of set %d, which had expired before the clock went back", e.Site, keyOf(e).number)
		}
	}
	return nil
}

// visibleAfterClockBack holds the other half of A8: a clock that is set back hides a
// PIN and ends a tap that waits.
func visibleAfterClockBack(b *book) *Broken {
	if !b.back {
		return nil
	}
	if a, ok := b.seen.Action.(authn.SkewClock); ok {
		return b.survivesClockBack(a.Site)
	}
	for _, phone := range slices.Sorted(maps.Keys(b.owner)) {
		if broken := b.survivesClockBack(authn.Phone(phone)); broken != nil {
			return broken
		}
	}
	return nil
}

func (b *hyprBook) survivesClockBack(site authn.Site) *Broken {
	if site.Role() != authn.RolePhone {
		return nil
	}
	if b.screens[site.Name()] != nil {
		return brokenf("%s still shows a PIN after its clock went back", site).about(hypr.EventPINHidden)
	}
	for p := range b.taps {
		if p.phone == site.Name() {
			return brokenf("%s still waits for an answer after its clock went back", site).about(hypr.EventTapCancelled)
		}
	}
	return nil
}

// oldSet holds that a set that was replaced, or deleted for any other reason,
// is of no use on the side that knows it.
func oldSet(b *book, e authn.Event) *Broken {
	switch {
	case offline(e):
		c := b.card(e)
		if c == nil {
			return nil
		}
		if c.number < b.latest[c.pair] {
			return brokenf("%s unlocked it after set %d was confirmed or used", c, b.latest[c.pair])
		}
		if s := b.sets[c.setKey]; s != nil && s.gone {
			return brokenf("%s unlocked it after it had deleted the set", c)
		}
	case e.Kind == hypr.EventPINShown:
		if s := b.sets[keyOf(e)]; s != nil && s.goneOnPhone {
			return brokenf("%s showed a PIN of set %d, which it had deleted", e.Site, keyOf(e).number).about(e.Kind)
		}
	}
	return nil
}

func unprimed(b *book, e authn.Event) *Broken {
	var p pair
	switch {
	case offline(e):
		p = pair{text(e, "phone"), e.Site.Name()}
	case e.Kind == hypr.EventPINShown:
		p = pair{e.Site.Name(), e.Subject}
	default:
		return nil
	}
	if !b.primed[p] {
		return brokenf("%s at %s before %s was online there", e.Kind, e.Site, p.phone)
	}
	return nil
}

// notIssued holds H12; a phone that the workstation knows is lost has no PINs
// either.
func notIssued(b *book, e authn.Event) *Broken {
	p := pair{text(e, "phone"), e.Site.Name()}
	switch {
	case e.Kind == hypr.EventOnlineAuthenticated && b.revoked[p.phone]:
		return brokenf("%s, which was replaced, logged in to %s online", p.phone, p.ws).about(e.Kind)
	case e.Kind == hypr.EventUnlocked && text(e, "mode") == hypr.ModeBluetooth:
		if has, known := b.passkey[p]; known && !has || b.lost[p] {
			return brokenf("%s, which has no passkey for %s, unlocked it over Bluetooth", p.phone,
				p.ws).wants(hypr.CodeNoPasskey)
		}
		return nil
	case !offline(e):
		return nil
	}
	if _, ok := b.seen.Action.(hypr.Login); !ok {
		return brokenf("%s unlocked offline by %s, with no PIN typed", e.Site, b.seen.Action.Verb())
	}
	c := b.card(e)
	if c == nil {
		return brokenf("%s took a PIN that %s never showed to %s for it", e.Site, text(e, "phone"), userAt(e))
	}
	if b.lost[c.pair] {
		return brokenf("%s unlocked it although it knows that the phone is lost", c)
	}
	return nil
}

// unlockedBefore holds that what is not locked is not unlocked offline.
func unlockedBefore(b *book, e authn.Event) *Broken {
	if e.Kind != hypr.EventUnlocked || text(e, "phone") == "" || text(e, "mode") == hypr.ModeOnline ||
		!b.unlocked[e.Site.Name()] {
		return nil
	}
	return brokenf("%s was unlocked (%s) and was not locked", e.Site, text(e, "mode"))
}

// deadToo holds that a workstation of which a user was told that it knows of a
// lost phone does.
func deadToo(b *book) *Broken {
	r, ok := b.seen.Outcome.Result.(authn.ReplaceResult)
	if !ok || !b.accepted() {
		return nil
	}
	for _, ws := range r.Dead {
		if !b.lost[pair{r.Old, ws}] {
			return brokenf("%s is said to know that %s was replaced, and does not", ws, r.Old)
		}
	}
	return nil
}

// numbersGoDown holds the numbers of sets and of taps.
func numbersGoDown(b *book, e authn.Event) *Broken {
	switch e.Kind {
	case hypr.EventPINsIssued:
		if k := keyOf(e); k.number <= b.newest[k.pair] {
			return brokenf("%s issued set %d after set %d", e.Site, k.number, b.newest[k.pair])
		}
	case hypr.EventPINsStored:
		if k := keyOf(e); k.number <= b.held[k.pair] {
			return brokenf("%s took set %d after set %d", e.Site, k.number, b.held[k.pair])
		}
	case hypr.EventTapped:
		if p := (pair{e.Site.Name(), e.Subject}); number(e, "tap") <= b.tapNumbers[p] {
			return brokenf("%s gave tap %d after tap %d", e.Site, number(e, "tap"), b.tapNumbers[p])
		}
	case authn.EventRefused:
		if guess(e) && number(e, "failures") <= b.triesOf(e).failures {
			return brokenf("%s counts %d failures after %d", e.Site, number(e, "failures"), b.triesOf(e).failures)
		}
	}
	return nil
}

// replenished reports that a set was issued without an online success, or taken
// without being issued.
func replenished(b *book, e authn.Event) *Broken {
	k := keyOf(e)
	switch e.Kind {
	case hypr.EventPINsIssued:
		if !b.online[k.pair] {
			return brokenf("%s issued set %d without an online login of %s", e.Site, k.number, k.phone)
		}
		if on := b.policy[hypr.KeyOffline]; on != "true" && on != "on" && on != "yes" {
			return brokenf("%s issued set %d while Offline Mode is off", e.Site, k.number)
		}
		if want := b.setting(hypr.KeyPINCount, 25); number(e, "count") != want {
			return brokenf("%s issued %d PINs where the policy says %d", e.Site, number(e, "count"), want)
		}
		days, life := b.setting(hypr.KeyDays, 30), number(e, "days")
		if days != life {
			return brokenf("%s issued a set for %d days where the policy says %d", e.Site, life, days)
		}
	case hypr.EventPINsStored:
		if !b.issued[k] {
			return brokenf("%s took set %d, which was not issued just then", e.Site, k.number)
		}
	}
	return nil
}
