package sim_test

import (
	"testing"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/hypr"
	"github.com/offauth/offauth/authn/onespan"
	"github.com/offauth/offauth/authn/sim"
)

// login3 types a PIN of HYPR at OneSpan's workstation.
func login3(pin string) hypr.Login {
	return hypr.Login{Workstation: "DESKTOP-3", User: "alice", PIN: authn.NewSecret(pin)}
}

// rollback accepts a world after its files were restored.
func (s *stage) rollback() authn.Outcome {
	s.t.Helper()
	out, err := sim.AcceptRollback(s.t.Context(), s.world)
	if err != nil {
		s.t.Fatal(err)
	}
	if bad := note(repair{}, out, err); bad != nil {
		s.t.Fatal(bad)
	}
	return out
}

// Rule: A11. An update that is interrupted at any of its messages leaves the
// old data valid, and the next contact brings the new data.
func TestAnUpdateCutAnywhereLeavesTheOldDataWorkingA11(t *testing.T) {
	for _, fault := range []authn.FaultKind{authn.Drop, authn.Tamper} {
		for nth := 0; nth <= 4; nth++ {
			s := desktop(t, onespan.TimeBased, setting("onespan.offline.window_days", "4"))
			s.in(s.nextOTP(), "online")
			old := s.data().Number
			s.wait(25 * time.Hour)
			message := "onespan_part"
			if nth == 0 {
				message = "onespan_answer"
				s.do(authn.SetFault{Kind: fault, Message: message, Nth: 1})
			} else {
				s.do(authn.SetFault{Kind: fault, Message: message, Nth: nth})
			}
			out := s.do(logon(s.nextOTP()))
			s.do(lock3)
			r := out.Result.(onespan.LogonResult)
			if d := s.data(); d.Number != old || !d.Present || nth > 0 && (r.Data != onespan.DataLost || !d.Incomplete) {
				t.Fatalf("%s %s %d: %+v %+v", fault, message, nth, r, d)
			}
			s.link(station3, authn.Down)
			s.in(s.nextOTP(), "offline")
			s.link(station3, authn.Up)
			out = s.do(tray(s.nextOTP()))
			s.saw(out, "data_renewed")
			if d := s.data(); d.Number == old || d.Incomplete {
				t.Fatalf("%+v", d)
			}
			s.link(station3, authn.Down)
			s.in(s.nextOTP(), "offline")
		}
	}
}

// Rules: A11, O38. The data after the administrator's deletion may be lost too;
// no second deletion is needed.
func TestDataThatIsLostAfterTheDeletionComesAgainO38(t *testing.T) {
	s := desktop(t, onespan.TimeBased)
	s.in(s.nextOTP(), "online")
	s.link(station3, authn.Down)
	for range 2 {
		s.refused(logon("000000"), "wrong_code", "O24")
	}
	s.refused(logon("000000"), "data_locked", "O35")
	s.link(station3, authn.Up)
	s.do(onespan.DeleteData{User: "alice"}) // before the server has heard of the lock
	s.do(authn.SetFault{Kind: authn.Drop, Message: "onespan_part", Nth: 3})
	if r := s.in(s.nextOTP(), "online").Result.(onespan.LogonResult); r.Data != onespan.DataLost || !s.data().Locked {
		t.Fatalf("%+v", r)
	}
	s.saw(s.in(s.nextOTP(), "online"), "data_issued")
	s.link(station3, authn.Down)
	s.in(s.nextOTP(), "offline")
}

// Every fault hits every message of the family once during the story. Actions
// without an answer are repeated, and no code is accepted twice (A2, O21).
func TestAFaultOnAnyOneSpanMessageDoesNoHarm(t *testing.T) {
	for _, kind := range onespan.MessageKinds() {
		for _, fault := range []authn.FaultKind{authn.Drop, authn.Replay, authn.Tamper} {
			t.Run(kind+" "+string(fault), func(t *testing.T) {
				s := empty(t)
				s.do(authn.AddUser{Name: "alice"})
				s.do(authn.RegisterDevice{Name: "pixel", User: "alice"})
				s.do(authn.SetPolicy{Settings: []authn.Setting{
					setting("onespan.offline.enabled", "true"), setting("onespan.backend.authentication", "always"),
					setting("onespan.offline.window_days", "2"),
				}})
				s.do(authn.SetFault{Kind: fault, Message: kind, Nth: 1})
				struck := s.retry(authn.AddWorkstation{Name: "DESKTOP-3", Family: authn.FamilyOneSpan})
				struck += s.retry(onespan.Assign{Phone: "pixel", Type: onespan.TimeBased})
				if struck > 1 || fault == authn.Replay && struck > 0 {
					t.Fatalf("%d actions got no answer", struck)
				}
				code, taken := s.nextOTP(), 0
				for range 3 {
					_, err := s.apply(logon(code))
					if r, ok := authn.AsRefusal(err); err != nil && (!ok || r.Code != "no_offline_data" && r.Code != "code_replayed") {
						t.Fatal(err)
					}
					if err == nil {
						taken++
					}
					s.do(lock3)
				}
				if taken > 1 || fault == authn.Replay && taken == 0 {
					t.Fatalf("a code was taken %d times", taken)
				}
				s.do(authn.UnlockUser{Name: "alice"}) // replayed codes count
				s.in(s.nextOTP(), "online")
				if faults := s.snap().Faults; len(faults) != 0 {
					t.Fatalf("%+v did not strike", faults)
				}
				s.link(station3, authn.Down)
				code = s.nextOTP()
				s.in(code, "offline")
				s.refused(logon(code), "code_replayed", "A2")
			})
		}
	}
}

// retry does an Action, and repeats it if there was no answer. It returns how
// often there was none.
func (s *stage) retry(a authn.Action) int {
	s.t.Helper()
	_, err := s.apply(a)
	if r, ok := authn.AsRefusal(err); ok && r.Code == "server_unreachable" {
		s.do(a)
		return 1
	}
	if err != nil {
		s.t.Fatal(err)
	}
	return 0
}

// Rules: O38, O39, A11. Newer data that is lost in transit is no deletion by
// the administrator: the previous data stays locked.
func TestALockStandsThoughNewerDataWasLostOnItsWayO39(t *testing.T) {
	t.Parallel()
	s := desktop(t, onespan.EventBased, setting("onespan.user.lock_threshold", "0"))
	s.in(s.nextOTP(), "online")
	s.do(authn.Lock{Workstation: "DESKTOP-3"})
	s.do(authn.SetFault{Kind: authn.Drop, Message: "onespan_answer", Nth: 1})
	s.in(s.nextOTP(), "offline") // the server made newer data, and its answer was lost
	s.do(authn.SetLink{Site: authn.SiteServer, State: authn.Down})
	s.do(authn.Lock{Workstation: "DESKTOP-3"})
	for range 2 {
		s.refused(logon("000000"), "wrong_code", "O22")
	}
	s.refused(logon("000000"), "data_locked", "O35")
	s.do(authn.SetLink{Site: authn.SiteServer, State: authn.Up})
	if out := s.in(s.nextOTP(), "online"); field(t, out, "data_withheld", "reason") != "locked" {
		t.Fatalf("the lock was ended without the administrator: %v", out.Events)
	}
	s.do(onespan.DeleteData{User: "alice"})
	s.do(authn.Lock{Workstation: "DESKTOP-3"})
	if out := s.in(s.nextOTP(), "online"); field(t, out, "data_issued", "serial") == "" || !s.data().Present {
		t.Fatalf("the administrator's deletion did not help: %v", out.Events)
	}
}
