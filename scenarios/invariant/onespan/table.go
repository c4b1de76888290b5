// Package onespan has what must always hold of the one-time passwords and offline data of onespan.
package onespan

import (
	"strings"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/onespan"
	"github.com/offauth/offauth/scenarios/invariant"
)

// Family returns the invariants of the family, with the book that they judge by.
func Family() invariant.Family {
	return invariant.Family{
		Name: authn.FamilyOneSpan,
		Frees: []authn.Kind{
			onespan.EventDataIssued, onespan.EventDataRenewed, onespan.EventAuthenticatorResynced,
		},
		Offline: func(a authn.Action) bool {
			switch a.(type) {
			case onespan.OTP:
				return true
			}
			return false
		},
		Open: func(common *invariant.Book) invariant.Part {
			b := newBook(common)
			return invariant.Part{Checks: b.checks(), Begin: b.begin, Enter: b.enter, End: b.end}
		},
	}
}

// checks returns the invariants of one-time passwords and offline data.
func (b *book) checks() []invariant.Check {
	c := invariant.NewCheck
	return []invariant.Check{
		c("no_code_accepted_twice", "a one-time password is accepted once, online and offline together", b.otpTwice, nil,
			"A2", "O21", "O24").Wants(onespan.CodeReplayed),
		c("nothing_at_or_after_expiry",
			"nothing is accepted or shown at or after the end of the set, the data or the session that it is of", b.dataAtExpiry,
			nil, "O25").Wants(onespan.CodeDataExpired),
		c("clock_back_revives_nothing", "what was expired or used stays so, however the clock is set", b.dataRevived, nil,
			"A8").Wants(onespan.CodeDataExpired),
		c("not_before_priming", "nothing is accepted offline before the first online success", b.dataUnprimed, nil,
			"O7").Wants(onespan.CodeNoData),
		c("only_issued_is_accepted", "what is accepted was given to that user, on that phone, for that place", b.otpOfAnother,
			nil, "O17", "O26").Wants(onespan.CodeWrongCode),
		c("counters_monotonic", "counters and numbers never go down", b.otpGoesBack, b.otpAgain, "O22", "O24",
			"A12").Wants(onespan.CodeReplayed),
		c("used_stays_used", "what is left grows only by an online success", b.usesGrow, nil, "O11", "O23"),
		c("lock_exactly_at_n",
			"the n-th wrong try in a row locks, not the one before and not the one after, and a success ends the count",
			b.otpCount,
			b.otpLock, "O36", "O35", "O44").Ends(b.dataAtEnd),
		c("locked_means_locked", "between a lock and its end nothing is accepted, and no try is judged, in its scope",
			b.otpWhileLocked, nil, "O35", "O37", "O44").Wants(onespan.CodeDataLocked),
		c("only_admin_recovers",
			"deleted offline data comes back only after the administrator has deleted the server's record, by an online logon",
			b.recovered, nil, "O38", "O39").About(onespan.EventDataIssued),
		c("one_day_rule",
			"time-based data is renewed once a whole day has passed and not before, event-based data each time", b.renewedEarly,
			b.notRenewed, "O9", "O10", "O11", "O8").About(onespan.EventDataRenewed),
		c("replenish_only_online", "PINs, days and uses come only from an online success", b.dataFromNowhere, nil, "O8",
			"O11", "O4", "O5"),
		c("right_credential_accepted", "a right, unused and unexpired PIN or code, typed in the right place, is taken",
			b.rightOTP, nil, "O15", "O14", "O24"),
		c("server_needed", "what needs the server is never accepted across a cut link, and what is offline makes no call",
			b.otpAcrossCut, b.judgedHere, "O12", "O14").Wants(onespan.CodeServerUnreachable),
	}
}

// offlineLogon reports whether an event is a workstation that unlocked by its
// data. An event of hypr names the phone.
func offlineLogon(e authn.Event) bool {
	return e.Kind == onespan.EventUnlocked && e.Text("mode") == onespan.ModeOffline && e.Text("phone") == ""
}

// otpTwice holds each side to the codes that it took, and to those of the
// other side that it was told of. Two workstations that cannot reach the
// server cannot know of each other.
func (b *book) otpTwice(e authn.Event) *invariant.Broken {
	serial, used := "", int64(0)
	switch {
	case e.Kind == onespan.EventOTPAccepted:
		serial = e.Text("serial")
		used = b.knownOnline(serial)
	case offlineLogon(e):
		d := b.dataOf(deskOf(e))
		serial, used = d.serial, d.used
	default:
		return nil
	}
	if _, value, ok := b.typedCode(serial); ok && value == used {
		return invariant.Brokenf("a code of %s was accepted at %s, where it was known to be used", serial, e.Site)
	}
	return nil
}

