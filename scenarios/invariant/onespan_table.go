package invariant

import (
	"strings"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/onespan"
)

// onespanChecks are those of one-time passwords and offline data.
func onespanChecks() []check {
	c := func(id, sentence string, event func(*book, authn.Event) *Broken, after func(*book) *Broken,
		rules ...authn.RuleID) check {
		return check{Invariant: Invariant{ID: id, Sentence: sentence, Rules: rules, Family: authn.FamilyOneSpan},
			event: event, after: after}
	}
	return []check{
		c("no_code_accepted_twice", "a one-time password is accepted once, online and offline together", otpTwice, nil,
			"A2", "O21", "O24").wants(onespan.CodeReplayed),
		c("nothing_at_or_after_expiry",
			"nothing is accepted or shown at or after the end of the set, the data or the session that it is of", dataAtExpiry,
			nil, "O25").wants(onespan.CodeDataExpired),
		c("clock_back_revives_nothing", "what was expired or used stays so, however the clock is set", dataRevived, nil,
			"A8").wants(onespan.CodeDataExpired),
		c("not_before_priming", "nothing is accepted offline before the first online success", dataUnprimed, nil,
			"O7").wants(onespan.CodeNoData),
		c("only_issued_is_accepted", "what is accepted was given to that user, on that phone, for that place", otpOfAnother,
			nil, "O17", "O26").wants(onespan.CodeWrongCode),
		c("counters_monotonic", "counters and numbers never go down", otpGoesBack, otpAgain, "O22", "O24",
			"A12").wants(onespan.CodeReplayed),
		c("used_stays_used", "what is left grows only by an online success", usesGrow, nil, "O11", "O23"),
		c("lock_exactly_at_n",
			"the n-th wrong try in a row locks, not the one before and not the one after, and a success ends the count",
			otpCount,
			otpLock, "O36", "O35", "O44").ends(dataAtEnd),
		c("locked_means_locked", "between a lock and its end nothing is accepted, and no try is judged, in its scope",
			otpWhileLocked, nil, "O35", "O37", "O44").wants(onespan.CodeDataLocked),
		c("only_admin_recovers",
			"deleted offline data comes back only after the administrator has deleted the server's record, by an online logon",
			recovered, nil, "O38", "O39").about(onespan.EventDataIssued),
		c("one_day_rule",
			"time-based data is renewed once a whole day has passed and not before, event-based data each time", renewedEarly,
			notRenewed, "O9", "O10", "O11", "O8").about(onespan.EventDataRenewed),
		c("replenish_only_online", "PINs, days and uses come only from an online success", dataFromNowhere, nil, "O8",
			"O11", "O4", "O5"),
		c("right_credential_accepted", rightSentence, rightOTP, nil, "O15", "O14", "O24"),
		c("server_needed", "what needs the server is never accepted across a cut link, and what is offline makes no call",
			otpAcrossCut, judgedHere, "O12", "O14").wants(onespan.CodeServerUnreachable),
	}
}

// offlineLogon reports whether an event is a workstation that unlocked by its
// data. An event of hypr names the phone.
func offlineLogon(e authn.Event) bool {
	return e.Kind == onespan.EventUnlocked && text(e, "mode") == onespan.ModeOffline && text(e, "phone") == ""
}

// otpTwice holds each side to the codes that it took, and to those of the
// other side that it was told of. Two workstations that cannot reach the
// server cannot know of each other.
func otpTwice(b *book, e authn.Event) *Broken {
	serial, used := "", int64(0)
	switch {
	case e.Kind == onespan.EventOTPAccepted:
		serial = text(e, "serial")
		used = b.knownOnline(serial)
	case offlineLogon(e):
		d := b.dataOf(deskOf(e))
		serial, used = d.serial, d.used
	default:
		return nil
	}
	if _, value, ok := b.typedCode(serial); ok && value == used {
		return brokenf("a code of %s was accepted at %s, where it was known to be used", serial, e.Site)
	}
	return nil
}

