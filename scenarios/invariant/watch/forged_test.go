package watch_test

import (
	"strings"
	"testing"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/encap"
	"github.com/offauth/offauth/authn/hypr"
	"github.com/offauth/offauth/scenarios/invariant"
	"github.com/offauth/offauth/scenarios/invariant/watch"
)

// soundHYPR is a long life in which nothing is wrong.
func soundHYPR() *forge {
	f := pins()
	f.policy("hypr.directory.lockout", "2")
	f.login()
	f.show("AAAA2222")
	f.do(hypr.Unlock{Phone: "pixel", Workstation: "LAPTOP-7"}, hypr.UnlockResult{PIN: authn.NewSecret("AAAA2222"),
		Same: true}, "")
	f.refuse("ZZZZ2222", "wrong_pin", 1)
	f.typePIN("aaaa-2222")
	f.refuse("AAAA2222", "pin_used", 1)
	f.refuse("ZZZZ2222", "wrong_pin", 2, ev(ws, "directory_locked", "alice@LAPTOP-7", "failures", 2))
	f.do(typed("ZZZZ2222"), nil, "directory_locked")
	f.login()
	f.hide()
	for i := range 10 {
		f.show("BBBB" + strings.Repeat("3", i+1))
		f.hide()
	}
	f.show2nd()
	f.do(hypr.Tap{Phone: "pixel", Workstation: "LAPTOP-7"}, hypr.TapResult{Outcome: hypr.TapWaiting}, "", f.tapped())
	f.wait(5*time.Second, ev(ph, "pin_offered", "LAPTOP-7", "reason", hypr.ReasonUnreachable))
	f.wait(7*day, ev(ws, "pins_expired", "alice@LAPTOP-7", "phone", "pixel", "number", 2, "left", 10))
	f.refuse("BBBB3", "pin_expired", 1)
	f.back(day)
	f.login()
	return f
}

// show2nd is a PIN that times out.
func (f *forge) show2nd() {
	f.login()
	f.show("CCCC2222")
	e := ev(ph, "pin_hidden", "LAPTOP-7", "reason", "timeout")
	e.At = f.now.Add(time.Minute)
	f.wait(time.Minute, e)
}

func soundEncap() *forge {
	f := shop()
	f.challenge("S1")
	f.answer("S1", "1357", "111111")
	f.wrong("S1", 1)
	f.verify("S1", "111111", f.event("session_approved", srv, "S1"))
	f.challenge("S2")
	f.challenge("S3", f.event("session_superseded", srv, "S2", "by", "S3"))
	f.answer("S3", "9999", "222222")
	f.wrong("S3", 1)
	f.wrong("S3", 2)
	f.wrong("S3", 3, lockEvent())
	f.do(authn.UnlockUser{Name: "alice"}, nil, "", ev(srv, "locks_cleared", "alice", "phone", "pixel"))
	f.wrong("S3", 1)
	f.wait(5*time.Minute, f.event("session_expired", srv, "S3"))
	f.do(encap.Verify{Provider: "shop", Session: "S3", Code: authn.NewSecret("222222")}, nil, "session_expired",
		f.event("session_closed", srv, "S3", "reason", "expired"))
	f.authenticate()
	f.addMethod()
	return f
}

func TestASoundHistoryBreaksNothing(t *testing.T) {
	t.Parallel()
	for family, f := range map[authn.FamilyName]*forge{authn.FamilyHYPR: soundHYPR(), authn.FamilyEncap: soundEncap()} {
		if found := judge(t, family, nil, f); len(found) > 0 {
			t.Errorf("%s: %s", family, ids(found))
		}
	}
}

// breach is a history that breaks one invariant.
type breach struct {
	id, name string
	f        func() *forge
}

// after begins with a life that has a PIN, and goes on.
func after(more func(*forge)) func() *forge {
	return func() *forge {
		f := pins()
		f.login()
		f.show("AAAA2222")
		more(f)
		return f
	}
}

// within begins with a session and its code, and goes on.
func within(more func(*forge)) func() *forge {
	return func() *forge {
		f := shop()
		f.challenge("S1")
		f.answer("S1", "1357", "111111")
		more(f)
		return f
	}
}

func hyprBreaches() []breach {
	return append(hyprPINBreaches(), hyprPhoneBreaches()...)
}