// knownOnline is the highest step or event that the server knows to be used
// when it judges: the request tells what was used offline (O21).
func (b *book) knownOnline(serial string) int64 {
	d := b.digipasses[serial]
	if d == nil {
		return -1
	}
	if b.before.serial == serial {
		return max(d.used, b.before.used)
	}
	return d.used
}

// otpGoesBack holds that a code before the last one is not taken either, and
// that data has higher numbers each time.
func (b *book) otpGoesBack(e authn.Event) *invariant.Broken {
	serial, used := "", int64(0)
	switch {
	case e.Kind == onespan.EventOTPAccepted:
		serial = e.Text("serial")
		used = b.knownOnline(serial)
	case offlineLogon(e):
		d := b.dataOf(deskOf(e))
		serial, used = d.serial, d.used
	case dataCame(e):
		if d := b.dataOf(deskOf(e)); e.Number("number") <= d.number {
			return invariant.Brokenf("offline data %d came after %d", e.Number("number"), d.number)
		}
		return nil
	default:
		return nil
	}
	if _, value, ok := b.typedCode(serial); ok && value < used {
		return invariant.Brokenf("%s took a code of %s that comes before one that was used", e.Site, serial)
	}
	return nil
}

func (b *book) otpAgain() *invariant.Broken {
	if b.repeated {
		return invariant.Brokenf("an event-based authenticator showed a code a second time as a new one")
	}
	return nil
}

func (b *book) dataAtExpiry(e authn.Event) *invariant.Broken {
	switch {
	case offlineLogon(e):
		d := b.dataOf(deskOf(e))
		if now := b.At(e.Site, e.At); d.timed && !now.Before(d.expires) {
			return invariant.Brokenf("a logon offline %s after the expiry of the data", now.Sub(d.expires))
		}
		if !d.timed && d.primed && d.left <= 0 {
			return invariant.Brokenf("a logon offline by data whose uses are spent")
		}
	case dataCame(e):
		made := b.At(authn.SiteServer, e.At)
		days := b.Setting(onespan.KeyWindowDays, 21)
		if at := e.Text("expires_at"); at != "" &&
			at != made.Add(time.Duration(days)*wholeDay).UTC().Format(time.RFC3339Nano) {
			return invariant.Brokenf("data of %d days that was made at %s expires at %s",
				days, made.UTC().Format(time.RFC3339Nano), at)
		}
	}
	return nil
}

func (b *book) dataRevived(e authn.Event) *invariant.Broken {
	if !offlineLogon(e) {
		return nil
	}
	if d := b.dataOf(deskOf(e)); d.timed && d.over && b.At(e.Site, e.At).Before(d.expires) {
		return invariant.Brokenf("a logon offline by data that had expired before the clock went back")
	}
	return nil
}

func (b *book) dataUnprimed(e authn.Event) *invariant.Broken {
	if !offlineLogon(e) {
		return nil
	}
	switch d := b.dataOf(deskOf(e)); {
	case d.present:
		return nil
	case !d.primed:
		return invariant.Brokenf("%s logged on offline at %s, which never had data of that user", invariant.UserAt(e), e.Site)
	}
	return invariant.Brokenf("%s logged on offline at %s, whose data was deleted", invariant.UserAt(e), e.Site)
}

// otpOfAnother holds that a code is one that the authenticator has shown, and
// that the server PIN of the user stood before it where one is required.
func (b *book) otpOfAnother(e authn.Event) *invariant.Broken {
	serial := e.Text("serial")
	if offlineLogon(e) {
		serial = b.dataOf(deskOf(e)).serial
	} else if e.Kind != onespan.EventOTPAccepted {
		return nil
	}
	code, _, ok := b.typedCode(serial)
	if !ok {
		return invariant.Brokenf("%s took a code that %s never showed", e.Site, serial)
	}
	pin := b.accountOf(e.Subject).pin
	if e.Kind == onespan.EventOTPAccepted && b.Policy[onespan.KeyPINRequired] == "true" && pin != "" &&
		!strings.Contains(b.typed, pin+code) {
		return invariant.Brokenf("%s was accepted without the server PIN", e.Subject)
	}
	return nil
}

// usesGrow holds what a logon leaves of event-based data.
func (b *book) usesGrow(e authn.Event) *invariant.Broken {
	left, ok := e.Fields["left"].(int64)
	if !ok || e.Kind != onespan.EventUnlocked || e.Text("phone") != "" {
		return nil
	}
	d := b.dataOf(deskOf(e))
	if left > d.left || left == d.left && offlineLogon(e) {
		return invariant.Brokenf("%d uses are left after a logon, and there were %d before", left, d.left)
	}
	return nil
}
