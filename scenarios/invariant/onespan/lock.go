package onespan

import (
	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/onespan"
	"github.com/offauth/offauth/scenarios/invariant"
)

// otpCount holds the counts of wrong tries of either side: one more each time.
func (b *book) otpCount(e authn.Event) *invariant.Broken {
	if e.Kind != onespan.EventFailureCounted || e.Text("phone") != "" {
		return nil
	}
	want, allowed := b.accountOf(e.Subject).wrong+1, b.Setting(onespan.KeyLockThreshold, 3)
	if e.Site.Role() == authn.RoleWorkstation {
		want, allowed = b.dataOf(deskOf(e)).wrong+1, b.limits.at(e.Site.Name())
	}
	if e.Number("failures") != want {
		return invariant.Brokenf("%d failures of %s are counted at %s, and there were %d",
			e.Number("failures"), e.Subject, e.Site, want)
	}
	if e.Number("allowed") != allowed {
		return invariant.Brokenf("%d failures are allowed at %s, and the policy says %d",
			e.Number("allowed"), e.Site, allowed)
	}
	return nil
}

// otpLock holds that the last one that is allowed locks, and no other does.
func (b *book) otpLock() *invariant.Broken {
	if r := b.Seen.Refusal; r != nil {
		event, told := r.Fields["windows_event"]
		if told && (event == int64(2022)) != (b.locksHere > 0) {
			return invariant.Brokenf("%s was refused with the event %v of Windows, and there were %d locks of offline data",
				b.Seen.Action.Verb(), event, b.locksHere)
		}
	}
	must := 0
	for _, e := range b.wrongHere {
		if e.Number("failures") >= b.limits.at(e.Site.Name()) {
			must++
		}
	}
	if b.locksHere != must {
		return invariant.Brokenf("there were %d locks of offline data, and failures for %d", b.locksHere,
			must).About(onespan.EventDataDeleted)
	}
	must = 0
	threshold := b.Setting(onespan.KeyLockThreshold, 3)
	for _, e := range b.wrongHome {
		if threshold > 0 && e.Number("failures") >= threshold {
			must++
		}
	}
	if b.locksHome != must {
		return invariant.Brokenf("there were %d locks of the user, and failures for %d", b.locksHome,
			must).About(onespan.EventUserLocked)
	}
	return nil
}

// otpWhileLocked holds what a lock is for, at the server and here.
func (b *book) otpWhileLocked(e authn.Event) *invariant.Broken {
	atServer := e.Kind == onespan.EventOTPAccepted || e.Kind == onespan.EventFailureCounted &&
		e.Site.Role() == authn.RoleServer && e.Text("phone") == ""
	if atServer && b.accountOf(e.Subject).locked {
		return invariant.Brokenf("%s of the user %s, who is locked", e.Kind, e.Subject).Wants(onespan.CodeUserLocked)
	}
	if _, update := b.Seen.Action.(onespan.Update); atServer && update && b.before.locked {
		return invariant.Brokenf("%s of an update of data that is locked", e.Kind)
	}
	if !offlineLogon(e) && (e.Kind != onespan.EventFailureCounted || e.Site.Role() != authn.RoleWorkstation) {
		return nil
	}
	if b.dataOf(deskOf(e)).locked {
		return invariant.Brokenf("%s offline at %s, whose data is locked", e.Kind, e.Site)
	}
	return nil
}

// dataCame reports whether an event is data that came.
func dataCame(e authn.Event) bool {
	return e.Kind == onespan.EventDataIssued || e.Kind == onespan.EventDataRenewed
}

func (b *book) recovered(e authn.Event) *invariant.Broken {
	if !dataCame(e) {
		return nil
	}
	if d := b.dataOf(deskOf(e)); d.locked && !d.cleared {
		return invariant.Brokenf("offline data came to %s, which is locked, and the administrator has not deleted "+
			"the record of it", e.Site)
	}
	return nil
}

