package invariant

import (
	"fmt"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/onespan"
)

// otpCount holds the counts of wrong tries of either side: one more each time.
func otpCount(b *book, e authn.Event) string {
	if e.Kind != onespan.EventFailureCounted || text(e, "phone") != "" {
		return ""
	}
	want, allowed := b.accountOf(e.Subject).wrong+1, b.setting("onespan.user.lock_threshold", 3)
	if e.Site.Role() == authn.RoleWorkstation {
		want, allowed = b.dataOf(here(e)).wrong+1, b.limit(e.Site.Name())
	}
	if whole(e, "failures") != want {
		return fmt.Sprintf("%d failures of %s are counted at %s, and there were %d", whole(e, "failures"), e.Subject, e.Site, want)
	}
	if whole(e, "allowed") != allowed {
		return fmt.Sprintf("%d failures are allowed at %s, and the policy says %d", whole(e, "allowed"), e.Site, allowed)
	}
	return ""
}

// otpLock holds that the last one that is allowed locks, and no other does.
func otpLock(b *book) string {
	must := 0
	for _, e := range b.wrongHere {
		if whole(e, "failures") >= b.limit(e.Site.Name()) {
			must++
		}
	}
	if b.locksHere != must {
		return fmt.Sprintf("there were %d locks of offline data, and failures for %d", b.locksHere, must)
	}
	must = 0
	threshold := b.setting("onespan.user.lock_threshold", 3)
	for _, e := range b.wrongHome {
		if threshold > 0 && whole(e, "failures") >= threshold {
			must++
		}
	}
	if b.locksHome != must {
		return fmt.Sprintf("there were %d locks of the user, and failures for %d", b.locksHome, must)
	}
	return ""
}

// otpWhileLocked holds what a lock is for, at the server and here.
func otpWhileLocked(b *book, e authn.Event) string {
	atServer := e.Kind == onespan.EventOTPAccepted || e.Kind == onespan.EventFailureCounted && e.Site.Role() == authn.RoleServer && text(e, "phone") == ""
	if atServer && b.accountOf(e.Subject).locked {
		return fmt.Sprintf("%s of the user %s, who is locked", e.Kind, e.Subject)
	}
	if _, update := b.seen.Action.(onespan.Update); atServer && update && b.had.locked {
		return fmt.Sprintf("%s of an update of data that is locked", e.Kind)
	}
	if !offlineLogon(e) && (e.Kind != onespan.EventFailureCounted || e.Site.Role() != authn.RoleWorkstation) {
		return ""
	}
	if b.dataOf(here(e)).locked {
		return fmt.Sprintf("%s offline at %s, whose data is locked", e.Kind, e.Site)
	}
	return ""
}

// came reports whether an event is data that came.
func came(e authn.Event) bool {
	return e.Kind == onespan.EventDataIssued || e.Kind == onespan.EventDataRenewed
}

func recovered(b *book, e authn.Event) string {
	if !came(e) {
		return ""
	}
	if d := b.dataOf(here(e)); d.locked && !d.cleared {
		return fmt.Sprintf("offline data came to %s, which is locked, and the administrator has not deleted the record of it", e.Site)
	}
	return ""
}

// renewedEarly holds that data is renewed before a day is over only where the
// server has a reason: its record was deleted, the authenticator was found
// again or replaced, its drift left the blocks, or the newer data had been lost
// on its way.
func renewedEarly(b *book, e authn.Event) string {
	if e.Kind != onespan.EventDataRenewed {
		return ""
	}
	d := b.dataOf(here(e))
	if !d.timed || d.excused || text(e, "serial") != d.serial {
		return ""
	}
	if age := b.at(authn.SiteServer, e.At).Sub(d.issued); age < wholeDay && (b.drift-d.drift).Abs() <= d.reach {
		return fmt.Sprintf("the data of %s was renewed when it was %s old", e.Subject, age)
	}
	return ""
}

// notRenewed holds that an online success brings newer data where it is due.
func notRenewed(b *book) string {
	was := b.had
	if b.serial == "" || b.serial != was.serial || !b.heard || b.taken || b.withheld || !was.present || was.locked || len(b.strayed) > 0 {
		return ""
	}
	if age := b.now(authn.SiteServer).Sub(was.issued); !was.timed || age >= wholeDay {
		return fmt.Sprintf("the data of %s at %s was not renewed, and it is %s old", b.by.user, b.by.ws, age)
	}
	return ""
}

// dataFromNowhere holds that data comes from an online success, for as long
// as the policy says.
func dataFromNowhere(b *book, e authn.Event) string {
	if !came(e) {
		return ""
	}
	if b.serial == "" || b.by != here(e) {
		return fmt.Sprintf("offline data came to %s without a logon of %s there that the server accepted", e.Site, userAt(e))
	}
	if most := b.setting("onespan.offline.event_window", 300); whole(e, "uses") > most {
		return fmt.Sprintf("data with %d uses came, and the policy says %d", whole(e, "uses"), most)
	}
	if most := b.setting("onespan.offline.window_days", 21); whole(e, "days") > most {
		return fmt.Sprintf("data of %d days came, and the policy says %d", whole(e, "days"), most)
	}
	return ""
}

// otpAcrossCut holds that nothing online happens without the links for it.
func otpAcrossCut(b *book, e authn.Event) string {
	with := authn.Workstation(b.by.ws)
	switch e.Kind {
	case onespan.EventAuthenticatorActivated:
		with = e.Site
	case onespan.EventOTPAccepted, onespan.EventDataIssued, onespan.EventDataRenewed:
	case onespan.EventUnlocked:
		if text(e, "mode") != onespan.ModeOnline || text(e, "phone") != "" {
			return ""
		}
		if b.serial == "" {
			return fmt.Sprintf("%s was unlocked online, and the server accepted nothing", e.Site)
		}
	default:
		return ""
	}
	if !b.up(authn.SiteServer, with) {
		return fmt.Sprintf("%s for %s across a cut link", e.Kind, with)
	}
	return ""
}

// judgedHere holds that the network alone decides which side judges (O14).
func judgedHere(b *book) string {
	if _, ok := b.seen.Action.(onespan.Logon); !ok || !b.accepted() || b.heard || len(b.strayed) > 0 {
		return ""
	}
	if b.up(authn.SiteServer, authn.Workstation(b.by.ws)) {
		return fmt.Sprintf("%s judged a logon by itself, and the server could be reached", b.by.ws)
	}
	return ""
}
