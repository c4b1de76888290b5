package sim_test

import (
	"testing"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/onespan"
)

// onespanBegun returns a locked desktop with two days of data.
func onespanBegun(t testing.TB) *stage {
	t.Helper()
	s := desktop(t, onespan.TimeBased, setting("onespan.offline.window_days", "2"))
	s.in(s.nextOTP(), "online")
	return s
}

// spent wants a code to be refused: it is spent even though nobody was told
// (A2, A13).
func spent(rule authn.RuleID) func(*stage, authn.Action) {
	return func(s *stage, a authn.Action) {
		if _, logon := a.(onespan.Logon); logon {
			s.do(lock3)
		}
		s.refused(a, "code_replayed", rule)
	}
}

// onespanCases has Actions of the family of every kind.
var onespanCases = []crashCase{
	{"add workstation", on(authn.AddWorkstation{Name: "DESKTOP-4", Family: authn.FamilyOneSpan}), there},
	{"assign", on(onespan.Assign{Phone: "pixel", Type: onespan.EventBased}), nil},
	{"otp", on(onespan.OTP{Phone: "pixel"}), nil},
	{"logon", func(s *stage) authn.Action { return logon(s.nextOTP()) }, spent("A2")},
	{"logon that brings data", func(s *stage) authn.Action { s.wait(25 * time.Hour); return logon(s.otp()) }, spent("A2")},
	{"logon offline", func(s *stage) authn.Action { s.link(station3, authn.Down); return logon(s.nextOTP()) },
		spent("A2")},
	{"logon offline that locks", func(s *stage) authn.Action {
		s.link(station3, authn.Down)
		for range 2 {
			s.refused(logon("000000"), "wrong_code", "O24")
		}
		return logon("000000")
	}, func(s *stage, a authn.Action) { s.refused(a, "data_locked", "O35") }},
	{"wrong logon", on(logon("000000")), func(s *stage, _ authn.Action) {
		if n := s.aliceAtTheServer().Failures; n != 1 {
			s.t.Fatalf("A6: one guess is %d failures", n)
		}
	}},
	{"update", func(s *stage) authn.Action { s.wait(25 * time.Hour); return tray(s.otp()) }, spent("A2")},
	{"expiry", on(authn.AdvanceClock{By: 49 * time.Hour}), nil},
	{"set password", on(onespan.SetPassword{User: "alice", Password: authn.NewSecret("x")}), nil},
	{"set PIN", on(onespan.SetPIN{User: "alice", PIN: authn.NewSecret("4711")}), nil},
	{"reset PIN", on(onespan.ResetPIN{User: "alice"}), nil},
	{"delete data", on(onespan.DeleteData{User: "alice"}), nil},
	{"resync", func(s *stage) authn.Action {
		first := s.nextOTP()
		return onespan.Resync{Phone: "pixel", Codes: authn.NewSecret(first + " " + s.nextOTP())}
	}, func(s *stage, a authn.Action) { s.refused(a, "wrong_code", "A4") }},
	{"unlock user", func(s *stage) authn.Action {
		s.refused(logon("000000"), "wrong_code", "O24")
		return authn.UnlockUser{Name: "alice"}
	}, nil},
}
