package invariant

import (
	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/onespan"
)

// otpCount holds the counts of wrong tries of either side: one more each time.
func otpCount(b *book, e authn.Event) *Broken {
	if e.Kind != onespan.EventFailureCounted || text(e, "phone") != "" {
		return nil
	}
	want, allowed := b.accountOf(e.Subject).wrong+1, b.setting(onespan.KeyLockThreshold, 3)
	if e.Site.Role() == authn.RoleWorkstation {
		want, allowed = b.dataOf(deskOf(e)).wrong+1, b.limit(e.Site.Name())
	}
	if number(e, "failures") != want {
		return brokenf("%d failures of %s are counted at %s, and there were %d", number(e, "failures"), e.Subject, e.Site,
			want)
	}
	if number(e, "allowed") != allowed {
		return brokenf("%d failures are allowed at %s, and the policy says %d", number(e, "allowed"), e.Site, allowed)
	}
	return nil
}

// otpLock holds that the last one that is allowed locks, and no other does.
func otpLock(b *book) *Broken {
	if r := b.seen.Refusal; r != nil {
		event, told := r.Fields["windows_event"]
		if told && (event == int64(2022)) != (b.locksHere > 0) {
			return brokenf("%s was refused with the event %v of Windows, and there were %d locks of offline data",
				b.seen.Action.Verb(), event, b.locksHere)
		}
	}
	must := 0
	for _, e := range b.wrongHere {
		if number(e, "failures") >= b.limit(e.Site.Name()) {
			must++
		}
	}
	if b.locksHere != must {
		return brokenf("there were %d locks of offline data, and failures for %d", b.locksHere,
			must).about(onespan.EventDataDeleted)
	}
	must = 0
	threshold := b.setting(onespan.KeyLockThreshold, 3)
	for _, e := range b.wrongHome {
		if threshold > 0 && number(e, "failures") >= threshold {
			must++
		}
	}
	if b.locksHome != must {
		return brokenf("there were %d locks of the user, and failures for %d", b.locksHome,
			must).about(onespan.EventUserLocked)
	}
	return nil
}

// otpWhileLocked holds what a lock is for, at the server and here.
func otpWhileLocked(b *book, e authn.Event) *Broken {
	atServer := e.Kind == onespan.EventOTPAccepted || e.Kind == onespan.EventFailureCounted &&
		e.Site.Role() == authn.RoleServer && text(e, "phone") == ""
	if atServer && b.accountOf(e.Subject).locked {
		return brokenf("%s of the user %s, who is locked", e.Kind, e.Subject).wants(onespan.CodeUserLocked)
	}
	if _, update := b.seen.Action.(onespan.Update); atServer && update && b.before.locked {
		return brokenf("%s of an update of data that is locked", e.Kind)
	}
	if !offlineLogon(e) && (e.Kind != onespan.EventFailureCounted || e.Site.Role() != authn.RoleWorkstation) {
		return nil
	}
	if b.dataOf(deskOf(e)).locked {
		return brokenf("%s offline at %s, whose data is locked", e.Kind, e.Site)
	}
	return nil
}

// dataCame reports whether an event is data that came.
func dataCame(e authn.Event) bool {
	return e.Kind == onespan.EventDataIssued || e.Kind == onespan.EventDataRenewed
}

func recovered(b *book, e authn.Event) *Broken {
	if !dataCame(e) {
		return nil
	}
	if d := b.dataOf(deskOf(e)); d.locked && !d.cleared {
		return brokenf("offline data came to %s, which is locked, and the administrator has not deleted the record of it",
			e.Site)
	}
	return nil
}

// renewedEarly holds that data is renewed before a day is over only where the
// server has a reason: its record was deleted, the authenticator was found
// again or replaced, its drift left the blocks, or the newer data had been lost
// on its way.
func renewedEarly(b *book, e authn.Event) *Broken {
	if e.Kind != onespan.EventDataRenewed {
		return nil
	}
	d := b.dataOf(deskOf(e))
	if !d.timed || d.excused || text(e, "serial") != d.serial {
		return nil
	}
	if age := b.at(authn.SiteServer, e.At).Sub(d.issued); age < wholeDay && (b.drift-d.drift).Abs() <= d.reach {
		return brokenf("the data of %s was renewed when it was %s old", e.Subject, age)
	}
	return nil
}

// notRenewed holds that an online success brings newer data where it is due.
func notRenewed(b *book) *Broken {
	was := b.before
	if b.serial == "" || b.serial != was.serial || !b.heard || b.taken || b.withheld || !was.present || was.locked ||
		len(b.damaged) > 0 {
		return nil
	}
	if age := b.now(authn.SiteServer).Sub(was.issued); !was.timed || age >= wholeDay {
		return brokenf("the data of %s at %s was not renewed, and it is %s old", b.by.user, b.by.ws, age)
	}
	return nil
}

// dataFromNowhere holds that data comes from an online success, for as long
// as the policy says.
func dataFromNowhere(b *book, e authn.Event) *Broken {
	if !dataCame(e) {
		return nil
	}
	if b.serial == "" || b.by != deskOf(e) {
		return brokenf("offline data came to %s without a logon of %s there that the server accepted", e.Site, userAt(e))
	}
	if most := b.setting(onespan.KeyOfflineEventWindow, 300); number(e, "uses") > most {
		return brokenf("data with %d uses came, and the policy says %d", number(e, "uses"), most)
	}
	if most := b.setting(onespan.KeyWindowDays, 21); number(e, "days") > most {
		return brokenf("data of %d days came, and the policy says %d", number(e, "days"), most)
	}
	return nil
}

// otpAcrossCut holds that nothing online happens without the links for it.
func otpAcrossCut(b *book, e authn.Event) *Broken {
	with := authn.Workstation(b.by.ws)
	switch e.Kind {
	case onespan.EventAuthenticatorActivated:
		with = e.Site
	case onespan.EventOTPAccepted, onespan.EventDataIssued, onespan.EventDataRenewed:
	case onespan.EventUnlocked:
		if text(e, "mode") != onespan.ModeOnline || text(e, "phone") != "" {
			return nil
		}
		if b.serial == "" {
			return brokenf("%s was unlocked online, and the server accepted nothing", e.Site)
		}
	default:
		return nil
	}
	if !b.up(authn.SiteServer, with) {
		return brokenf("%s for %s across a cut link", e.Kind, with)
	}
	return nil
}

// judgedHere holds that the network alone decides which side judges (O14).
func judgedHere(b *book) *Broken {
	if _, ok := b.seen.Action.(onespan.Logon); !ok || !b.accepted() || b.heard || len(b.damaged) > 0 {
		return nil
	}
	if b.up(authn.SiteServer, authn.Workstation(b.by.ws)) {
		return brokenf("%s judged a logon by itself, and the server could be reached", b.by.ws)
	}
	return nil
}
