package invariant

import (
	"strings"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/onespan"
)

func onespanStates() []state {
	s := func(id, sentence string, event func(*book, authn.Event) bool) state {
		return state{State{id, sentence, authn.FamilyOneSpan}, event}
	}
	wrong := func(code authn.Code) func(*book, authn.Event) bool {
		return func(_ *book, e authn.Event) bool { return e.Kind == authn.EventRefused && e.Result == string(code) }
	}
	return []state{
		s("offline_logon", "a workstation unlocked by its offline data",
			func(_ *book, e authn.Event) bool { return offlineLogon(e) }),
		s("day_rule_just_missed", "a logon came within the last millisecond before data was a day old",
			func(b *book, e authn.Event) bool {
				age, ok := b.ageAt(e)
				return ok && age >= wholeDay-time.Millisecond && age < wholeDay
			}),
		s("day_rule_just_met", "a logon came within the first millisecond in which data was a day old",
			func(b *book, e authn.Event) bool {
				age, ok := b.ageAt(e)
				return ok && age >= wholeDay && age <= wholeDay+time.Millisecond
			}),
		s("replay_online_of_an_offline_code", "a code that had been accepted offline was refused online",
			func(b *book, e authn.Event) bool {
				return replayed(e) && number(e, "windows_event") == 2020 && b.typedOn(func(s sides) bool { return s.offline })
			}),
		s("replay_offline_of_an_online_code", "a code that had been accepted online was refused offline",
			func(b *book, e authn.Event) bool {
				return replayed(e) && number(e, "windows_event") != 2020 && b.typedOn(func(s sides) bool { return s.online })
			}),
		s("lock_at_the_limit", "the last failure that is allowed deleted and locked offline data",
			func(_ *book, e authn.Event) bool {
				return e.Kind == onespan.EventDataDeleted && text(e, "reason") == onespan.ReasonLocked
			}),
		s(string(onespan.EventUserLocked), "the server locked a user", kind(onespan.EventUserLocked)),
		s("recovered", "data came to a workstation that was locked, after the administrator had deleted the record",
			func(b *book, e authn.Event) bool {
				return dataCame(e) && b.dataOf(deskOf(e)).locked
			}),
		s("locked_and_online", "a logon was accepted online at a workstation whose data is locked, and brought none",
			func(_ *book, e authn.Event) bool {
				return e.Kind == onespan.EventDataWithheld && text(e, "reason") == onespan.ReasonLocked
			}),
		s("reset_by_success", "a success ended a row of failures", func(b *book, e authn.Event) bool {
			return offlineLogon(e) && b.dataOf(deskOf(e)).wrong > 0 || e.Kind == onespan.EventOTPAccepted &&
				b.accountOf(e.Subject).wrong > 0
		}),
		s(string(onespan.EventDataExpired), "time-based data reached its end", kind(onespan.EventDataExpired)),
		s("expired_data", "a logon was refused since the data had expired or was used up", wrong(onespan.CodeDataExpired)),
		s(string(onespan.EventDataExpiring), "the user was told that little is left of the data", kind(onespan.EventDataExpiring)),
		s("data_lost_on_its_way", "newer data did not arrive whole", func(_ *book, e authn.Event) bool {
			return e.Kind == authn.EventFaultStruck && e.Subject == "onespan_part"
		}),
		s(onespan.ReasonOther, "an authenticator was used online that does not work offline there",
			func(_ *book, e authn.Event) bool {
				return e.Kind == onespan.EventDataWithheld && text(e, "reason") == onespan.ReasonOther
			}),
		s("pin_set_with_a_logon", "a user set a server PIN with a logon", func(_ *book, e authn.Event) bool {
			return e.Kind == onespan.EventServerPINSet && text(e, "by") == "user"
		}),
		s("resynced", "an authenticator was found again by two codes", kind(onespan.EventAuthenticatorResynced)),
	}
}

func replayed(e authn.Event) bool {
	return e.Kind == authn.EventRefused && e.Result == string(onespan.CodeReplayed)
}

// ageAt is how old the time-based data is, by the server's clock, for which
// the server takes a credential.
func (b *onespanBook) ageAt(e authn.Event) (time.Duration, bool) {
	d := b.before
	if e.Kind != onespan.EventOTPAccepted || !d.present || !d.timed || d.serial != text(e, "serial") {
		return 0, false
	}
	return b.at(authn.SiteServer, e.At).Sub(d.issued), true
}

// typedOn reports whether a code was typed that was taken on some side.
func (b *onespanBook) typedOn(side func(sides) bool) bool {
	for _, d := range b.digipasses {
		for code, s := range d.sides {
			if strings.Contains(b.typed, code) && side(s) {
				return true
			}
		}
	}
	return false
}
