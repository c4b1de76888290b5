package invariant

import (
	"strings"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/encap"
	"github.com/offauth/offauth/authn/hypr"
	"github.com/offauth/offauth/authn/onespan"
)

// commonChecks are those that are about any family.
func commonChecks() []check {
	return []check{
		{Invariant: Invariant{ID: "no_secret_outside", Rules: []authn.RuleID{"A9", "A15"},
			Sentence: "no PIN, code or key text stands in an event, a refusal or a warning"}, event: leakInEvent,
			after: leakInRefusal},
		{Invariant: Invariant{ID: "counters_monotonic", Rules: []authn.RuleID{"A15", "A6"},
			Sentence: "counters and numbers never go down"}, event: numberedWithoutGap},
		{Invariant: Invariant{ID: "refusal_frees_nothing", Rules: []authn.RuleID{"H25", "H24", "E31"},
			Sentence: "a refusal frees, restores and issues nothing"}, after: freedByRefusal},
		{Invariant: Invariant{ID: "server_needed", Rules: []authn.RuleID{"H46", "E19"},
			Sentence: "what needs the server is never accepted across a cut link, and what is offline makes no call"},
			event: callOffline},
		{Invariant: Invariant{ID: "events_delivered_once", Rules: []authn.RuleID{"H41"}, Family: authn.FamilyHYPR,
			Sentence: "events that happen offline arrive at the audit trail once and in order"}, event: auditedOnce},
	}
}

// numberedWithoutGap holds the numbers of the log.
func numberedWithoutGap(b *book, e authn.Event) *Broken {
	if e.Seq != b.seq+1 {
		return brokenf("event %d (%s) follows on event %d", e.Seq, e.Kind, b.seq)
	}
	return nil
}

// freedByRefusal looks for what a refused Action must not bring about. Where
// no answer came, it may be done all the same: the answer was lost.
func freedByRefusal(b *book) *Broken {
	r := b.seen.Refusal
	if r == nil || strings.HasSuffix(string(r.Code), "_unreachable") {
		return nil
	}
	for _, kind := range []authn.Kind{
		hypr.EventUnlocked, hypr.EventPINsIssued, hypr.EventPINsStored, hypr.EventPINShown, hypr.EventPaired,
		hypr.EventDirectoryUnlocked, encap.EventLocksCleared,
		encap.EventSessionStarted, encap.EventSessionApproved, encap.EventCodeGiven, encap.EventMethodAdded,
		encap.EventDeviceAuthenticated, encap.EventPasscodeEntered, encap.EventActivated, authn.EventPolicySet,
		onespan.EventDataIssued, onespan.EventDataRenewed, onespan.EventAuthenticatorResynced,
	} {
		if b.kinds[kind] > 0 {
			return brokenf("%s was refused (%s) and left %s", b.seen.Action.Verb(), r.Code, kind)
		}
	}
	return nil
}

// callOffline holds what is done without the network: nothing of it reaches
// another site.
func callOffline(b *book, e authn.Event) *Broken {
	switch b.seen.Action.(type) {
	case hypr.Unlock, hypr.Hide, authn.Cancel, authn.Lock, hypr.Login, encap.Scan, encap.Approve, encap.Passcode,
		onespan.OTP:
	default:
		return nil
	}
	if e.Site == authn.SiteServer && e.Kind != encap.EventSessionExpired || e.Kind == authn.EventFaultStruck {
		return brokenf("%s left %s at %s", b.seen.Action.Verb(), e.Kind, e.Site)
	}
	return nil
}

// onTrail are the kinds of events that go to the audit trail (H41).
func onTrail(e authn.Event) bool {
	if role := e.Site.Role(); role != authn.RolePhone && role != authn.RoleWorkstation {
		return false
	}
	switch e.Kind {
	case authn.EventRefused: // of this family: a phone may have the apps of several
		return e.Rule == "" || e.Rule[0] == 'H' || e.Rule[0] == 'A'
	case hypr.EventPaired, hypr.EventUnpaired, hypr.EventOnlineAuthenticated, hypr.EventUnlocked, hypr.EventPINsIssued,
		hypr.EventPINsStored, hypr.EventPINsConfirmed, hypr.EventPINsDeleted,
		hypr.EventPINsExpired, hypr.EventPINShown, hypr.EventPINsLow, hypr.EventPINsExhausted, hypr.EventDirectoryLocked:
		return true
	}
	return false
}

// enterTrail keeps what the trail is still to have of each site.
func (b *common) enterTrail(e authn.Event) {
	if e.Kind == hypr.EventAudited {
		if waits := b.unaudited[authn.Site(text(e, "from"))]; len(waits) > 0 {
			b.unaudited[authn.Site(text(e, "from"))] = waits[1:]
		}
	}
	if onTrail(e) {
		b.unaudited[e.Site] = append(b.unaudited[e.Site], e)
	}
}

// auditedOnce holds the trail against the events of the sites.
func auditedOnce(b *book, e authn.Event) *Broken {
	if e.Kind != hypr.EventAudited {
		return nil
	}
	from := authn.Site(text(e, "from"))
	if len(b.unaudited[from]) == 0 {
		return brokenf("the trail has an event %d of %s, which has none that is still to be told", number(e, "number"), from)
	}
	next := b.unaudited[from][0]
	if int64(next.Seq) != number(e, "number") || string(next.Kind) != text(e, "event") || next.Subject != e.Subject ||
		next.Result != e.Result {
		return brokenf("the trail has event %d (%s) of %s, and next was event %d (%s)", number(e, "number"),
			text(e, "event"), from, next.Seq, next.Kind)
	}
	return nil
}
