package invariant

import (
	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/encap"
)

// encapChecks are those of sessions.
func encapChecks() []check {
	c := func(id, sentence string, event func(*book, authn.Event) *Broken, after func(*book) *Broken,
		rules ...authn.RuleID) check {
		return check{Invariant: Invariant{ID: id, Sentence: sentence, Rules: rules, Family: authn.FamilyEncap},
			event: event, after: after}
	}
	return []check{
		c("no_code_accepted_twice", "a one-time password is accepted once, online and offline together", approvedTwice,
			toldTwice, "E30", "A2").wants(encap.CodeSessionClosed),
		c("nothing_at_or_after_expiry",
			"nothing is accepted or shown at or after the end of the set, the data or the session that it is of",
			sessionAtExpiry, nil, "E29", "E17").wants(encap.CodeSessionExpired),
		c("clock_back_revives_nothing", "what was expired or used stays so, however the clock is set", sessionRevived, nil,
			"A8").wants(encap.CodeSessionExpired),
		c("context_bound", "a code that was made for one context and session is accepted for no other", otherSession, nil,
			"E22", "E32").wants(encap.CodeWrongCode),
		c("only_issued_is_accepted", "what is accepted was given to that user, on that phone, for that place", otherPIN,
			nil, "E24", "E9").wants(encap.CodeWrongCode),
		c("session_once", "a session ends approved, expired, superseded or closed: one of them, once", endedTwice, nil,
			"E30", "E32").wants(encap.CodeSessionClosed).ends(sessionsAtEnd),
		c("not_before_priming", "nothing is accepted offline before the first online success", methodUnprimed, nil, "E5",
			"E1"),
		c("lock_exactly_at_n",
			"the n-th wrong try in a row locks, not the one before and not the one after, and a success ends the count",
			failureCount, failureLock, "E26", "E25", "E27").ends(locksAtEnd),
		c("locked_means_locked", "between a lock and its end nothing is accepted, and no try is judged, in its scope",
			judgedWhileLocked, nil, "E27").wants(encap.CodeMethodLocked),
		c("right_credential_accepted", rightSentence, rightCode, nil, "E21", "E8"),
		c("server_needed", "what needs the server is never accepted across a cut link, and what is offline makes no call",
			encapAcrossCut, nil, "E19").wants(encap.CodeServerUnreachable),
	}
}

// approvedTwice holds the session's word.
func approvedTwice(b *book, e authn.Event) *Broken {
	if s := b.ofSession(e); e.Kind == encap.EventSessionApproved && s != nil && s.end == "approved" {
		return brokenf("the session was approved again")
	}
	return nil
}

// toldTwice holds the provider's: a verdict whose answer was lost is told
// again, one that was heard is not.
func toldTwice(b *book) *Broken {
	a, ok := b.seen.Action.(encap.Verify)
	if !ok || !b.accepted() {
		return nil
	}
	if r, ok := b.seen.Outcome.Result.(encap.VerifyResult); ok {
		a.Session = r.Session
	}
	s := b.sessions[a.Session]
	switch {
	case s == nil:
		return brokenf("a code was accepted for a session that nobody started")
	case s.end != "approved":
		return brokenf("a code was accepted for a session that was not approved")
	case s.told > 1:
		return brokenf("a code was accepted %d times for one session", s.told)
	}
	return nil
}

func sessionAtExpiry(b *book, e authn.Event) *Broken {
	s := b.ofSession(e)
	if s == nil {
		return nil
	}
	now := b.at(e.Site, e.At)
	if (e.Kind == encap.EventSessionApproved || e.Kind == encap.EventCodeGiven ||
		e.Kind == encap.EventOperationStarted) && !now.Before(s.expires) {
		return brokenf("%s at %s, %s after the session's expiry", e.Kind, e.Site, now.Sub(s.expires))
	}
	return nil
}

func sessionRevived(b *book, e authn.Event) *Broken {
	s := b.ofSession(e)
	if s == nil || !b.at(e.Site, e.At).Before(s.expires) {
		return nil
	}
	if e.Kind == encap.EventSessionApproved && s.over {
		return brokenf("a session was approved that had expired before the clock went back")
	}
	return nil
}

// otherSession holds that the code that was typed is one that the phone told
// for this very session.
func otherSession(b *book, e authn.Event) *Broken {
	s := b.ofSession(e)
	if e.Kind != encap.EventSessionApproved || s == nil {
		return nil
	}
	if a, ok := b.seen.Action.(encap.Verify); !ok || a.Provider != s.provider {
		return brokenf("a session of %s was approved elsewhere", s.provider)
	}
	for _, c := range s.codes {
		if c.text == b.typed {
			return nil
		}
	}
	return brokenf("a session of %s was approved by a code that %s did not give for it", s.provider, s.phone)
}

// otherPIN holds that a code stands for the PIN that the server has (E24).
func otherPIN(b *book, e authn.Event) *Broken {
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
	return brokenf("a code was accepted that %s made with a wrong PIN", s.phone)
}

// endedTwice holds the ends of sessions. One that expired is closed once its
// expiry was told.
func endedTwice(b *book, e authn.Event) *Broken {
	s := b.ofSession(e)
	switch e.Kind {
	case encap.EventSessionStarted:
		if open := b.open[text(e, "phone")]; open != "" {
			return brokenf("%s has two sessions that are open", text(e, "phone"))
		}
		if s != nil {
			return brokenf("two sessions have one name")
		}
		return nil
	case authn.EventRefused:
		if s != nil && s.end == "" && !s.over && b.at(authn.SiteServer, e.At).Before(s.expires) && len(b.damaged) == 0 &&
			e.Site == authn.Provider(s.provider) && refusedBy(e, encap.Verify{}.Verb(),
			encap.CodeSessionExpired, encap.CodeSessionClosed, encap.CodeSessionSuperseded) {
			return brokenf("a code was refused (%s), and the session is open", e.Result)
		}
		return nil
	case encap.EventSessionApproved, encap.EventSessionSuperseded, encap.EventSessionExpired:
	case encap.EventSessionClosed:
		if s != nil && s.end == "expired" && text(e, "reason") == "expired" {
			return nil
		}
	default:
		return nil
	}
	if s == nil {
		return brokenf("%s of a session that nobody started", e.Kind)
	}
	if s.end != "" {
		return brokenf("%s of a session that was %s before", e.Kind, s.end).wants(map[string]authn.Code{
			"superseded": encap.CodeSessionSuperseded, "expired": encap.CodeSessionExpired}[s.end])
	}
	return nil
}

// methodUnprimed holds that a method is added under an online authentication,
// one for each, and used only once it is there (E4, E5).
func methodUnprimed(b *book, e authn.Event) *Broken {
	s := scopeOf(e)
	switch e.Kind {
	case encap.EventMethodAdded:
		g := b.grants[s.phone]
		switch {
		case g == nil:
			return brokenf("%s added %s without an online authentication", s.phone, s.method)
		case g.over || b.at(e.Site, e.At).Sub(g.since) >= grantLife:
			return brokenf("%s added %s later than %s after its online authentication", s.phone, s.method, grantLife)
		case g.spent != "" && g.spent != s.method:
			return brokenf("%s added %s and %s under one online authentication", s.phone, g.spent, s.method)
		}
	case encap.EventSessionStarted:
		if !b.methods[s] {
			return brokenf("a session of %s was started, which %s never added", s.method, s.phone)
		}
	case encap.EventCodeGiven:
		if b.reading[s.phone] != text(e, "session") {
			return brokenf("%s gave a code for a session that it had not scanned", s.phone)
		}
	}
	return nil
}
