package invariant

import (
	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/encap"
)

// failureCount holds the count of wrong tries: one more each time, from 1
// after a success or an unlock.
func failureCount(b *book, e authn.Event) *Broken {
	if e.Kind != encap.EventFailureCounted || text(e, "phone") == "" { // those of onespan have none
		return nil
	}
	s := scopeOf(e)
	if want := b.wrong[s] + 1; number(e, "failures") != want {
		return brokenf("%d failures of %s with %s are counted, and there were %d", number(e, "failures"), s.phone, s.method,
			want)
	}
	if want := b.setting(encap.KeyMaxFailures, 3); number(e, "allowed") != want {
		return brokenf("%d failures are allowed, and the policy says %d", number(e, "allowed"), want)
	}
	return nil
}

// failureLock holds that the last one that is allowed locks, in the scope
// that the policy says, and no other does.
func failureLock(b *book) *Broken {
	must := 0
	for _, e := range b.counted {
		s := scopeOf(e)
		if number(e, "failures") < b.setting(encap.KeyMaxFailures, 3) {
			continue
		}
		must++
		if b.policy[encap.KeyLockScope] == "device" {
			s.method = ""
		}
		if !b.locked[s] {
			kind := encap.EventMethodLocked
			if s.method == "" {
				kind = encap.EventDeviceLocked
			}
			return brokenf("%s is not locked (%s) after %d failures with %s",
				s.phone, s.method, number(e, "failures"), text(e, "method")).about(kind)
		}
	}
	if b.locks != must {
		return brokenf("there were %d locks, and failures for %d", b.locks, must).about(encap.EventMethodLocked)
	}
	return nil
}

// judgedWhileLocked holds what a lock is for.
func judgedWhileLocked(b *book, e authn.Event) *Broken {
	s := scopeOf(e)
	switch e.Kind {
	case encap.EventSessionApproved, encap.EventDeviceAuthenticated, encap.EventFailureCounted:
		if b.isLocked(s) {
			return brokenf("%s of %s with %s, which is locked", e.Kind, s.phone, s.method)
		}
	case encap.EventMethodAdded:
		if b.locked[scope{phone: s.phone}] {
			return brokenf("%s added %s, and it is locked", s.phone, s.method)
		}
	}
	return nil
}

// encapAcrossCut holds that nothing online happens without the links for it.
func encapAcrossCut(b *book, e authn.Event) *Broken {
	if e.Site != authn.SiteServer {
		return nil
	}
	with := authn.Phone(text(e, "phone"))
	switch e.Kind {
	case encap.EventSessionStarted, encap.EventSessionApproved, encap.EventSessionSuperseded:
		with = authn.Provider(text(e, "provider"))
		if e.Kind == encap.EventSessionSuperseded { // by a session that another may have started
			with = authn.SiteServer
		}
	case encap.EventDeviceAuthenticated, encap.EventMethodAdded, encap.EventRegistrationMade:
	default:
		return nil
	}
	if !b.up(authn.SiteServer, with) {
		return brokenf("%s for %s across a cut link", e.Kind, with)
	}
	return nil
}
