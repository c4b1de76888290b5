// Package encap has what must always hold of the sessions and methods of encap.
package encap

import (
	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/encap"
	"github.com/offauth/offauth/scenarios/invariant"
)

// Family returns the invariants of the family, with the book that they judge by.
func Family() invariant.Family {
	return invariant.Family{
		Name: authn.FamilyEncap,
		Frees: []authn.Kind{
			encap.EventLocksCleared, encap.EventSessionStarted, encap.EventSessionApproved, encap.EventCodeGiven,
			encap.EventMethodAdded, encap.EventDeviceAuthenticated, encap.EventPasscodeEntered, encap.EventActivated,
		},
		Offline: func(a authn.Action) bool {
			switch a.(type) {
			case encap.Scan, encap.Approve, encap.Passcode:
				return true
			}
			return false
		},
		Timed: []authn.Kind{encap.EventSessionExpired},
		Open: func(common *invariant.Book) invariant.Part {
			b := newBook(common)
			return invariant.Part{Checks: b.checks(), Begin: b.begin, Enter: b.enter, End: b.end}
		},
	}
}

// checks returns the invariants of sessions.
func (b *book) checks() []invariant.Check {
	c := invariant.NewCheck
	return []invariant.Check{
		c("no_code_accepted_twice", "a one-time password is accepted once, online and offline together", b.approvedTwice,
			b.toldTwice, "E30", "A2").Wants(encap.CodeSessionClosed),
		c("nothing_at_or_after_expiry",
			"nothing is accepted or shown at or after the end of the set, the data or the session that it is of",
			b.sessionAtExpiry, nil, "E29", "E17").Wants(encap.CodeSessionExpired),
		c("clock_back_revives_nothing", "what was expired or used stays so, however the clock is set", b.sessionRevived, nil,
			"A8").Wants(encap.CodeSessionExpired),
		c("context_bound", "a code that was made for one context and session is accepted for no other", b.otherSession, nil,
			"E22", "E32").Wants(encap.CodeWrongCode),
		c("only_issued_is_accepted", "what is accepted was given to that user, on that phone, for that place", b.otherPIN,
			nil, "E24", "E9").Wants(encap.CodeWrongCode),
		c("session_once", "a session ends approved, expired, superseded or closed: one of them, once", b.endedTwice, nil,
			"E30", "E32").Wants(encap.CodeSessionClosed).Ends(b.sessionsAtEnd),
		c("not_before_priming", "nothing is accepted offline before the first online success", b.methodUnprimed, nil, "E5",
			"E1"),
		c("lock_exactly_at_n",
			"the n-th wrong try in a row locks, not the one before and not the one after, and a success ends the count",
			b.failureCount, b.failureLock, "E26", "E25", "E27").Ends(b.locksAtEnd),
		c("locked_means_locked", "between a lock and its end nothing is accepted, and no try is judged, in its scope",
			b.judgedWhileLocked, nil, "E27").Wants(encap.CodeMethodLocked),
		c("right_credential_accepted", "a right, unused and unexpired PIN or code, typed in the right place, is taken",
			b.rightCode, nil, "E21", "E8"),
		c("server_needed", "what needs the server is never accepted across a cut link, and what is offline makes no call",
			b.encapAcrossCut, nil, "E19").Wants(encap.CodeServerUnreachable),
	}
}

// approvedTwice holds the session's word.
func (b *book) approvedTwice(e authn.Event) *invariant.Broken {
	if s := b.ofSession(e); e.Kind == encap.EventSessionApproved && s != nil && s.end == "approved" {
		return invariant.Brokenf("the session was approved again")
	}
	return nil
}

// toldTwice holds the provider's: a verdict whose answer was lost is told
// again, one that was heard is not.
func (b *book) toldTwice() *invariant.Broken {
	a, ok := b.Seen.Action.(encap.Verify)
	if !ok || !b.Accepted() {
		return nil
	}
	if r, ok := b.Seen.Outcome.Result.(encap.VerifyResult); ok {
		a.Session = r.Session
	}
	s := b.sessions[a.Session]
	switch {
	case s == nil:
		return invariant.Brokenf("a code was accepted for a session that nobody started")
	case s.end != "approved":
		return invariant.Brokenf("a code was accepted for a session that was not approved")
	case s.told > 1:
		return invariant.Brokenf("a code was accepted %d times for one session", s.told)
	}
	return nil
}

func (b *book) sessionAtExpiry(e authn.Event) *invariant.Broken {
	s := b.ofSession(e)
	if s == nil {
		return nil
	}
	now := b.At(e.Site, e.At)
	if (e.Kind == encap.EventSessionApproved || e.Kind == encap.EventCodeGiven ||
		e.Kind == encap.EventOperationStarted) && !now.Before(s.expires) {
		return invariant.Brokenf("%s at %s, %s after the session's expiry", e.Kind, e.Site, now.Sub(s.expires))
	}
	return nil
}

