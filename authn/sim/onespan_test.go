package sim_test

import (
	"strings"
	"testing"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/onespan"
)

const station3 = "workstation/DESKTOP-3"

// desktop returns a world with a user with a Digipass of a type, a locked
// OneSpan workstation, and offline authentication on.
func desktop(t testing.TB, of onespan.Type, settings ...authn.Setting) *stage {
	t.Helper()
	s := empty(t)
	s.do(authn.AddUser{Name: "alice"})
	s.do(authn.RegisterDevice{Name: "pixel", User: "alice"})
	s.do(authn.AddWorkstation{Name: "DESKTOP-3", Family: authn.FamilyOneSpan})
	s.do(authn.SetPolicy{Settings: append([]authn.Setting{
		setting("onespan.offline.enabled", "true"), setting("onespan.backend.authentication", "always"),
		setting("onespan.offline.window_days", "7"),
	}, settings...)})
	s.do(onespan.Assign{Phone: "pixel", Type: of})
	return s
}

// otp returns the current one-time password on pixel.
func (s *stage) otp() string {
	s.t.Helper()
	return s.do(onespan.OTP{Phone: "pixel"}).Result.(onespan.OTPResult).Code.Reveal()
}

// nextOTP advances the clock by one time step and returns a new one-time
// password.
func (s *stage) nextOTP() string {
	s.t.Helper()
	s.wait(30 * time.Second)
	return s.otp()
}

func logon(password string) onespan.Logon {
	return onespan.Logon{Workstation: "DESKTOP-3", User: "alice", Password: authn.NewSecret(password)}
}

func tray(password string) onespan.Update {
	return onespan.Update{Workstation: "DESKTOP-3", User: "alice", Password: authn.NewSecret(password)}
}

var lock3 = authn.Lock{Workstation: "DESKTOP-3"}

// in logs on, checks the mode, and locks again.
func (s *stage) in(password, mode string) authn.Outcome {
	s.t.Helper()
	out := s.do(logon(password))
	r := out.Result.(onespan.LogonResult)
	if r.Mode != mode || !r.Unlocked || s.station().Locked {
		s.t.Fatalf("%+v, want a logon that is %s", r, mode)
	}
	s.saw(out, "unlocked")
	s.do(lock3)
	return out
}

// station returns DESKTOP-3; data returns its data of alice.
func (s *stage) station() authn.WorkstationView {
	s.t.Helper()
	for _, w := range s.snap().Workstations {
		if w.Name == "DESKTOP-3" {
			return w
		}
	}
	s.t.Fatal("no DESKTOP-3")
	return authn.WorkstationView{}
}

func (s *stage) data() authn.DataView {
	s.t.Helper()
	for _, d := range s.station().Data {
		if d.User == "alice" {
			return d
		}
	}
	return authn.DataView{}
}

// field returns a field of the event of a kind, which must exist.
func field(t testing.TB, out authn.Outcome, kind authn.Kind, name string) any {
	t.Helper()
	for _, e := range out.Events {
		if e.Kind == kind {
			return e.Fields[name]
		}
	}
	t.Fatalf("no %s in %s", kind, list(out.Events))
	return nil
}

// Rules: O11, O17, O22, O23, O41, A2, A3.
func TestEventBasedDataIsUsedUpAndRenewedAtEveryLogonO11O22O23(t *testing.T) {
	s := desktop(t, onespan.EventBased, setting("onespan.offline.event_window", "12"),
		setting("onespan.otp.event_window", "5"))
	out := s.in(s.otp(), "online")
	if field(t, out, "data_issued", "uses") != int64(12) {
		t.Fatal(list(out.Events))
	}
	s.saw(s.in(s.otp(), "online"), "data_renewed")
	s.link(station3, authn.Down)
	first := s.otp()
	out = s.in(first, "offline")
	if field(t, out, "unlocked", "left") != int64(11) {
		t.Fatal(list(out.Events))
	}
	if r := s.refused(logon(first), "code_replayed", "A2"); r.Native != "201 code replay attempt" {
		t.Fatalf("native %q", r.Native)
	}
	for range 4 {
		s.otp() // generated but not typed
	}
	out = s.in(s.otp(), "offline") // last+5 is the last of the window
	if field(t, out, "data_expiring", "uses") != int64(6) {
		t.Fatal(list(out.Events))
	}
	for range 5 {
		s.otp()
	}
	s.refused(logon(s.otp()), "wrong_code", "O22") // last+6
	s.link(station3, authn.Up)
	s.refused(logon(s.otp()), "wrong_code", "O22")
	codes := s.otp() + " " + s.otp()
	s.do(onespan.Resync{Phone: "pixel", Codes: authn.NewSecret(codes)})
	s.refused(onespan.Resync{Phone: "pixel", Codes: authn.NewSecret(codes)}, "wrong_code", "A4")
	s.saw(s.in(s.otp(), "online"), "data_renewed")
	s.link(station3, authn.Down)
	for range 12 {
		s.in(s.otp(), "offline")
	}
	if r := s.refused(logon(s.otp()), "data_expired", "O23"); r.Native != "156 obsolete hash block" {
		t.Fatalf("native %q", r.Native)
	}
}

