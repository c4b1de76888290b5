package encap

import (
	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/encap"
	"github.com/offauth/offauth/scenarios/invariant"
)

// failureCount holds the count of wrong tries: one more each time, from 1
// after a success or an unlock.
func (b *book) failureCount(e authn.Event) *invariant.Broken {
	if e.Kind != encap.EventFailureCounted || e.Text("phone") == "" { // those of onespan have none
		return nil
	}
	s := scopeOf(e)
	if want := b.wrong[s] + 1; e.Number("failures") != want {
		return invariant.Brokenf("%d failures of %s with %s are counted, and there were %d",
			e.Number("failures"), s.phone, s.method, want)
	}
	if want := b.Setting(encap.KeyMaxFailures, 3); e.Number("allowed") != want {
		return invariant.Brokenf("%d failures are allowed, and the policy says %d", e.Number("allowed"), want)
	}
	return nil
}

// failureLock holds that the last one that is allowed locks, in the scope
// that the policy says, and no other does.
func (b *book) failureLock() *invariant.Broken {
	must := 0
	for _, e := range b.counted {
		s := scopeOf(e)
		if e.Number("failures") < b.Setting(encap.KeyMaxFailures, 3) {
			continue
		}
		must++
		if b.Policy[encap.KeyLockScope] == "device" {
			s.method = ""
		}
		if !b.locked[s] {
			kind := encap.EventMethodLocked
			if s.method == "" {
				kind = encap.EventDeviceLocked
			}
			return invariant.Brokenf("%s is not locked (%s) after %d failures with %s",
				s.phone, s.method, e.Number("failures"), e.Text("method")).About(kind)
		}
	}
	if b.locks != must {
		return invariant.Brokenf("there were %d locks, and failures for %d", b.locks, must).About(encap.EventMethodLocked)
	}
	return nil
}

// judgedWhileLocked holds what a lock is for.
func (b *book) judgedWhileLocked(e authn.Event) *invariant.Broken {
	s := scopeOf(e)
	switch e.Kind {
	case encap.EventSessionApproved, encap.EventDeviceAuthenticated, encap.EventFailureCounted:
		if b.isLocked(s) {
			return invariant.Brokenf("%s of %s with %s, which is locked", e.Kind, s.phone, s.method)
		}
	case encap.EventMethodAdded:
		if b.locked[scope{phone: s.phone}] {
			return invariant.Brokenf("%s added %s, and it is locked", s.phone, s.method)
		}
	}
	return nil
}

// encapAcrossCut holds that nothing online happens without the links for it.
func (b *book) encapAcrossCut(e authn.Event) *invariant.Broken {
	if e.Site != authn.SiteServer {
		return nil
	}
	with := authn.Phone(e.Text("phone"))
	switch e.Kind {
	case encap.EventSessionStarted, encap.EventSessionApproved, encap.EventSessionSuperseded:
		with = authn.Provider(e.Text("provider"))
		if e.Kind == encap.EventSessionSuperseded { // by a session that another may have started
			with = authn.SiteServer
		}
	case encap.EventDeviceAuthenticated, encap.EventMethodAdded, encap.EventRegistrationMade:
	default:
		return nil
	}
	if !b.Up(authn.SiteServer, with) {
		return invariant.Brokenf("%s for %s across a cut link", e.Kind, with)
	}
	return nil
}

// sessionsAtEnd compares the sessions of the world with the book.
func (b *book) sessionsAtEnd() *invariant.Broken {
	world, broken := b.Look()
	if world == nil {
		return broken
	}
	for _, p := range world.Providers {
		for _, shown := range p.Sessions {
			s := b.sessions[shown.ID]
			if s == nil {
				continue
			}
			if shown.State == "open" && s.end != "" || (shown.State == "approved") != (s.end == "approved") {
				return invariant.Brokenf("a session of %s is %s, and was %s before", p.Name, shown.State, s.end)
			}
		}
	}
	return nil
}

// locksAtEnd compares the counts and locks of methods with the book.
func (b *book) locksAtEnd() *invariant.Broken {
	world, broken := b.Look()
	if world == nil {
		return broken
	}
	for _, u := range world.Users {
		for _, l := range u.Locks {
			s := scope{l.Phone, l.Method}
			if l.Locked != b.locked[s] || l.Method != "" && int64(l.Failures) != b.wrong[s] {
				return invariant.Brokenf("%s with %s has %d failures, locked %v; there were %d",
					l.Phone, l.Method, l.Failures, l.Locked, b.wrong[s])
			}
		}
	}
	return nil
}
