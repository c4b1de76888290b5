package invariant

import (
	"fmt"
	"slices"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/hypr"
)

// patience is how long a tap waits for an answer (H15).
const patience = 5 * time.Second

// warned holds H28 to H30 after each spend.
func warned(b *book) string {
	if b.shown == nil {
		return ""
	}
	s := b.sets[keyOf(*b.shown)]
	if s == nil {
		return ""
	}
	left := s.count - s.shown
	low, none := left > 0 && left*100 < s.threshold*s.count, left == 0
	if (b.kinds[hypr.EventPINsLow] > 0) != low {
		return fmt.Sprintf("%d of %d PINs are left, the threshold is %d %%, and the warning came: %v", left, s.count, s.threshold, !low)
	}
	if (b.kinds[hypr.EventPINsExhausted] > 0) != none {
		return fmt.Sprintf("%d of %d PINs are left, and the phone said that none is: %v", left, s.count, !none)
	}
	for _, e := range b.seen.Outcome.Events {
		if e.Kind == hypr.EventPINsLow && whole(e, "left") != left {
			return fmt.Sprintf("the warning says %d where %d are left", whole(e, "left"), left)
		}
	}
	return ""
}

// offered holds when a phone offers its PINs, and why (H15 to H17).
func offered(b *book, e authn.Event) string {
	if e.Kind != hypr.EventPINOffered {
		return ""
	}
	p := pair{e.Site.Name(), e.Subject}
	since, waits := b.taps[p]
	if !waits {
		return fmt.Sprintf("%s offers a PIN for %s, and no tap waits", e.Site, p.ws)
	}
	after := b.at(e.Site, e.At).Sub(since)
	switch text(e, "reason") {
	case hypr.ReasonUnreachable:
		if after < patience {
			return fmt.Sprintf("%s offers a PIN %s after the tap", e.Site, after)
		}
	case hypr.ReasonPhoneOffline:
		if b.links[e.Site] != authn.Down {
			return fmt.Sprintf("%s says that it is offline, and it is not", e.Site)
		}
	case hypr.ReasonAsked:
		if a, ok := b.seen.Action.(hypr.Tap); !ok || !a.Long || b.links[e.Site] == authn.Down {
			return fmt.Sprintf("%s offers a PIN as if asked for one", e.Site)
		}
	default:
		return fmt.Sprintf("%s offers a PIN for no reason that there is", e.Site)
	}
	return ""
}

// overdue holds the other side of H15: after 5 s a tap waits no more.
func overdue(b *book) string {
	late := ""
	for p, since := range b.taps {
		if after := b.now(authn.Phone(p.phone)).Sub(since); after >= patience {
			late = smallest(late, fmt.Sprintf("%s waits for %s, %s after the tap", p.phone, p.ws, after))
		}
	}
	return late
}

// hidden holds that a PIN is not wiped for its age before its time.
func hidden(b *book, e authn.Event) string {
	s := b.screens[e.Site.Name()]
	if e.Kind != hypr.EventPINHidden || text(e, "reason") != "timeout" || s == nil || b.sets[s.setKey] == nil {
		return ""
	}
	set := b.sets[s.setKey]
	now := b.at(e.Site, e.At)
	if now.Sub(s.since) < set.display && now.Before(set.expires) {
		return fmt.Sprintf("%s wiped a PIN after %s, and the display timeout is %s", e.Site, now.Sub(s.since), set.display)
	}
	return ""
}

// litTooLong holds that a PIN is gone in time.
func litTooLong(b *book) string {
	late := ""
	for phone, s := range b.screens {
		set := b.sets[s.setKey]
		if set == nil {
			continue
		}
		now := b.now(authn.Phone(phone))
		if shown := now.Sub(s.since); shown >= set.display || !now.Before(set.expires) {
			late = smallest(late, fmt.Sprintf("%s has shown a PIN for %s, the display timeout is %s, its set expires in %s", phone, shown, set.display, set.expires.Sub(now)))
		}
	}
	return late
}

// smallest returns one of two sentences, always the same.
func smallest(a, b string) string {
	if a == "" {
		return b
	}
	return slices.Min([]string{a, b})
}

// samePIN holds H19.
func samePIN(b *book) string {
	a, ok := b.seen.Action.(hypr.Unlock)
	r, told := b.seen.Outcome.Result.(hypr.UnlockResult)
	if !ok || !told || !b.accepted() {
		return ""
	}
	before := b.screens[a.Phone]
	if b.shown != nil {
		before = nil
		if b.lit && b.was.ws == a.Workstation && !b.timedOut() {
			return fmt.Sprintf("%s showed another PIN for %s while one was visible", a.Phone, a.Workstation)
		}
	}
	if r.Same != (b.shown == nil) {
		return fmt.Sprintf("%s says that the PIN is the same: %v, and a PIN was spent: %v", a.Phone, r.Same, b.shown != nil)
	}
	if a.Next && r.Same {
		return fmt.Sprintf("%s was asked for the next PIN and gave the visible one", a.Phone)
	}
	if b.shown != nil {
		if n := len(b.again(keyOf(*b.shown))); n > 1 {
			return fmt.Sprintf("%s showed a PIN of set %d as a new one %d times", a.Phone, keyOf(*b.shown).number, n)
		}
		return ""
	}
	if before == nil || before.ws != a.Workstation {
		return fmt.Sprintf("%s gave a PIN for %s as the visible one, and none was", a.Phone, a.Workstation)
	}
	if before.pin != "" && before.pin != b.told {
		return fmt.Sprintf("%s gave another PIN for %s as the one that is visible", a.Phone, a.Workstation)
	}
	return ""
}

// timedOut reports whether a PIN was wiped in this Action because its time was
// over.
func (b *book) timedOut() bool {
	for _, e := range b.seen.Outcome.Events {
		if e.Kind == hypr.EventPINHidden && text(e, "reason") != "another_computer" {
			return true
		}
	}
	return false
}

// again returns how often the PIN that was just told was shown from a set.
func (b *book) again(k setKey) []*card {
	var same []*card
	for _, c := range b.cards[b.told] {
		if c.setKey == k {
			same = append(same, c)
		}
	}
	return same
}

// acrossCut holds that nothing online happens without the links for it.
func acrossCut(b *book, e authn.Event) string {
	phone, ws := text(e, "phone"), e.Site
	switch {
	case e.Kind == hypr.EventUnlocked && text(e, "mode") == "bluetooth":
		if !b.up(authn.Bluetooth(phone, ws.Name())) {
			return fmt.Sprintf("%s unlocked %s over a Bluetooth link that is down", phone, ws)
		}
	case e.Kind == hypr.EventUnlocked && text(e, "mode") == "online", e.Kind == hypr.EventOnlineAuthenticated, e.Kind == hypr.EventPINsIssued:
		if !b.up(authn.SiteServer, authn.Phone(phone), ws) {
			return fmt.Sprintf("%s at %s for %s across a cut link", e.Kind, ws, phone)
		}
	case e.Kind == hypr.EventPINsStored:
		if !b.up(e.Site, authn.Workstation(e.Subject)) {
			return fmt.Sprintf("%s took a PIN set across a cut link", e.Site)
		}
	}
	return ""
}