func (b *book) sessionRevived(e authn.Event) *invariant.Broken {
	s := b.ofSession(e)
	if s == nil || !b.At(e.Site, e.At).Before(s.expires) {
		return nil
	}
	if e.Kind == encap.EventSessionApproved && s.over {
		return invariant.Brokenf("a session was approved that had expired before the clock went back")
	}
	return nil
}

// otherSession holds that the code that was typed is one that the phone told
// for this very session.
func (b *book) otherSession(e authn.Event) *invariant.Broken {
	s := b.ofSession(e)
	if e.Kind != encap.EventSessionApproved || s == nil {
		return nil
	}
	if a, ok := b.Seen.Action.(encap.Verify); !ok || a.Provider != s.provider {
		return invariant.Brokenf("a session of %s was approved elsewhere", s.provider)
	}
	for _, c := range s.codes {
		if c.text == b.typed {
			return nil
		}
	}
	return invariant.Brokenf("a session of %s was approved by a code that %s did not give for it", s.provider, s.phone)
}

// otherPIN holds that a code stands for the PIN that the server has (E24).
func (b *book) otherPIN(e authn.Event) *invariant.Broken {
	s := b.ofSession(e)
	if e.Kind != encap.EventSessionApproved || s == nil || s.method != string(encap.OfflinePIN) {
		return nil
	}
	given := false
	for _, c := range s.codes {
		if c.text != b.typed {
			continue
		}
		given = true
		if c.pin == b.pins[scope{s.phone, s.method}] {
			return nil
		}
	}
	if !given {
		return nil // context_bound says so
	}
	return invariant.Brokenf("a code was accepted that %s made with a wrong PIN", s.phone)
}

// endedTwice holds the ends of sessions. One that expired is closed once its
// expiry was told.
func (b *book) endedTwice(e authn.Event) *invariant.Broken {
	s := b.ofSession(e)
	switch e.Kind {
	case encap.EventSessionStarted:
		if open := b.open[e.Text("phone")]; open != "" {
			return invariant.Brokenf("%s has two sessions that are open", e.Text("phone"))
		}
		if s != nil {
			return invariant.Brokenf("two sessions have one name")
		}
		return nil
	case authn.EventRefused:
		if s != nil && s.end == "" && !s.over && b.At(authn.SiteServer, e.At).Before(s.expires) && !b.Damaged() &&
			e.Site == authn.Provider(s.provider) && invariant.RefusedBy(e, encap.Verify{}.Verb(),
			encap.CodeSessionExpired, encap.CodeSessionClosed, encap.CodeSessionSuperseded) {
			return invariant.Brokenf("a code was refused (%s), and the session is open", e.Result)
		}
		return nil
	case encap.EventSessionApproved, encap.EventSessionSuperseded, encap.EventSessionExpired:
	case encap.EventSessionClosed:
		if s != nil && s.end == "expired" && e.Text("reason") == "expired" {
			return nil
		}
	default:
		return nil
	}
	if s == nil {
		return invariant.Brokenf("%s of a session that nobody started", e.Kind)
	}
	if s.end != "" {
		return invariant.Brokenf("%s of a session that was %s before", e.Kind, s.end).Wants(map[string]authn.Code{
			"superseded": encap.CodeSessionSuperseded, "expired": encap.CodeSessionExpired}[s.end])
	}
	return nil
}

// methodUnprimed holds that a method is added under an online authentication,
// one for each, and used only once it is there (E4, E5).
func (b *book) methodUnprimed(e authn.Event) *invariant.Broken {
	s := scopeOf(e)
	switch e.Kind {
	case encap.EventMethodAdded:
		g := b.grants[s.phone]
		switch {
		case g == nil:
			return invariant.Brokenf("%s added %s without an online authentication", s.phone, s.method)
		case g.over || b.At(e.Site, e.At).Sub(g.since) >= grantLife:
			return invariant.Brokenf("%s added %s later than %s after its online authentication", s.phone, s.method, grantLife)
		case g.spent != "" && g.spent != s.method:
			return invariant.Brokenf("%s added %s and %s under one online authentication", s.phone, g.spent, s.method)
		}
	case encap.EventSessionStarted:
		if !b.methods[s] {
			return invariant.Brokenf("a session of %s was started, which %s never added", s.method, s.phone)
		}
	case encap.EventCodeGiven:
		if b.reading[s.phone] != e.Text("session") {
			return invariant.Brokenf("%s gave a code for a session that it had not scanned", s.phone)
		}
	}
	return nil
}