func hyprPINBreaches() []breach {
	return []breach{
		{"no_pin_accepted_twice", "the same PIN again",
			after(func(f *forge) { f.typePIN("AAAA2222"); f.typePIN("AAAA2222") })},
		{"nothing_at_or_after_expiry", "typed at the very instant", after(func(f *forge) {
			f.wait(7*day, ev(ph, "pin_hidden", "LAPTOP-7", "reason", "expired"))
			f.typePIN("AAAA2222")
		})},
		{"nothing_at_or_after_expiry", "shown at the very instant", after(func(f *forge) {
			f.wait(7*day, ev(ph, "pin_hidden", "LAPTOP-7", "reason", "expired"))
			f.show("BBBB2222")
		})},
		{"clock_back_revives_nothing", "an expiry is forgotten", after(func(f *forge) {
			f.wait(7*day, ev(ph, "pin_hidden", "LAPTOP-7", "reason", "expired"))
			f.back(day)
			f.typePIN("AAAA2222")
		})},
		{"clock_back_revives_nothing", "a PIN stays visible", after(func(f *forge) { f.back(day) })},
		{"old_set_dead", "a newer one was confirmed", after(func(f *forge) {
			f.login()
			f.kept = 10
			f.typePIN("AAAA2222")
		})},
		{"old_set_dead", "it was deleted", after(func(f *forge) {
			f.do(hypr.Tap{}, nil, "", ev(ws, "pins_deleted", "alice@LAPTOP-7", "phone", "pixel", "number", 1))
			f.typePIN("AAAA2222")
		})},
		{"not_before_priming", "no online login", func() *forge {
			f := pins()
			f.left = 10
			f.show("AAAA2222")
			return f
		}},
		{"only_issued_is_accepted", "nobody showed it", after(func(f *forge) { f.typePIN("ZZZZ2222") })},
		{"only_issued_is_accepted", "the phone is lost", after(func(f *forge) {
			f.do(authn.ReplaceDevice{Old: "pixel", New: "tablet"}, nil, "",
				ev(ws, "unpaired", "alice@LAPTOP-7", "phone", "pixel", "workstation", "LAPTOP-7"))
			f.typePIN("AAAA2222")
		})},
		{"counters_monotonic", "a hole in the log", after(func(f *forge) { f.seq++; f.hide() })},
		{"counters_monotonic", "a set has the number of one before", after(func(f *forge) { f.set--; f.login() })},
		{"used_stays_used", "PINs come back on the phone",
			after(func(f *forge) { f.hide(); f.left = 10 + 1; f.show("BBBB2222") })},
		{"used_stays_used", "PINs come back at the workstation",
			after(func(f *forge) { f.kept = 12; f.typePIN("AAAA2222") })},
		{"books_balance", "one is missing on the phone", after(func(f *forge) { f.hide(); f.left--; f.show("BBBB2222") })},
		{"books_balance", "one is missing at the workstation", after(func(f *forge) { f.kept--; f.typePIN("AAAA2222") })},
		{"books_balance", "one is missing at the end", after(func(f *forge) {
			f.look = &authn.Snapshot{Phones: []authn.PhoneView{{Name: "pixel",
				Computers: []authn.ComputerView{{Workstation: "LAPTOP-7", Set: &authn.PINSetView{Number: 1, Left: 7, Of: 10}}}}}}
			f.hide()
		})},
		{"wrong_spends_nothing", "the workstation drops one", after(func(f *forge) {
			f.look = &authn.Snapshot{Workstations: []authn.WorkstationView{{Name: "LAPTOP-7",
				Accounts: []authn.AccountView{{User: "alice", Sets: []authn.PINSetView{{Number: 1, Phone: "pixel", Left: 9,
					Of: 10}}}}}}}
			f.refuse("ZZZZ2222", "wrong_pin", 1)
		})},
		{"only_locked_unlocks", "a workstation that is unlocked", after(func(f *forge) { f.typeUnlocked("AAAA2222") })},
		{"only_issued_is_accepted", "a phone without a passkey", after(func(f *forge) {
			f.do(hypr.PasskeyUnlock{Phone: "pixel", Workstation: "LAPTOP-7"}, hypr.PasskeyResult{}, "",
				ev(ws, "unlocked", "alice@LAPTOP-7", "phone", "pixel", "mode", "bluetooth"))
		})},
		{"old_set_dead", "a workstation is said to know of a lost phone", after(func(f *forge) {
			f.do(authn.ReplaceDevice{Old: "pixel", New: "next"},
				authn.ReplaceResult{Old: "pixel", New: "next", User: "alice", Dead: []string{"LAPTOP-7"}}, "")
		})},
		{"lock_exactly_at_n", "an unlock that did not arrive", after(func(f *forge) {
			f.refuse("ZZZZ2222", "wrong_pin", 1)
			f.do(authn.UnlockUser{Name: "alice"}, authn.UnlockUserResult{User: "alice", Reached: []string{"LAPTOP-7"}}, "")
		})},
		{"right_credential_accepted", "locked out without a lock", after(func(f *forge) {
			f.do(typed("AAAA2222"), nil, "directory_locked")
		})},
		{"right_credential_accepted", "a PIN that was shown is called wrong",
			after(func(f *forge) { f.refuse("AAAA2222", "wrong_pin", 1) })},
		{"right_credential_accepted", "a PIN that is left is called expired", after(func(f *forge) {
			f.hide()
			f.show("BBBB2222")
			f.typePIN("AAAA2222")
			f.refuse("BBBB2222", "pin_expired", 1)
		})},
		{"lock_exactly_at_n", "one too late", after(func(f *forge) {
			f.policy("hypr.directory.lockout", "1")
			f.login()
			f.refuse("ZZZZ2222", "wrong_pin", 1)
		})},
		{"lock_exactly_at_n", "one too early", after(func(f *forge) {
			f.policy("hypr.directory.lockout", "2")
			f.login()
			f.refuse("ZZZZ2222", "wrong_pin", 1, ev(ws, "directory_locked", "alice@LAPTOP-7", "failures", 1))
		})},
		{"lock_exactly_at_n", "a success does not count", after(func(f *forge) {
			f.refuse("ZZZZ2222", "wrong_pin", 1)
			f.typePIN("AAAA2222")
			f.refuse("ZZZZ2222", "wrong_pin", 2)
		})},
		{"locked_means_locked", "a right PIN gets in", after(func(f *forge) {
			f.policy("hypr.directory.lockout", "1")
			f.login()
			f.hide()
			f.show("BBBB2222")
			f.refuse("ZZZZ2222", "wrong_pin", 1, ev(ws, "directory_locked", "alice@LAPTOP-7", "failures", 1))
			f.typePIN("BBBB2222")
		})},
		{"locked_means_locked", "a guess is judged", after(func(f *forge) {
			f.policy("hypr.directory.lockout", "1")
			f.login()
			f.refuse("ZZZZ2222", "wrong_pin", 1, ev(ws, "directory_locked", "alice@LAPTOP-7", "failures", 1))
			f.refuse("ZZZZ2222", "wrong_pin", 2)
		})},
		{"replenish_only_online", "a set from nowhere", after(func(f *forge) { f.do(authn.Lock{}, nil, "", f.issue()[0]) })},
		{"replenish_only_online", "a set while Offline Mode is off",
			after(func(f *forge) { f.policy("hypr.offline.enabled", "false"); f.login() })},
		{"refusal_frees_nothing", "a refused tap shows a PIN", after(func(f *forge) {
			f.do(authn.Lock{}, nil, "not_locked", ev(ws, "unlocked", "alice@LAPTOP-7", "phone", "pixel", "mode", "online"))
		})},
	}
}