// Rules: O21, A2. A code is accepted once, online and offline together, after
// the two sides have synchronised.
func TestACodeIsTakenOnceOnlineAndOfflineTogetherO21(t *testing.T) {
	s := desktop(t, onespan.TimeBased)
	code := s.nextOTP()
	s.in(code, "online")
	s.link(station3, authn.Down)
	if r := s.refused(logon(code), "code_replayed", "O21"); r.Native != "201 code replay attempt" {
		t.Fatalf("%+v", r)
	}
	code = s.nextOTP()
	s.in(code, "offline")
	s.refused(logon(code), "code_replayed", "A2")
	s.link(station3, authn.Up)
	s.refused(logon(code), "code_replayed", "O21")
	s.refused(tray(code), "code_replayed", "O21")
	s.do(authn.UnlockUser{Name: "alice"})

	// Codes that were used offline are reported even if the data has been
	// deleted since.
	s.link(station3, authn.Down)
	code = s.nextOTP()
	s.in(code, "offline")
	for range 2 {
		s.refused(logon("000000"), "wrong_code", "O24")
	}
	s.refused(logon("000000"), "data_locked", "O35")
	s.link(station3, authn.Up)
	s.refused(logon(code), "code_replayed", "O21")
	s.in(s.nextOTP(), "online")
}

// Rule: O47. A drift within the window is tolerated and remembered; beyond it
// the refusal names the skew.
func TestADriftIsToleratedAndRememberedO47(t *testing.T) {
	s := desktop(t, onespan.TimeBased)
	skew := func(by time.Duration) { s.do(authn.SkewClock{Site: "phone/pixel", By: by}) }
	skew(-7 * time.Minute)
	s.in(s.nextOTP(), "online")
	if drift := s.snap().Users[0].OneSpan.Authenticators[0].Drift; drift != -7*time.Minute {
		t.Fatalf("drift %s", drift)
	}
	skew(-14 * time.Minute) // within the window around the drift
	s.link(station3, authn.Down)
	s.wait(10 * time.Minute)
	s.in(s.nextOTP(), "offline")
	s.link(station3, authn.Up)
	s.wait(10 * time.Minute)
	s.in(s.nextOTP(), "online")
	skew(-40 * time.Minute)
	s.wait(30 * time.Minute)
	r := s.refused(logon(s.nextOTP()), "wrong_code", "O24")
	if r.Fields["skew"] != "-40m0s" || !strings.Contains(r.Message, "that of 40m ago") {
		t.Fatalf("%v %s", r.Fields, r.Message)
	}
	s.link(station3, authn.Down)
	if r := s.refused(logon(s.nextOTP()), "wrong_code", "O24"); r.Fields["skew"] != "-40m0s" {
		t.Fatalf("%v", r.Fields)
	}
	s.link(station3, authn.Up)
	first := s.nextOTP()
	drift := s.do(onespan.Resync{Phone: "pixel",
		Codes: authn.NewSecret(first + " " + s.nextOTP())}).Result.(onespan.ResyncResult).Drift
	if drift != -40*time.Minute {
		t.Fatalf("drift %s", drift)
	}
	s.saw(s.in(s.nextOTP(), "online"), "data_renewed") // centred on the drift again, before a day is over
	s.link(station3, authn.Down)
	s.in(s.nextOTP(), "offline")
}

// Rules: O23, O24, O25. Codes at the edges of the window are accepted at the
// edges of every day, up to the last instant, and none after it.
func TestEveryDayOfTheDataHasItsBlockO23O24O25(t *testing.T) {
	for _, skew := range []time.Duration{-10 * time.Minute, 0, 10 * time.Minute} {
		t.Run(skew.String(), func(t *testing.T) {
			s := desktop(t, onespan.TimeBased, setting("onespan.offline.window_days", "4"))
			s.do(authn.SetClock{To: monday.Add(17 * time.Second)})
			s.in(s.otp(), "online")
			s.link(station3, authn.Down)
			s.do(authn.SkewClock{Site: "phone/pixel", By: skew})
			for day := 1; day <= 4; day++ {
				edge := monday.Add(17*time.Second + time.Duration(day)*24*time.Hour)
				for _, at := range []time.Time{edge.Add(-61 * time.Second), edge.Add(-time.Nanosecond),
					edge.Add(30 * time.Second)} {
					s.do(authn.SetClock{To: at})
					if day == 4 && at.After(edge) {
						s.refused(logon(s.otp()), "data_expired", "O25")
						continue
					}
					s.in(s.otp(), "offline")
				}
			}
			s.do(authn.BackClock{By: 24 * time.Hour}) // A8: it revives nothing
			s.refused(logon(s.otp()), "data_expired", "O25")
			s.do(authn.SkewClock{Site: "phone/pixel", By: skew - 30*time.Second})
		})
	}
}

