package hypr

import (
	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/hypr"
	"github.com/offauth/offauth/scenarios/invariant"
)

// leftGrows compares what is left of a set with what was left of it before.
func (b *book) leftGrows(e authn.Event) *invariant.Broken {
	left := e.Number("left")
	switch {
	case offline(e):
		if c := b.card(e); c != nil && b.sets[c.setKey] != nil && left > b.sets[c.setKey].count-b.sets[c.setKey].used {
			return invariant.Brokenf("%s keeps %d PINs of set %d, which had %d before", e.Site, left, c.number,
				b.sets[c.setKey].count-b.sets[c.setKey].used)
		}
	case e.Kind == hypr.EventPINShown:
		k := keyOf(e)
		if k.number < b.held[k.pair] {
			return invariant.Brokenf("%s showed a PIN of set %d after it took set %d", e.Site, k.number, b.held[k.pair])
		}
		if s := b.sets[k]; s != nil && left > s.count-s.shown {
			return invariant.Brokenf("%s has %d PINs of set %d, which had %d before", e.Site, left, k.number, s.count-s.shown)
		}
	}
	return nil
}

// balance holds both sides' counts exactly.
func (b *book) balance(e authn.Event) *invariant.Broken {
	left := e.Number("left")
	switch {
	case offline(e):
		c := b.card(e)
		if c == nil || b.sets[c.setKey] == nil || c.accepted {
			return nil
		}
		s := b.sets[c.setKey]
		if left != s.count-s.used-1 {
			return invariant.Brokenf("%s keeps %d of %d PINs of set %d after %d were used",
				e.Site, left, s.count, c.number, s.used+1)
		}
		if s.used+1 > s.shown {
			return invariant.Brokenf("%d PINs of set %d were used and %d shown", s.used+1, c.number, s.shown)
		}
	case e.Kind == hypr.EventPINShown:
		s := b.sets[keyOf(e)]
		if s == nil {
			return invariant.Brokenf("%s showed a PIN of set %d, which nobody issued", e.Site, keyOf(e).number)
		}
		if left != s.count-s.shown-1 || e.Number("of") != s.count {
			return invariant.Brokenf("%s has %d of %d PINs of set %d after %d were shown", e.Site, left, e.Number("of"),
				keyOf(e).number, s.shown+1)
		}
	}
	return nil
}

// comparesCounts compares what both sides have with the book.
func (b *book) comparesCounts() *invariant.Broken {
	world, broken := b.Look()
	if world == nil {
		return broken
	}
	for _, p := range world.Phones {
		for _, c := range p.Computers {
			if c.Set == nil || c.Set.Expired {
				continue
			}
			k := setKey{pair{p.Name, c.Workstation}, int64(c.Set.Number)}
			if s := b.sets[k]; s != nil && int64(c.Set.Left) != s.count-s.shown {
				return invariant.Brokenf("%s has %d of %d PINs of set %d for %s after %d were shown",
					p.Name, c.Set.Left, s.count, k.number, k.ws, s.shown)
			}
		}
	}
	for _, w := range world.Workstations {
		for _, a := range w.Accounts {
			if t := b.tries[desk{a.User, w.Name}]; t != nil && (int64(a.Failures) != t.failures || a.LockedOut != t.locked) {
				return invariant.Brokenf("%s counts %d wrong PINs of %s, locked out %v; there were %d", w.Name, a.Failures, a.User,
					a.LockedOut, t.failures)
			}
			for _, set := range a.Sets {
				k := setKey{pair{set.Phone, w.Name}, int64(set.Number)}
				if s := b.sets[k]; s != nil && int64(set.Left) != s.count-s.used {
					return invariant.Brokenf("%s keeps %d of %d PINs of set %d of %s after %d were used",
						w.Name, set.Left, s.count, k.number, k.phone, s.used)
				}
			}
		}
	}
	return nil
}

// spentByRefusal holds H25, of which no event tells: it looks.
func (b *book) spentByRefusal() *invariant.Broken {
	if _, ok := b.Seen.Action.(hypr.Login); !ok || b.Seen.Refusal == nil {
		return nil
	}
	for _, kind := range []authn.Kind{hypr.EventPINShown, hypr.EventPINsDeleted, hypr.EventPINsExpired} {
		if b.Kinds[kind] > 0 {
			return invariant.Brokenf("a refused PIN (%s) left %s", b.Seen.Refusal.Code, kind)
		}
	}
	return b.comparesCounts()
}

// lockCount holds the count of wrong PINs, and the lock that the last one
// brings about (H27).
func (b *book) lockCount() *invariant.Broken {
	if r, ok := b.Seen.Outcome.Result.(authn.UnlockUserResult); ok {
		for _, ws := range r.Reached {
			if t := b.tries[desk{r.User, ws}]; t != nil && (t.failures > 0 || t.locked) {
				return invariant.Brokenf("%s is said to have heard that %s is unlocked, and has not", ws, r.User)
			}
		}
	}
	for _, e := range b.Seen.Outcome.Events {
		if !guess(e) {
			continue
		}
		t := b.triesOf(e)
		if e.Number("failures") != t.failures {
			return invariant.Brokenf("%s counts %d wrong PINs of %s, and there were %d", e.Site, e.Number("failures"), e.Subject,
				t.failures)
		}
		if must, is := t.limit > 0 && t.failures == t.limit, b.Kinds[hypr.EventDirectoryLocked] > 0; must != is {
			return invariant.Brokenf("%s after %d of %d wrong PINs: locked out just now is %v", e.Site, t.failures, t.limit, is)
		}
		return nil
	}
	if b.Kinds[hypr.EventDirectoryLocked] > 0 {
		return invariant.Brokenf("a user was locked out without a wrong PIN")
	}
	return nil
}

// whileLocked holds what a lock-out is for.
func (b *book) whileLocked(e authn.Event) *invariant.Broken {
	mode := e.Text("mode")
	if (e.Kind != hypr.EventUnlocked || mode != hypr.ModeOffline && mode != hypr.ModeBluetooth) && !guess(e) {
		return nil
	}
	d := desk{invariant.UserAt(e), e.Site.Name()}
	t := b.tries[d]
	if t == nil || !t.locked {
		return nil
	}
	if e.Kind == authn.EventRefused {
		// The event of the very PIN that locked comes after that of the lock.
		if b.Kinds[hypr.EventDirectoryLocked] > 0 {
			return nil
		}
		return invariant.Brokenf("%s judged a PIN of %s, who is locked out", e.Site, d.user)
	}
	return invariant.Brokenf("%s let %s in (%s), who is locked out", e.Site, d.user, mode)
}