func hyprPhoneBreaches() []breach {
	return []breach{
		{"warn_iff_below", "no warning", after(func(f *forge) {
			for f.left > 2 {
				f.hide()
				f.show("BBBB" + strings.Repeat("4", int(f.left)))
			}
			f.hide()
			f.left--
			f.do(hypr.Unlock{Phone: "pixel", Workstation: "LAPTOP-7"}, hypr.UnlockResult{PIN: authn.NewSecret("CCCC2222")}, "",
				ev(ph, "pin_shown", "LAPTOP-7", "number", 1, "left", 1, "of", 10))
		})},
		{"warn_iff_below", "a warning at the threshold", after(func(f *forge) {
			for f.left > 3 {
				f.hide()
				f.show("BBBB" + strings.Repeat("4", int(f.left)))
			}
			f.hide()
			f.left--
			f.do(hypr.Unlock{Phone: "pixel", Workstation: "LAPTOP-7"}, hypr.UnlockResult{PIN: authn.NewSecret("CCCC2222")}, "",
				ev(ph, "pin_shown", "LAPTOP-7", "number", 1, "left", 2, "of", 10), ev(ph, "pins_low", "LAPTOP-7", "left", 2, "of",
					10))
		})},
		{"offer_not_before_5s", "a millisecond early", after(func(f *forge) {
			f.do(hypr.Tap{}, hypr.TapResult{Outcome: hypr.TapWaiting}, "", f.tapped())
			f.wait(4999*time.Millisecond, ev(ph, "pin_offered", "LAPTOP-7", "reason", hypr.ReasonUnreachable))
		})},
		{"offer_not_before_5s", "not at all", after(func(f *forge) {
			f.do(hypr.Tap{}, hypr.TapResult{Outcome: hypr.TapWaiting}, "", f.tapped())
			f.wait(5 * time.Second)
		})},
		{"offer_not_before_5s", "after the answer", after(func(f *forge) {
			f.login()
			f.wait(5*time.Second, ev(ph, "pin_offered", "LAPTOP-7", "reason", hypr.ReasonUnreachable))
		})},
		{"hidden_after_timeout", "visible for the whole timeout", after(func(f *forge) { f.wait(time.Minute) })},
		{"hidden_after_timeout", "a second too soon", after(func(f *forge) {
			f.wait(59*time.Second, ev(ph, "pin_hidden", "LAPTOP-7", "reason", "timeout"))
		})},
		{"same_pin_while_visible", "another PIN", after(func(f *forge) { f.show("BBBB2222") })},
		{"same_pin_while_visible", "another PIN as the same", after(func(f *forge) {
			f.do(hypr.Unlock{Phone: "pixel", Workstation: "LAPTOP-7"},
				hypr.UnlockResult{PIN: authn.NewSecret("BBBB2222"), Same: true}, "")
		})},
		{"same_pin_while_visible", "the same PIN as a new one", after(func(f *forge) { f.hide(); f.show("AAAA2222") })},
		{"server_needed", "an online login across a cut", after(func(f *forge) {
			f.do(authn.SetLink{Site: ws, State: authn.Down}, nil, "", ev("world", "link_set", string(ws), "state", "down"))
			f.login()
		})},
		{"server_needed", "an offline login calls the server", after(func(f *forge) {
			f.do(typed("AAAA2222"), hypr.LoginResult{}, "", ev(srv, "login_approved", "alice"))
		})},
		{"events_delivered_once", "an event comes again", after(func(f *forge) {
			first := f.seen[4].Outcome.Events[0]
			told := ev(srv, "audited", first.Subject, "event", string(first.Kind), "from", string(first.Site), "number",
				int(first.Seq))
			f.do(hypr.Tap{}, nil, "", told, told)
		})},
		{"no_secret_outside", "a PIN in an event", after(func(f *forge) {
			f.do(hypr.Hide{}, nil, "", ev(ph, "pin_hidden", "LAPTOP-7", "reason", "it was aaaa2222"))
		})},
		{"no_secret_outside", "a PIN in a warning", after(func(f *forge) {
			f.hide()
			f.seen[len(f.seen)-1].Outcome.Warnings = []string{"the PIN AAAA2222 is gone"}
		})},
	}
}

