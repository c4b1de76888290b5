package watch_test

import (
	"testing"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/onespan"
)

// soundOneSpan is a long life in which nothing is wrong.
func soundOneSpan() *forge {
	const timed = onespan.TimeBased
	f := primed(timed)
	f.cut()
	f.otp("22222222")
	f.miss(1)
	f.offline("22222222")
	f.do(logon("22222222"), nil, "code_replayed", ev(dt, "failure_counted", "alice@DESKTOP-3", "failures", 1, "allowed",
		3), f.refusedOTP("code_replayed", 2021))
	f.mend()
	f.missOnline(1)
	f.otp("33333333")
	f.online("33333333")
	f.cut()
	f.miss(1)
	f.mend()
	f.wait(day)
	f.otp("44444444")
	f.update("44444444", f.brings("data_renewed", timed)...)
	f.locks()
	f.otp("55555555")
	f.online("55555555", ev(srv, "data_withheld", "alice", "workstation", "DESKTOP-3", "serial", token, "reason",
		"locked"))
	f.clears()
	f.otp("66666666")
	f.online("66666666", f.brings("data_issued", timed)...)
	f.missOnline(1)
	f.missOnline(2)
	f.missOnline(3, ev(srv, "user_locked", "alice", "failures", 3))
	f.do(authn.UnlockUser{Name: "alice"}, nil, "", ev(srv, "user_released", "alice", "failures", 3))
	f.missOnline(1)
	f.wait(2*day, ev(dt, "data_expired", "alice@DESKTOP-3", "number", 3))
	f.back(day)
	return f
}

// soundEvents is one of an event-based authenticator, whose server PIN changes
// and whose data is lost on its way once.
func soundEvents() *forge {
	const event = onespan.EventBased
	f := primed(event)
	f.policy("onespan.server_pin.required", "true")
	f.do(onespan.SetPIN{User: "alice", PIN: authn.NewSecret("2580")}, nil, "",
		ev(srv, "server_pin_set", "alice", "by", "admin"))
	f.otp("22222222")
	came := append([]authn.Event{ev(srv, "server_pin_set", "alice", "by", "user")}, f.brings("data_renewed", event)...)
	f.online("25802222222213571357", came...)
	f.cut()
	f.otp("33333333")
	f.offline("135733333333", "left", 4)
	f.otp("44444444")
	f.otp("55555555")
	f.offline("135755555555", "left", 2)
	f.mend()
	f.otp("66666666")
	f.do(logon("135766666666"), onespan.LogonResult{}, "", accepted(),
		ev("world", "fault_struck", "onespan_part", "fault", "drop", "from", string(srv), "to",
			string(dt)), opened("online", "left", 1))
	f.otp("77777777")
	f.online("135777777777", f.brings("data_renewed", event)...)
	return f
}

// live begins with a time-based authenticator that has data, and a code, and
// goes on.
func live(more func(*forge)) func() *forge {
	return func() *forge {
		f := primed(onespan.TimeBased)
		f.otp("22222222")
		more(f)
		return f
	}
}

// counting is one of an event-based authenticator.
func counting(more func(*forge)) func() *forge {
	return func() *forge {
		f := primed(onespan.EventBased)
		f.otp("22222222")
		more(f)
		return f
	}
}

func onespanBreaches() []breach {
	return append(onespanCodeBreaches(), append(onespanLockBreaches(), onespanDataBreaches()...)...)
}

func onespanCodeBreaches() []breach {
	return []breach{
		{"no_code_accepted_twice", "twice online", live(func(f *forge) { f.online("22222222"); f.online("22222222") })},
		{"no_code_accepted_twice", "twice offline",
			live(func(f *forge) { f.cut(); f.offline("22222222"); f.offline("22222222") })},
		{"no_code_accepted_twice", "online and then offline",
			live(func(f *forge) { f.online("22222222"); f.cut(); f.offline("22222222") })},
		{"no_code_accepted_twice", "offline and then online",
			live(func(f *forge) { f.cut(); f.offline("22222222"); f.mend(); f.online("22222222") })},
		{"right_credential_accepted", "a new code is called wrong online",
			live(func(f *forge) { f.denied("22222222", "wrong_code", 2020) })},
		{"right_credential_accepted", "a new code is called used offline",
			live(func(f *forge) { f.cut(); f.denied("22222222", "code_replayed", 2021) })},
		{"right_credential_accepted", "the next event is called wrong online",
			counting(func(f *forge) { f.denied("22222222", "wrong_code", 2020) })},
		{"counters_monotonic", "an earlier code online",
			live(func(f *forge) { f.otp("33333333"); f.online("33333333"); f.online("22222222") })},
		{"counters_monotonic", "an earlier event offline", counting(func(f *forge) {
			f.cut()
			f.otp("33333333")
			f.offline("33333333", "left", 3)
			f.offline("22222222", "left", 2)
		})},
		{"counters_monotonic", "an event is shown again", counting(func(f *forge) { f.otp("22222222") })},
		{"only_issued_is_accepted", "online", live(func(f *forge) { f.online("98765432") })},
		{"only_issued_is_accepted", "offline", live(func(f *forge) { f.cut(); f.offline("98765432") })},
		{"only_issued_is_accepted", "without the server PIN", live(func(f *forge) {
			f.policy("onespan.server_pin.required", "true")
			f.do(onespan.SetPIN{User: "alice", PIN: authn.NewSecret("2580")}, nil, "",
				ev(srv, "server_pin_set", "alice", "by", "admin"))
			f.online("22222222")
		})},
		{"no_secret_outside", "a code in an event", live(func(f *forge) {
			f.do(logon("22222222"), nil, "wrong_code", ev(dt, "refused", "alice@DESKTOP-3", "accepted", "22222222 is right"))
		})},
		{"server_needed", "accepted across a cut", live(func(f *forge) { f.cut(); f.online("22222222") })},
		{"server_needed", "online without the server", live(func(f *forge) {
			f.do(logon("22222222"), onespan.LogonResult{},
				"", opened("online"))
		})},
		{"server_needed", "judged offline, and the server answers", live(func(f *forge) { f.offline("22222222") })},
		{"server_needed", "a code calls the server", live(func(f *forge) {
			f.do(onespan.OTP{Phone: "pixel"}, onespan.OTPResult{}, "",
				ev(srv, "authenticator_resynced", "alice", "phone", "pixel", "serial", token))
		})},
	}
}

