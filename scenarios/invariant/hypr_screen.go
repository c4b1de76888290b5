package invariant

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/hypr"
)

// tapTimeout is how long a tap waits for an answer (H15).
const tapTimeout = 5 * time.Second

// warned holds H28 to H30 after each spend.
func warned(b *book) *Broken {
	if b.shown == nil {
		return nil
	}
	s := b.sets[keyOf(*b.shown)]
	if s == nil {
		return nil
	}
	left := s.count - s.shown
	low, none := left > 0 && left*100 < s.threshold*s.count, left == 0
	if (b.kinds[hypr.EventPINsLow] > 0) != low {
		return brokenf("%d of %d PINs are left, the threshold is %d %%, and the warning came: %v",
			left, s.count, s.threshold, !low).about(hypr.EventPINsLow)
	}
	if (b.kinds[hypr.EventPINsExhausted] > 0) != none {
		return brokenf("%d of %d PINs are left, and the phone said that none is: %v",
			left, s.count, !none).about(hypr.EventPINsExhausted)
	}
	for _, e := range b.seen.Outcome.Events {
		if e.Kind == hypr.EventPINsLow && number(e, "left") != left {
			return brokenf("the warning says %d where %d are left", number(e, "left"), left)
		}
	}
	return nil
}

// offered holds when a phone offers its PINs, and why (H15 to H17).
func offered(b *book, e authn.Event) *Broken {
	if e.Kind != hypr.EventPINOffered {
		return nil
	}
	p := pair{e.Site.Name(), e.Subject}
	since, waits := b.taps[p]
	if !waits {
		return brokenf("%s offers a PIN for %s, and no tap waits", e.Site, p.ws)
	}
	after := b.at(e.Site, e.At).Sub(since)
	switch text(e, "reason") {
	case hypr.ReasonUnreachable:
		if after < tapTimeout {
			return brokenf("%s offers a PIN %s after the tap", e.Site, after)
		}
	case hypr.ReasonPhoneOffline:
		if b.links[e.Site] != authn.Down {
			return brokenf("%s says that it is offline, and it is not", e.Site)
		}
	case hypr.ReasonAsked:
		if a, ok := b.seen.Action.(hypr.Tap); !ok || !a.Long || b.links[e.Site] == authn.Down {
			return brokenf("%s offers a PIN as if asked for one", e.Site)
		}
	default:
		return brokenf("%s offers a PIN for no reason that there is", e.Site)
	}
	return nil
}

// overdue holds the other side of H15: after 5 s a tap waits no more.
func overdue(b *book) *Broken {
	compare := func(a, b pair) int { return cmp.Or(cmp.Compare(a.phone, b.phone), cmp.Compare(a.ws, b.ws)) }
	for _, p := range slices.SortedFunc(maps.Keys(b.taps), compare) {
		if after := b.now(authn.Phone(p.phone)).Sub(b.taps[p]); after >= tapTimeout {
			return brokenf("%s waits for %s, %s after the tap", p.phone, p.ws, after)
		}
	}
	return nil
}

// hidden holds that a PIN is not wiped for its age before its time.
func hidden(b *book, e authn.Event) *Broken {
	s := b.screens[e.Site.Name()]
	if e.Kind != hypr.EventPINHidden || text(e, "reason") != "timeout" || s == nil || b.sets[s.setKey] == nil {
		return nil
	}
	set := b.sets[s.setKey]
	now := b.at(e.Site, e.At)
	if now.Sub(s.since) < set.display && now.Before(set.expires) {
		return brokenf("%s wiped a PIN after %s, and the display timeout is %s", e.Site, now.Sub(s.since), set.display)
	}
	return nil
}

// visibleTooLong holds that a PIN is gone in time.
func visibleTooLong(b *book) *Broken {
	for _, phone := range slices.Sorted(maps.Keys(b.screens)) {
		s := b.screens[phone]
		set := b.sets[s.setKey]
		if set == nil {
			continue
		}
		now := b.now(authn.Phone(phone))
		if shown := now.Sub(s.since); shown >= set.display || !now.Before(set.expires) {
			return brokenf("%s has shown a PIN for %s, the display timeout is %s, its set expires in %s",
				phone, shown, set.display, set.expires.Sub(now))
		}
	}
	return nil
}

// samePIN holds H19.
func samePIN(b *book) *Broken {
	a, ok := b.seen.Action.(hypr.Unlock)
	r, told := b.seen.Outcome.Result.(hypr.UnlockResult)
	if !ok || !told || !b.accepted() {
		return nil
	}
	before := b.screens[a.Phone]
	if b.shown != nil {
		before = nil
		if b.wasVisible && b.was.ws == a.Workstation && !b.timedOut() {
			return brokenf("%s showed another PIN for %s while one was visible", a.Phone, a.Workstation)
		}
	}
	if r.Same != (b.shown == nil) {
		return brokenf("%s says that the PIN is the same: %v, and a PIN was spent: %v", a.Phone, r.Same, b.shown != nil)
	}
	if a.Next && r.Same {
		return brokenf("%s was asked for the next PIN and gave the visible one", a.Phone)
	}
	if b.shown != nil {
		if n := len(b.shownFrom(keyOf(*b.shown))); n > 1 {
			return brokenf("%s showed a PIN of set %d as a new one %d times", a.Phone, keyOf(*b.shown).number, n)
		}
		return nil
	}
	if before == nil || before.ws != a.Workstation {
		return brokenf("%s gave a PIN for %s as the visible one, and none was", a.Phone, a.Workstation)
	}
	if before.pin != "" && before.pin != b.told {
		return brokenf("%s gave another PIN for %s as the one that is visible", a.Phone, a.Workstation)
	}
	return nil
}

// timedOut reports whether a PIN was wiped in this Action because its time was
// over.
func (b *hyprBook) timedOut() bool {
	for _, e := range b.seen.Outcome.Events {
		if e.Kind == hypr.EventPINHidden && text(e, "reason") != "another_computer" {
			return true
		}
	}
	return false
}

// shownFrom returns the cards of the PIN that was just told that are from a set.
func (b *hyprBook) shownFrom(k setKey) []*card {
	var same []*card
	for _, c := range b.cards[b.told] {
		if c.setKey == k {
			same = append(same, c)
		}
	}
	return same
}

// acrossCut holds that nothing online happens without the links for it.
func acrossCut(b *book, e authn.Event) *Broken {
	phone, ws := text(e, "phone"), e.Site
	switch {
	case e.Kind == hypr.EventUnlocked && text(e, "mode") == hypr.ModeBluetooth:
		if !b.up(authn.Bluetooth(phone, ws.Name())) {
			return brokenf("%s unlocked %s over a Bluetooth link that is down", phone, ws)
		}
	case e.Kind == hypr.EventUnlocked && text(e,
		"mode") == hypr.ModeOnline, e.Kind == hypr.EventOnlineAuthenticated, e.Kind == hypr.EventPINsIssued:
		if !b.up(authn.SiteServer, authn.Phone(phone), ws) {
			return brokenf("%s at %s for %s across a cut link", e.Kind, ws, phone)
		}
	case e.Kind == hypr.EventPINsStored:
		if !b.up(e.Site, authn.Workstation(e.Subject)) {
			return brokenf("%s took a PIN set across a cut link", e.Site)
		}
	}
	return nil
}