// Rules: O23, A8. A workstation says so if its clock shows a time before the
// data.
func TestDataDoesNotCoverTheTimeBeforeItWasMadeO23(t *testing.T) {
	s := desktop(t, onespan.TimeBased)
	s.in(s.nextOTP(), "online")
	s.link(station3, authn.Down)
	s.do(authn.SkewClock{Site: station3, By: -time.Hour})
	if r := s.refused(logon(s.nextOTP()), "data_not_covering", "O23"); !strings.HasPrefix(r.Native, "157 ") {
		t.Fatalf("native %q", r.Native)
	}
}

// aliceAtTheServer returns the server's record of alice for the family.
func (s *stage) aliceAtTheServer() authn.OneSpanUserView {
	s.t.Helper()
	for _, u := range s.snap().Users {
		if u.Name == "alice" && u.OneSpan != nil {
			return *u.OneSpan
		}
	}
	s.t.Fatal("the server has nothing of alice")
	return authn.OneSpanUserView{}
}

// Rules: O12, A11. The Actions of one product are refused at another's
// workstation, and a workstation without an answer of the server does not
// exist.
func TestEachWorkstationIsOfItsProduct(t *testing.T) {
	s := desktop(t, onespan.TimeBased)
	s.do(authn.AddWorkstation{Name: "LAPTOP-7", Family: authn.FamilyHYPR})
	s.fault(onespan.Logon{Workstation: "LAPTOP-7", User: "alice", Password: authn.NewSecret("1")}, "bad_argument")
	s.fault(login3("22222222"), "bad_argument")
	s.fault(onespan.DeleteData{User: "alice", Workstation: "LAPTOP-7"}, "bad_argument")
	s.fault(onespan.DeleteData{User: "bob"}, "no_such_user")
	s.fault(authn.AddWorkstation{Name: "DESKTOP-4", Family: "other"}, "bad_argument")
	s.link(authn.SiteServer, authn.Down)
	s.refused(authn.AddWorkstation{Name: "DESKTOP-4", Family: authn.FamilyOneSpan}, "server_unreachable", "O12")
	s.link(authn.SiteServer, authn.Up)
	s.do(authn.SetFault{Kind: authn.Drop, Message: "onespan_joined", Nth: 1})
	s.refused(authn.AddWorkstation{Name: "DESKTOP-4", Family: authn.FamilyOneSpan}, "server_unreachable", "O12")
	s.do(authn.AddWorkstation{Name: "DESKTOP-4", Family: authn.FamilyOneSpan})
	s.wait(time.Hour)
}

func TestArgumentsOfOneSpanThatCannotBeMeant(t *testing.T) {
	s := desktop(t, onespan.TimeBased)
	s.do(authn.RegisterDevice{Name: "tablet", User: "alice"})
	s.do(authn.RegisterDevice{Name: "nokia", User: "alice"})
	s.do(authn.ReplaceDevice{Old: "nokia", New: "nokia-2"})
	own := func(user string, key authn.SettingKey, value string) authn.SetPolicy {
		return authn.SetPolicy{User: user, Settings: []authn.Setting{{Key: key, Value: value}}}
	}
	for _, a := range []authn.Action{
		onespan.SetPassword{User: "alice"},
		own("alice", "onespan.otp.window", "5"), own("alice", "onespan.offline.enabled", "perhaps"),
		onespan.Assign{Phone: "nokia", Type: onespan.TimeBased}, onespan.Assign{Phone: "tablet", Type: "both"},
		onespan.Assign{Phone: "tablet", Type: onespan.TimeBased, Seed: authn.NewSecret("not base32!")},
		onespan.Assign{Phone: "tablet", Type: onespan.TimeBased, Seed: authn.NewSecret("GEZDGNBV")},
	} {
		s.fault(a, "bad_argument")
	}
	s.fault(own("bob", "onespan.offline.enabled", "true"), "no_such_user")
}