// knownOnline is the highest step or event that the server knows to be used
// when it judges: the request tells what was used offline (O21).
func (b *onespanBook) knownOnline(serial string) int64 {
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
func otpGoesBack(b *book, e authn.Event) *Broken {
	serial, used := "", int64(0)
	switch {
	case e.Kind == onespan.EventOTPAccepted:
		serial = text(e, "serial")
		used = b.knownOnline(serial)
	case offlineLogon(e):
		d := b.dataOf(deskOf(e))
		serial, used = d.serial, d.used
	case dataCame(e):
		if d := b.dataOf(deskOf(e)); number(e, "number") <= d.number {
			return brokenf("offline data %d came after %d", number(e, "number"), d.number)
		}
		return nil
	default:
		return nil
	}
	if _, value, ok := b.typedCode(serial); ok && value < used {
		return brokenf("%s took a code of %s that comes before one that was used", e.Site, serial)
	}
	return nil
}

func otpAgain(b *book) *Broken {
	if b.repeated {
		return brokenf("an event-based authenticator showed a code a second time as a new one")
	}
	return nil
}

func dataAtExpiry(b *book, e authn.Event) *Broken {
	switch {
	case offlineLogon(e):
		d := b.dataOf(deskOf(e))
		if now := b.at(e.Site, e.At); d.timed && !now.Before(d.expires) {
			return brokenf("a logon offline %s after the expiry of the data", now.Sub(d.expires))
		}
		if !d.timed && d.primed && d.left <= 0 {
			return brokenf("a logon offline by data whose uses are spent")
		}
	case dataCame(e):
		made := b.at(authn.SiteServer, e.At)
		days := b.setting(onespan.KeyWindowDays, 21)
		if at := text(e, "expires_at"); at != "" &&
			at != made.Add(time.Duration(days)*wholeDay).UTC().Format(time.RFC3339Nano) {
			return brokenf("data of %d days that was made at %s expires at %s", days, made.UTC().Format(time.RFC3339Nano), at)
		}
	}
	return nil
}

func dataRevived(b *book, e authn.Event) *Broken {
	if !offlineLogon(e) {
		return nil
	}
	if d := b.dataOf(deskOf(e)); d.timed && d.over && b.at(e.Site, e.At).Before(d.expires) {
		return brokenf("a logon offline by data that had expired before the clock went back")
	}
	return nil
}

func dataUnprimed(b *book, e authn.Event) *Broken {
	if !offlineLogon(e) {
		return nil
	}
	switch d := b.dataOf(deskOf(e)); {
	case d.present:
		return nil
	case !d.primed:
		return brokenf("%s logged on offline at %s, which never had data of that user", userAt(e), e.Site)
	}
	return brokenf("%s logged on offline at %s, whose data was deleted", userAt(e), e.Site)
}

// otpOfAnother holds that a code is one that the authenticator has shown, and
// that the server PIN of the user stood before it where one is required.
func otpOfAnother(b *book, e authn.Event) *Broken {
	serial := text(e, "serial")
	if offlineLogon(e) {
		serial = b.dataOf(deskOf(e)).serial
	} else if e.Kind != onespan.EventOTPAccepted {
		return nil
	}
	code, _, ok := b.typedCode(serial)
	if !ok {
		return brokenf("%s took a code that %s never showed", e.Site, serial)
	}
	pin := b.accountOf(e.Subject).pin
	if e.Kind == onespan.EventOTPAccepted && b.policy[onespan.KeyPINRequired] == "true" && pin != "" &&
		!strings.Contains(b.typed, pin+code) {
		return brokenf("%s was accepted without the server PIN", e.Subject)
	}
	return nil
}

// usesGrow holds what a logon leaves of event-based data.
func usesGrow(b *book, e authn.Event) *Broken {
	left, ok := e.Fields["left"].(int64)
	if !ok || e.Kind != onespan.EventUnlocked || text(e, "phone") != "" {
		return nil
	}
	d := b.dataOf(deskOf(e))
	if left > d.left || left == d.left && offlineLogon(e) {
		return brokenf("%d uses are left after a logon, and there were %d before", left, d.left)
	}
	return nil
}
