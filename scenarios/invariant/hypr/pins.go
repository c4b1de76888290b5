package hypr

import (
	"fmt"
	"maps"
	"slices"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/hypr"
	"github.com/offauth/offauth/scenarios/invariant"
)

// offline reports whether an event is a PIN that unlocked.
func offline(e authn.Event) bool {
	return e.Kind == hypr.EventUnlocked && e.Text("mode") == hypr.ModeOffline
}

// names a PIN without giving it.
func (c *card) String() string {
	return fmt.Sprintf("a PIN of set %d that %s showed for %s", c.number, c.phone, c.ws)
}

func (b *book) acceptedTwice(e authn.Event) *invariant.Broken {
	if !offline(e) {
		return nil
	}
	if c := b.card(e); c != nil && c.accepted {
		return invariant.Brokenf("%s unlocked it again", c)
	}
	return nil
}

// atExpiry holds H33 on both sides, each by its own clock.
func (b *book) atExpiry(e authn.Event) *invariant.Broken {
	now := b.At(e.Site, e.At)
	switch {
	case offline(e):
		c := b.card(e)
		if c == nil || b.sets[c.setKey] == nil {
			return nil
		}
		if s := b.sets[c.setKey]; !now.Before(s.expires) {
			return invariant.Brokenf("%s unlocked it %s after the set's expiry", c, now.Sub(s.expires))
		}
	case e.Kind == hypr.EventPINShown:
		if s := b.sets[keyOf(e)]; s != nil && !now.Before(s.expires) {
			return invariant.Brokenf("%s showed a PIN of set %d %s after the set's expiry",
				e.Site, keyOf(e).number, now.Sub(s.expires))
		}
	}
	return nil
}

// revived holds A8: an expiry that was reached once is for good.
func (b *book) revived(e authn.Event) *invariant.Broken {
	now := b.At(e.Site, e.At)
	switch {
	case offline(e):
		c := b.card(e)
		if c == nil || b.sets[c.setKey] == nil {
			return nil
		}
		if s := b.sets[c.setKey]; s.over && now.Before(s.expires) {
			return invariant.Brokenf("%s unlocked it after the set had expired and the clock went back", c)
		}
	case e.Kind == hypr.EventPINShown:
		if s := b.sets[keyOf(e)]; s != nil && s.overOnPhone && now.Before(s.expires) {
			return invariant.Brokenf("%s showed a PIN of set %d, which had expired before the clock went back",
				e.Site, keyOf(e).number)
		}
	}
	return nil
}

// visibleAfterClockBack holds the other half of A8: a clock that is set back hides a
// PIN and ends a tap that waits.
func (b *book) visibleAfterClockBack() *invariant.Broken {
	if !b.Back {
		return nil
	}
	if a, ok := b.Seen.Action.(authn.SkewClock); ok {
		return b.survivesClockBack(a.Site)
	}
	for _, phone := range slices.Sorted(maps.Keys(b.owner)) {
		if broken := b.survivesClockBack(authn.Phone(phone)); broken != nil {
			return broken
		}
	}
	return nil
}

func (b *book) survivesClockBack(site authn.Site) *invariant.Broken {
	if site.Role() != authn.RolePhone {
		return nil
	}
	if b.screens[site.Name()] != nil {
		return invariant.Brokenf("%s still shows a PIN after its clock went back", site).About(hypr.EventPINHidden)
	}
	for p := range b.taps {
		if p.phone == site.Name() {
			return invariant.Brokenf("%s still waits for an answer after its clock went back",
				site).About(hypr.EventTapCancelled)
		}
	}
	return nil
}

// oldSet holds that a set that was replaced, or deleted for any other reason,
// is of no use on the side that knows it.
func (b *book) oldSet(e authn.Event) *invariant.Broken {
	switch {
	case offline(e):
		c := b.card(e)
		if c == nil {
			return nil
		}
		if c.number < b.latest[c.pair] {
			return invariant.Brokenf("%s unlocked it after set %d was confirmed or used", c, b.latest[c.pair])
		}
		if s := b.sets[c.setKey]; s != nil && s.gone {
			return invariant.Brokenf("%s unlocked it after it had deleted the set", c)
		}
	case e.Kind == hypr.EventPINShown:
		if s := b.sets[keyOf(e)]; s != nil && s.goneOnPhone {
			return invariant.Brokenf("%s showed a PIN of set %d, which it had deleted", e.Site, keyOf(e).number).About(e.Kind)
		}
	}
	return nil
}

func (b *book) unprimed(e authn.Event) *invariant.Broken {
	var p pair
	switch {
	case offline(e):
		p = pair{e.Text("phone"), e.Site.Name()}
	case e.Kind == hypr.EventPINShown:
		p = pair{e.Site.Name(), e.Subject}
	default:
		return nil
	}
	if !b.primed[p] {
		return invariant.Brokenf("%s at %s before %s was online there", e.Kind, e.Site, p.phone)
	}
	return nil
}