func onespanLockBreaches() []breach {
	return []breach{
		{"lock_exactly_at_n", "the count leaps", live(func(f *forge) { f.cut(); f.miss(2) })},
		{"lock_exactly_at_n", "no lock", live(func(f *forge) { f.cut(); f.miss(1); f.miss(2); f.miss(3) })},
		{"lock_exactly_at_n", "a lock too early", live(func(f *forge) { f.cut(); f.miss(1); f.miss(2, dataLock()) })},
		{"lock_exactly_at_n", "a success does not reset it",
			live(func(f *forge) { f.cut(); f.miss(1); f.offline("22222222"); f.miss(2) })},
		{"lock_exactly_at_n", "the user is not locked",
			live(func(f *forge) { f.missOnline(1); f.missOnline(2); f.missOnline(3) })},
		{"locked_means_locked", "accepted by data that is locked",
			live(func(f *forge) { f.locks(); f.cut(); f.offline("22222222") })},
		{"locked_means_locked", "an update of data that is locked", live(func(f *forge) { f.locks(); f.update("22222222") })},
		{"locked_means_locked", "the user is locked", live(func(f *forge) {
			f.missOnline(1)
			f.missOnline(2)
			f.missOnline(3, ev(srv, "user_locked", "alice", "failures", 3))
			f.online("22222222")
		})},
		{"only_admin_recovers", "data comes to what is locked", live(func(f *forge) {
			f.locks()
			f.online("22222222", f.brings("data_issued", onespan.TimeBased)...)
		})},
		{"refusal_frees_nothing", "a refused update brings data", live(func(f *forge) {
			f.do(onespan.Update{Workstation: "DESKTOP-3", User: "alice"}, nil, "wrong_code",
				f.brings("data_renewed", onespan.TimeBased)...)
		})},
	}
}

func onespanDataBreaches() []breach {
	const timed, event = onespan.TimeBased, onespan.EventBased
	end := func(f *forge) {
		f.cut()
		f.wait(2*day - 30*time.Second)
		f.otpNow("33333333")
	}
	return []breach{
		{"nothing_at_or_after_expiry", "at the very instant", live(func(f *forge) { end(f); f.offline("33333333") })},
		{"nothing_at_or_after_expiry", "it lives longer than the policy says", live(func(f *forge) {
			f.wait(day)
			f.otp("33333333")
			came := f.brings("data_renewed", timed)
			came[0].Fields["expires_at"] = f.now.Add(3 * day).Format(time.RFC3339Nano)
			f.online("33333333", came...)
		})},
		{"nothing_at_or_after_expiry", "more uses than there are", counting(func(f *forge) {
			f.cut()
			f.offline("22222222", "left", 0)
			f.otp("33333333")
			f.offline("33333333", "left", 0)
		})},
		{"clock_back_revives_nothing", "an expiry is forgotten",
			live(func(f *forge) { end(f); f.back(day); f.offline("33333333") })},
		{"not_before_priming", "no online logon", func() *forge {
			f := digipass(timed)
			f.otp("11111111")
			f.cut()
			f.offline("11111111")
			return f
		}},
		{"not_before_priming", "the data was deleted", live(func(f *forge) {
			f.do(logon("x"), nil, "wrong_code", ev(dt, "data_deleted", "alice@DESKTOP-3", "number", 1, "reason", "disabled"))
			f.cut()
			f.offline("22222222")
		})},
		{"counters_monotonic", "an older number", live(func(f *forge) {
			f.set = 0
			f.online("22222222",
				f.brings("data_renewed", timed)...)
		})},
		{"used_stays_used", "a use comes back", counting(func(f *forge) {
			f.cut()
			f.offline("22222222", "left", 4)
			f.otp("33333333")
			f.offline("33333333", "left", 4)
		})},
		{"one_day_rule", "too early", live(func(f *forge) {
			f.wait(day - time.Minute - time.Millisecond)
			f.otp("33333333")
			f.online("33333333", f.brings("data_renewed", timed)...)
		})},
		{"one_day_rule", "not renewed", live(func(f *forge) { f.wait(day); f.otp("33333333"); f.online("33333333") })},
		{"one_day_rule", "event-based and not renewed", counting(func(f *forge) { f.online("22222222") })},
		{"replenish_only_online", "data without a logon", live(func(f *forge) {
			f.wait(day,
				f.brings("data_renewed", timed)...)
		})},
		{"replenish_only_online", "more uses than the policy says", counting(func(f *forge) {
			f.policy("onespan.offline.event_window", "4")
			f.online("22222222", f.brings("data_renewed", event)...)
		})},
	}
}

func TestASoundHistoryOfADigipassBreaksNothing(t *testing.T) {
	t.Parallel()
	for name, f := range map[string]*forge{"time-based": soundOneSpan(), "event-based": soundEvents()} {
		if found := judge(t, authn.FamilyOneSpan, nil, f); len(found) > 0 {
			t.Errorf("%s: %s", name, ids(found))
		}
	}
}
