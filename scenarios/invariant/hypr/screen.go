package hypr

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/hypr"
	"github.com/offauth/offauth/scenarios/invariant"
)

// tapTimeout is how long a tap waits for an answer (H15).
const tapTimeout = 5 * time.Second

// warned holds H28 to H30 after each spend.
func (b *book) warned() *invariant.Broken {
	if b.shown == nil {
		return nil
	}
	s := b.sets[keyOf(*b.shown)]
	if s == nil {
		return nil
	}
	left := s.count - s.shown
	low, none := left > 0 && left*100 < s.threshold*s.count, left == 0
	if (b.Kinds[hypr.EventPINsLow] > 0) != low {
		return invariant.Brokenf("%d of %d PINs are left, the threshold is %d %%, and the warning came: %v",
			left, s.count, s.threshold, !low).About(hypr.EventPINsLow)
	}
	if (b.Kinds[hypr.EventPINsExhausted] > 0) != none {
		return invariant.Brokenf("%d of %d PINs are left, and the phone said that none is: %v",
			left, s.count, !none).About(hypr.EventPINsExhausted)
	}
	for _, e := range b.Seen.Outcome.Events {
		if e.Kind == hypr.EventPINsLow && e.Number("left") != left {
			return invariant.Brokenf("the warning says %d where %d are left", e.Number("left"), left)
		}
	}
	return nil
}

// offered holds when a phone offers its PINs, and why (H15 to H17).
func (b *book) offered(e authn.Event) *invariant.Broken {
	if e.Kind != hypr.EventPINOffered {
		return nil
	}
	p := pair{e.Site.Name(), e.Subject}
	since, waits := b.taps[p]
	if !waits {
		return invariant.Brokenf("%s offers a PIN for %s, and no tap waits", e.Site, p.ws)
	}
	after := b.At(e.Site, e.At).Sub(since)
	switch e.Text("reason") {
	case hypr.ReasonUnreachable:
		if after < tapTimeout {
			return invariant.Brokenf("%s offers a PIN %s after the tap", e.Site, after)
		}
	case hypr.ReasonPhoneOffline:
		if b.Links[e.Site] != authn.Down {
			return invariant.Brokenf("%s says that it is offline, and it is not", e.Site)
		}
	case hypr.ReasonAsked:
		if a, ok := b.Seen.Action.(hypr.Tap); !ok || !a.Long || b.Links[e.Site] == authn.Down {
			return invariant.Brokenf("%s offers a PIN as if asked for one", e.Site)
		}
	default:
		return invariant.Brokenf("%s offers a PIN for no reason that there is", e.Site)
	}
	return nil
}

// overdue holds the other side of H15: after 5 s a tap waits no more.
func (b *book) overdue() *invariant.Broken {
	compare := func(a, b pair) int { return cmp.Or(cmp.Compare(a.phone, b.phone), cmp.Compare(a.ws, b.ws)) }
	for _, p := range slices.SortedFunc(maps.Keys(b.taps), compare) {
		if after := b.Now(authn.Phone(p.phone)).Sub(b.taps[p]); after >= tapTimeout {
			return invariant.Brokenf("%s waits for %s, %s after the tap", p.phone, p.ws, after)
		}
	}
	return nil
}

// hidden holds that a PIN is not wiped for its age before its time.
func (b *book) hidden(e authn.Event) *invariant.Broken {
	s := b.screens[e.Site.Name()]
	if e.Kind != hypr.EventPINHidden || e.Text("reason") != "timeout" || s == nil || b.sets[s.setKey] == nil {
		return nil
	}
	set := b.sets[s.setKey]
	now := b.At(e.Site, e.At)
	if now.Sub(s.since) < set.display && now.Before(set.expires) {
		return invariant.Brokenf("%s wiped a PIN after %s, and the display timeout is %s",
			e.Site, now.Sub(s.since), set.display)
	}
	return nil
}

// visibleTooLong holds that a PIN is gone in time.
func (b *book) visibleTooLong() *invariant.Broken {
	for _, phone := range slices.Sorted(maps.Keys(b.screens)) {
		s := b.screens[phone]
		set := b.sets[s.setKey]
		if set == nil {
			continue
		}
		now := b.Now(authn.Phone(phone))
		if shown := now.Sub(s.since); shown >= set.display || !now.Before(set.expires) {
			return invariant.Brokenf("%s has shown a PIN for %s, the display timeout is %s, its set expires in %s",
				phone, shown, set.display, set.expires.Sub(now))
		}
	}
	return nil
}

// samePIN holds H19.
func (b *book) samePIN() *invariant.Broken {
	a, ok := b.Seen.Action.(hypr.Unlock)
	r, told := b.Seen.Outcome.Result.(hypr.UnlockResult)
	if !ok || !told || !b.Accepted() {
		return nil
	}
	before := b.screens[a.Phone]
	if b.shown != nil {
		before = nil
		if b.wasVisible && b.was.ws == a.Workstation && !timedOut(b.Seen.Outcome.Events) {
			return invariant.Brokenf("%s showed another PIN for %s while one was visible", a.Phone, a.Workstation)
		}
	}
	if r.Same != (b.shown == nil) {
		return invariant.Brokenf("%s says that the PIN is the same: %v, and a PIN was spent: %v",
			a.Phone, r.Same, b.shown != nil)
	}
	if a.Next && r.Same {
		return invariant.Brokenf("%s was asked for the next PIN and gave the visible one", a.Phone)
	}
	if b.shown != nil {
		if n := countFrom(b.cards[b.told], keyOf(*b.shown)); n > 1 {
			return invariant.Brokenf("%s showed a PIN of set %d as a new one %d times", a.Phone, keyOf(*b.shown).number, n)
		}
		return nil
	}
	if before == nil || before.ws != a.Workstation {
		return invariant.Brokenf("%s gave a PIN for %s as the visible one, and none was", a.Phone, a.Workstation)
	}
	if before.pin != "" && before.pin != b.told {
		return invariant.Brokenf("%s gave another PIN for %s as the one that is visible", a.Phone, a.Workstation)
	}
	return nil
}

// timedOut reports whether a PIN was wiped because its time was over.
func timedOut(events []authn.Event) bool {
	for _, e := range events {
		if e.Kind == hypr.EventPINHidden && e.Text("reason") != "another_computer" {
			return true
		}
	}
	return false
}

// countFrom counts the cards that are from a set.
func countFrom(cards []*card, k setKey) int {
	n := 0
	for _, c := range cards {
		if c.setKey == k {
			n++
		}
	}
	return n
}

// acrossCut holds that nothing online happens without the links for it.
func (b *book) acrossCut(e authn.Event) *invariant.Broken {
	phone, ws := e.Text("phone"), e.Site
	switch {
	case e.Kind == hypr.EventUnlocked && e.Text("mode") == hypr.ModeBluetooth:
		if !b.Up(authn.Bluetooth(phone, ws.Name())) {
			return invariant.Brokenf("%s unlocked %s over a Bluetooth link that is down", phone, ws)
		}
	case e.Kind == hypr.EventUnlocked && e.Text("mode") == hypr.ModeOnline, e.Kind == hypr.EventOnlineAuthenticated,
		e.Kind == hypr.EventPINsIssued:
		if !b.Up(authn.SiteServer, authn.Phone(phone), ws) {
			return invariant.Brokenf("%s at %s for %s across a cut link", e.Kind, ws, phone)
		}
	case e.Kind == hypr.EventPINsStored:
		if !b.Up(e.Site, authn.Workstation(e.Subject)) {
			return invariant.Brokenf("%s took a PIN set across a cut link", e.Site)
		}
	}
	return nil
}