func encapBreaches() []breach {
	return []breach{
		{"no_code_accepted_twice", "the session is approved again", within(func(f *forge) {
			f.verify("S1", "111111", f.event("session_approved", srv, "S1"))
			f.verify("S1", "111111", f.event("session_approved", srv, "S1"))
		})},
		{"no_code_accepted_twice", "the provider hears it again", within(func(f *forge) {
			f.verify("S1", "111111", f.event("session_approved", srv, "S1"))
			f.verify("S1", "111111")
		})},
		{"nothing_at_or_after_expiry", "at the very instant", within(func(f *forge) {
			f.wait(5 * time.Minute)
			f.verify("S1", "111111", f.event("session_approved", srv, "S1"))
		})},
		{"clock_back_revives_nothing", "an expiry is forgotten", within(func(f *forge) {
			f.wait(5 * time.Minute)
			f.back(time.Minute)
			f.verify("S1", "111111", f.event("session_approved", srv, "S1"))
		})},
		{"context_bound", "the code of another session", within(func(f *forge) {
			f.challenge("S2", f.event("session_superseded", srv, "S1", "by", "S2"))
			f.verify("S2", "111111", f.event("session_approved", srv, "S2"))
		})},
		{"only_issued_is_accepted", "a code of a wrong PIN", func() *forge {
			f := shop()
			f.challenge("S1")
			f.answer("S1", "9999", "111111")
			f.verify("S1", "111111", f.event("session_approved", srv, "S1"))
			return f
		}},
		{"session_once", "expired and then approved", within(func(f *forge) {
			f.do(authn.AdvanceClock{}, nil, "", f.event("session_expired", srv, "S1"))
			f.verify("S1", "111111", f.event("session_approved", srv, "S1"))
		})},
		{"session_once", "two are open", within(func(f *forge) { f.challenge("S2") })},
		{"right_credential_accepted", "the code of the right PIN is called wrong",
			within(func(f *forge) { f.refuseCode("S1", "111111") })},
		{"right_credential_accepted", "the online PIN is called wrong", func() *forge {
			f := shop()
			f.do(encap.Activate{Phone: "pixel", PIN: authn.NewSecret("2580")}, encap.ActivateResult{}, "",
				ev(ph, "activated", "alice", "phone", "pixel"))
			e := ev(ph, "refused", "alice", "action", "device auth", "method", "DEVICE:PIN")
			e.Result = "wrong_pin"
			f.do(encap.Auth{Phone: "pixel", Method: encap.DevicePIN, PIN: authn.NewSecret("2580")}, nil, "wrong_pin", e)
			return f
		}},
		{"not_before_priming", "a method without an authentication", func() *forge {
			f := &forge{now: monday}
			f.addMethod()
			return f
		}},
		{"not_before_priming", "a method after 300 s", within(func(f *forge) { f.wait(300 * time.Second); f.addMethod() })},
		{"lock_exactly_at_n", "the count leaps", within(func(f *forge) { f.wrong("S1", 2) })},
		{"lock_exactly_at_n", "no lock", within(func(f *forge) { f.wrong("S1", 1); f.wrong("S1", 2); f.wrong("S1", 3) })},
		{"lock_exactly_at_n", "a lock too early", within(func(f *forge) { f.wrong("S1", 1); f.wrong("S1", 2, lockEvent()) })},
		{"locked_means_locked", "approved while locked", within(func(f *forge) {
			f.wrong("S1", 1)
			f.wrong("S1", 2)
			f.wrong("S1", 3, lockEvent())
			f.verify("S1", "111111", f.event("session_approved", srv, "S1"))
		})},
		{"server_needed", "approved across a cut", within(func(f *forge) {
			f.do(authn.SetLink{Site: srv, State: authn.Down}, nil, "", ev("world", "link_set", string(srv), "state", "down"))
			f.verify("S1", "111111", f.event("session_approved", srv, "S1"))
		})},
		{"server_needed", "a scan calls the server", within(func(f *forge) {
			f.do(encap.Scan{Phone: "pixel"}, encap.ScanResult{}, "", ev(srv, "registration_made", "alice", "phone", "pixel"))
		})},
		{"refusal_frees_nothing", "a refused code approves", within(func(f *forge) {
			f.do(encap.Verify{Provider: "shop", Session: "S1", Code: authn.NewSecret("111111")}, nil, "wrong_code",
				f.event("session_approved", srv, "S1"))
		})},
		{"no_secret_outside", "a code in an event", within(func(f *forge) {
			f.verify("S1", "111111", f.event("session_approved", srv, "S1", "reason", "111111 is right"))
		})},
	}
}