// notIssued holds H12; a phone that the workstation knows is lost has no PINs
// either.
func (b *book) notIssued(e authn.Event) *invariant.Broken {
	p := pair{e.Text("phone"), e.Site.Name()}
	switch {
	case e.Kind == hypr.EventOnlineAuthenticated && b.revoked[p.phone]:
		return invariant.Brokenf("%s, which was replaced, logged in to %s online", p.phone, p.ws).About(e.Kind)
	case e.Kind == hypr.EventUnlocked && e.Text("mode") == hypr.ModeBluetooth:
		if has, known := b.passkey[p]; known && !has || b.lost[p] {
			return invariant.Brokenf("%s, which has no passkey for %s, unlocked it over Bluetooth", p.phone,
				p.ws).Wants(hypr.CodeNoPasskey)
		}
		return nil
	case !offline(e):
		return nil
	}
	if _, ok := b.Seen.Action.(hypr.Login); !ok {
		return invariant.Brokenf("%s unlocked offline by %s, with no PIN typed", e.Site, b.Seen.Action.Verb())
	}
	c := b.card(e)
	if c == nil {
		return invariant.Brokenf("%s took a PIN that %s never showed to %s for it",
			e.Site, e.Text("phone"), invariant.UserAt(e))
	}
	if b.lost[c.pair] {
		return invariant.Brokenf("%s unlocked it although it knows that the phone is lost", c)
	}
	return nil
}

// unlockedBefore holds that what is not locked is not unlocked offline.
func (b *book) unlockedBefore(e authn.Event) *invariant.Broken {
	if e.Kind != hypr.EventUnlocked || e.Text("phone") == "" || e.Text("mode") == hypr.ModeOnline ||
		!b.unlocked[e.Site.Name()] {
		return nil
	}
	return invariant.Brokenf("%s was unlocked (%s) and was not locked", e.Site, e.Text("mode"))
}

// deadToo holds that a workstation of which a user was told that it knows of a
// lost phone does.
func (b *book) deadToo() *invariant.Broken {
	r, ok := b.Seen.Outcome.Result.(authn.ReplaceResult)
	if !ok || !b.Accepted() {
		return nil
	}
	for _, ws := range r.Dead {
		if !b.lost[pair{r.Old, ws}] {
			return invariant.Brokenf("%s is said to know that %s was replaced, and does not", ws, r.Old)
		}
	}
	return nil
}

// numbersGoDown holds the numbers of sets and of taps.
func (b *book) numbersGoDown(e authn.Event) *invariant.Broken {
	switch e.Kind {
	case hypr.EventPINsIssued:
		if k := keyOf(e); k.number <= b.newest[k.pair] {
			return invariant.Brokenf("%s issued set %d after set %d", e.Site, k.number, b.newest[k.pair])
		}
	case hypr.EventPINsStored:
		if k := keyOf(e); k.number <= b.held[k.pair] {
			return invariant.Brokenf("%s took set %d after set %d", e.Site, k.number, b.held[k.pair])
		}
	case hypr.EventTapped:
		if p := (pair{e.Site.Name(), e.Subject}); e.Number("tap") <= b.tapNumbers[p] {
			return invariant.Brokenf("%s gave tap %d after tap %d", e.Site, e.Number("tap"), b.tapNumbers[p])
		}
	case authn.EventRefused:
		if guess(e) && e.Number("failures") <= b.triesOf(e).failures {
			return invariant.Brokenf("%s counts %d failures after %d", e.Site, e.Number("failures"), b.triesOf(e).failures)
		}
	}
	return nil
}

// replenished reports that a set was issued without an online success, or taken
// without being issued.
func (b *book) replenished(e authn.Event) *invariant.Broken {
	k := keyOf(e)
	switch e.Kind {
	case hypr.EventPINsIssued:
		if !b.online[k.pair] {
			return invariant.Brokenf("%s issued set %d without an online login of %s", e.Site, k.number, k.phone)
		}
		if on := b.Policy[hypr.KeyOffline]; on != "true" && on != "on" && on != "yes" {
			return invariant.Brokenf("%s issued set %d while Offline Mode is off", e.Site, k.number)
		}
		if want := b.Setting(hypr.KeyPINCount, 25); e.Number("count") != want {
			return invariant.Brokenf("%s issued %d PINs where the policy says %d", e.Site, e.Number("count"), want)
		}
		days, life := b.Setting(hypr.KeyDays, 30), e.Number("days")
		if days != life {
			return invariant.Brokenf("%s issued a set for %d days where the policy says %d", e.Site, life, days)
		}
	case hypr.EventPINsStored:
		if !b.issued[k] {
			return invariant.Brokenf("%s took set %d, which was not issued just then", e.Site, k.number)
		}
	}
	return nil
}
