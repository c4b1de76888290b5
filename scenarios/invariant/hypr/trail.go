package hypr

import (
	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/hypr"
	"github.com/offauth/offauth/scenarios/invariant"
)

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

// trail has the events of each site that the audit trail is still to have.
type trail map[authn.Site][]authn.Event

// enter enters an event of a site, or of the audit trail.
func (t trail) enter(e authn.Event) {
	if e.Kind == hypr.EventAudited {
		if waits := t[authn.Site(e.Text("from"))]; len(waits) > 0 {
			t[authn.Site(e.Text("from"))] = waits[1:]
		}
	}
	if onTrail(e) {
		t[e.Site] = append(t[e.Site], e)
	}
}

// auditedOnce holds the trail against the events of the sites.
func (t trail) auditedOnce(e authn.Event) *invariant.Broken {
	if e.Kind != hypr.EventAudited {
		return nil
	}
	from := authn.Site(e.Text("from"))
	if len(t[from]) == 0 {
		return invariant.Brokenf("the trail has an event %d of %s, which has none that is still to be told",
			e.Number("number"), from)
	}
	next := t[from][0]
	if int64(next.Seq) != e.Number("number") || string(next.Kind) != e.Text("event") || next.Subject != e.Subject ||
		next.Result != e.Result {
		return invariant.Brokenf("the trail has event %d (%s) of %s, and next was event %d (%s)", e.Number("number"),
			e.Text("event"), from, next.Seq, next.Kind)
	}
	return nil
}