func TestEveryInvariantSeesTheHistoryThatBreaksIt(t *testing.T) {
	t.Parallel()
	broken := map[string]bool{invariant.SpendBeforeTell: true, invariant.SameSeedSameLog: true,
		invariant.NoFault: true} // those that the property test judges
	for family, list := range map[authn.FamilyName][]breach{authn.FamilyHYPR: hyprBreaches(),
		authn.FamilyEncap: encapBreaches(), authn.FamilyOneSpan: onespanBreaches()} {
		for _, b := range list {
			broken[b.id] = true
			t.Run(string(family)+" "+b.id+" "+b.name, func(t *testing.T) {
				t.Parallel()
				found := judge(t, family, []string{b.id}, b.f())
				if len(found) == 0 || found[0].ID != b.id || found[0].What == "" || found[0].Sentence == "" ||
					len(found[0].Rules) == 0 || found[0].N == 0 {
					t.Errorf("not seen: %+v; all: %s", found, ids(judge(t, family, nil, b.f())))
				}
			})
		}
	}
	for _, i := range watch.All() {
		if !broken[i.ID] {
			t.Errorf("no history here breaks %s", i.ID)
		}
	}
}

func TestAnInvariantThatThereIsNotIsNamed(t *testing.T) {
	t.Parallel()
	if _, err := watch.New(authn.FamilyHYPR, []string{"no_pin_acepted_twice"}); err == nil ||
		!strings.Contains(err.Error(), "no_pin_accepted_twice") {
		t.Errorf("got %v", err)
	}
	breaks := hyprBreaches()[0].f()
	if found := judge(t, authn.FamilyHYPR, []string{"none"}, breaks); len(found) > 0 {
		t.Errorf("none found %s", ids(found))
	}
	for _, i := range watch.All() {
		for _, id := range i.Rules {
			if _, ok := authn.RuleByID(id); !ok {
				t.Errorf("%s names the rule %s, which there is not", i.ID, id)
			}
		}
	}
}