// renewedEarly holds that data is renewed before a day is over only where the
// server has a reason: its record was deleted, the authenticator was found
// again or replaced, its drift left the blocks, or the newer data had been lost
// on its way.
func (b *book) renewedEarly(e authn.Event) *invariant.Broken {
	if e.Kind != onespan.EventDataRenewed {
		return nil
	}
	d := b.dataOf(deskOf(e))
	if !d.timed || d.excused || e.Text("serial") != d.serial {
		return nil
	}
	if age := b.At(authn.SiteServer, e.At).Sub(d.issued); age < wholeDay && (b.drift-d.drift).Abs() <= d.reach {
		return invariant.Brokenf("the data of %s was renewed when it was %s old", e.Subject, age)
	}
	return nil
}

// notRenewed holds that an online success brings newer data where it is due.
func (b *book) notRenewed() *invariant.Broken {
	was := b.before
	if b.serial == "" || b.serial != was.serial || !b.heard || b.taken || b.withheld || !was.present || was.locked ||
		b.Damaged() {
		return nil
	}
	if age := b.Now(authn.SiteServer).Sub(was.issued); !was.timed || age >= wholeDay {
		return invariant.Brokenf("the data of %s at %s was not renewed, and it is %s old", b.by.user, b.by.ws, age)
	}
	return nil
}

// dataFromNowhere holds that data comes from an online success, for as long
// as the policy says.
func (b *book) dataFromNowhere(e authn.Event) *invariant.Broken {
	if !dataCame(e) {
		return nil
	}
	if b.serial == "" || b.by != deskOf(e) {
		return invariant.Brokenf("offline data came to %s without a logon of %s there that the server accepted",
			e.Site, invariant.UserAt(e))
	}
	if most := b.Setting(onespan.KeyOfflineEventWindow, 300); e.Number("uses") > most {
		return invariant.Brokenf("data with %d uses came, and the policy says %d", e.Number("uses"), most)
	}
	if most := b.Setting(onespan.KeyWindowDays, 21); e.Number("days") > most {
		return invariant.Brokenf("data of %d days came, and the policy says %d", e.Number("days"), most)
	}
	return nil
}

// otpAcrossCut holds that nothing online happens without the links for it.
func (b *book) otpAcrossCut(e authn.Event) *invariant.Broken {
	with := authn.Workstation(b.by.ws)
	switch e.Kind {
	case onespan.EventAuthenticatorActivated:
		with = e.Site
	case onespan.EventOTPAccepted, onespan.EventDataIssued, onespan.EventDataRenewed:
	case onespan.EventUnlocked:
		if e.Text("mode") != onespan.ModeOnline || e.Text("phone") != "" {
			return nil
		}
		if b.serial == "" {
			return invariant.Brokenf("%s was unlocked online, and the server accepted nothing", e.Site)
		}
	default:
		return nil
	}
	if !b.Up(authn.SiteServer, with) {
		return invariant.Brokenf("%s for %s across a cut link", e.Kind, with)
	}
	return nil
}

// judgedHere holds that the network alone decides which side judges (O14).
func (b *book) judgedHere() *invariant.Broken {
	if _, ok := b.Seen.Action.(onespan.Logon); !ok || !b.Accepted() || b.heard || b.Damaged() {
		return nil
	}
	if b.Up(authn.SiteServer, authn.Workstation(b.by.ws)) {
		return invariant.Brokenf("%s judged a logon by itself, and the server could be reached", b.by.ws)
	}
	return nil
}

// dataAtEnd compares the counts and locks of offline data with the book.
func (b *book) dataAtEnd() *invariant.Broken {
	world, broken := b.Look()
	if world == nil {
		return broken
	}
	for _, w := range world.Workstations {
		for _, shown := range w.Data {
			d := b.dataOf(desk{shown.User, w.Name})
			if shown.Locked != d.locked || shown.Present && int64(shown.Failures) != d.wrong {
				return invariant.Brokenf("%s has %d failures of %s, locked %v; there were %d", w.Name, shown.Failures, shown.User,
					shown.Locked, d.wrong)
			}
		}
	}
	return nil
}
