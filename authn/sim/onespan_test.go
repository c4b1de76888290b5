package sim_test

import (
	"strings"
	"testing"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/onespan"
)

const station3 = "workstation/DESKTOP-3"

// desktop has a user with a Digipass of a type and a locked OneSpan
// workstation, and offline authentication on.
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

// otp is the one-time password on pixel.
func (s *stage) otp() string {
	s.t.Helper()
	return s.do(onespan.OTP{Phone: "pixel"}).Result.(onespan.OTPResult).Code.Reveal()
}

// nextOTP is a fresh one: there is one a step, so time moves on by one.
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

// in logs on, wants a mode, and locks again.
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

// station is DESKTOP-3; data is what it has of alice.
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

// field wants an event of a kind and gives one of its values.
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

// The story of the document: data comes with the first online logon, is
// renewed by the Tray Agent after a day, expires, locks after three wrong
// tries, and comes again after the administrator's deletion.
//
// Rules: O1, O3, O7, O8, O9, O10, O12, O13, O14, O16, O17, O25, O26, O32, O33, O35, O36, O37, O38, O39, O43.
func TestTheStoryOfUpdatingOfflineData(t *testing.T) {
	s := desktop(t, onespan.TimeBased, setting("onespan.server_pin.required", "true"))
	s.do(onespan.SetPIN{User: "alice", PIN: authn.NewSecret("4711")})
	pinotp := func() string { return "4711" + s.nextOTP() }

	s.refused(tray(pinotp()), "no_offline_data", "O7")
	out := s.in(pinotp(), "online")
	if days := field(t, out, "data_issued", "days"); days != int64(7) {
		t.Fatalf("%v days", days)
	}
	issued := s.data().IssuedAt

	s.refused(tray(""), "empty_password", "O13")
	s.refused(tray("4711000000"), "wrong_code", "O24")
	otp := s.nextOTP()
	s.refused(tray(otp), "credential_malformed", "O32")
	if r := s.refused(tray(otp+"4711"), "wrong_server_pin", "O26"); r.Fields["windows_event"] != int64(2020) {
		t.Fatalf("%v", r.Fields)
	}

	s.do(authn.SetClock{To: issued.Add(24*time.Hour - 31*time.Second)})
	pw := pinotp()
	out = s.do(tray(pw))
	s.saw(out, "otp_accepted", "data_not_due")
	if d := s.data(); !d.IssuedAt.Equal(issued) || d.Due || !d.DueAt.Equal(issued.Add(24*time.Hour)) {
		t.Fatalf("%+v", d)
	}
	s.refused(tray(pw), "code_replayed", "A2")

	out = s.do(tray(pinotp()))
	s.saw(out, "data_renewed")
	if d := s.data(); !d.IssuedAt.Equal(out.At) {
		t.Fatalf("%+v", d)
	}
	issued = out.At

	s.link(station3, authn.Down)
	if r := s.refused(tray(pinotp()), "server_unreachable", "O12"); r.Fields["windows_event"] != int64(2031) {
		t.Fatalf("%v", r.Fields)
	}
	s.in(pinotp(), "offline")
	s.do(authn.SetClock{To: issued.Add(7*24*time.Hour - 60*time.Second)})
	s.in(pinotp(), "offline")
	r := s.refused(logon(pinotp()), "data_expired", "O25")
	if r.Fields["windows_event"] != int64(2021) || s.data().Present || !s.data().Expired {
		t.Fatalf("%v %+v", r.Fields, s.data())
	}

	s.link(station3, authn.Up)
	s.saw(s.in(pinotp(), "online"), "data_issued")
	s.link(station3, authn.Down)
	for range 2 {
		s.refused(logon("4711000000"), "wrong_code", "O24")
	}
	s.in(pinotp(), "offline")
	for range 2 {
		s.refused(logon("4711000000"), "wrong_code", "O24")
	}
	out, err := s.apply(logon("4711000000"))
	if r, ok := authn.AsRefusal(err); !ok || r.Code != "data_locked" || r.Rule != "O35" ||
		r.Fields["windows_event"] != int64(2022) {
		t.Fatalf("%v", err)
	}
	s.saw(out, "failure_counted", "data_deleted")
	s.refused(logon(pinotp()), "data_locked", "O35")

	s.link(station3, authn.Up)
	if r := s.refused(tray(pinotp()), "data_locked",
		"O37"); r.Shown != "Status: Error. Offline authentication data locked." {
		t.Fatalf("shown %q", r.Shown)
	}
	out = s.in(pinotp(), "online")
	s.sawNo(out, "data_issued", "data_renewed")
	if reason := field(t, out, "data_withheld", "reason"); reason != "locked" {
		t.Fatalf("%v", reason)
	}
	if d := s.snap().Users[0].OneSpan.Data; len(d) != 1 || !d[0].Locked || d[0].Workstation != "DESKTOP-3" ||
		d[0].Serial == "" {
		t.Fatalf("%+v", d)
	}
	if deleted := s.do(onespan.DeleteData{User: "alice",
		Workstation: "DESKTOP-3"}).Result.(onespan.DeleteDataResult).Deleted; len(deleted) != 1 {
		t.Fatalf("%+v", deleted)
	}
	s.saw(s.in(pinotp(), "online"), "data_issued")
	if !s.data().Present || s.data().Locked {
		t.Fatalf("%+v", s.data())
	}
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
		s.otp() // pressed and not typed
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

// Rules: O21, A2. A code counts once, online and offline together, after the
// two sides have talked.
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

	// What was used offline is told even if the data is gone since.
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

// Rule: O14. Whatever keeps the server from answering makes a logon offline.
func TestTheNetworkAloneChoosesTheModeO14(t *testing.T) {
	for name, cut := range map[string]func(*stage){
		"workstation down":    func(s *stage) { s.link(station3, authn.Down) },
		"workstation captive": func(s *stage) { s.link(station3, authn.Captive) },
		"server down":         func(s *stage) { s.link(authn.SiteServer, authn.Down) },
		"request lost":        func(s *stage) { s.do(authn.SetFault{Kind: authn.Drop, Message: "onespan_logon", Nth: 1}) },
		"answer lost":         func(s *stage) { s.do(authn.SetFault{Kind: authn.Drop, Message: "onespan_answer", Nth: 1}) },
		"answer changed":      func(s *stage) { s.do(authn.SetFault{Kind: authn.Tamper, Message: "onespan_answer", Nth: 1}) },
	} {
		t.Run(name, func(t *testing.T) {
			s := desktop(t, onespan.TimeBased)
			s.in(s.nextOTP(), "online")
			cut(s)
			code := s.nextOTP()
			out := s.in(code, "offline")
			if mode := field(t, out, "unlocked", "mode"); mode != "offline" {
				t.Fatalf("%v", mode)
			}
			if _, err := s.apply(logon(code)); err == nil {
				t.Fatal("a code was taken twice")
			}
		})
	}
}

// Rules: O44, E35. The third failure in a row locks online; what is refused by
// its form does not count.
func TestThreeOnlineFailuresLockTheUserO44(t *testing.T) {
	s := desktop(t, onespan.TimeBased)
	s.in(s.nextOTP(), "online")
	for range 5 {
		s.refused(logon("12345"), "credential_malformed", "O32")
	}
	for range 2 {
		s.refused(logon("000000"), "wrong_code", "O24")
	}
	s.in(s.nextOTP(), "online")
	for range 2 {
		s.refused(logon("000000"), "wrong_code", "O24")
	}
	out, err := s.apply(logon("000000"))
	if r, ok := authn.AsRefusal(err); !ok || r.Code != "wrong_code" {
		t.Fatal(err)
	}
	s.saw(out, "failure_counted", "user_locked")
	s.refused(logon(s.nextOTP()), "user_locked", "O44")
	s.refused(tray(s.nextOTP()), "user_locked", "O44")
	s.saw(s.do(authn.UnlockUser{Name: "alice"}), "user_released")
	s.in(s.nextOTP(), "online")
}

// Rule: O48.
func TestALogonIsTakenOnlyAtALockedWorkstationO48(t *testing.T) {
	s := desktop(t, onespan.TimeBased)
	s.do(logon(s.nextOTP()))
	s.refused(logon(s.nextOTP()), "not_locked", "O48")
	s.do(tray(s.nextOTP())) // asks nothing of the lock
	if already := s.do(lock3).Result.(authn.LockResult).Already; already {
		t.Fatal("was not locked")
	}
	if already := s.do(lock3).Result.(authn.LockResult).Already; !already {
		t.Fatal("was locked")
	}
	s.do(logon(s.nextOTP()))
	if r := s.do(authn.RestartWorkstation{Workstation: "DESKTOP-3"}).Result.(authn.RestartWorkstationResult); r.Already ||
		!s.station().Locked {
		t.Fatalf("%+v: a workstation that was booted is locked", r)
	}
	if r := s.do(authn.RestartWorkstation{Workstation: "DESKTOP-3"}).Result.(authn.RestartWorkstationResult); !r.Already ||
		!s.data().Present {
		t.Fatalf("%+v", r)
	}
}

// Rules: O40, O41, O52.
func TestLittleLeftIsToldAtLogonAndInTheTrayO40O41(t *testing.T) {
	s := desktop(t, onespan.TimeBased)
	s.sawNo(s.in(s.nextOTP(), "online"), "data_expiring")
	expires := s.data().ExpiresAt
	s.link(station3, authn.Down)
	s.do(authn.SetClock{To: expires.Add(-3*24*time.Hour - time.Minute)})
	s.sawNo(s.in(s.otp(), "offline"), "data_expiring")
	if s.data().Expiring {
		t.Fatal("told too early")
	}
	out := s.do(authn.SetClock{To: expires.Add(-3 * 24 * time.Hour)})
	if field(t, out, "data_expiring", "days") != int64(3) || !s.data().Expiring || s.data().Days != 3 {
		t.Fatalf("%s %+v", list(out.Events), s.data())
	}
	s.sawNo(s.in(s.nextOTP(), "offline"), "data_expiring") // once for each data
	s.link(station3, authn.Up)
	s.do(set("onespan.offline.notify_days", "0"))
	s.sawNo(s.in(s.nextOTP(), "online"), "data_expiring")
}

// Rules: O42, O43. With specific messages off every failure shows one text,
// and the log keeps the reason.
func TestGenericMessagesHideTheReasonFromTheUserOnlyO42(t *testing.T) {
	s := desktop(t, onespan.TimeBased)
	s.in(s.nextOTP(), "online")
	specific := s.refused(logon("000000"), "wrong_code", "O24").Shown
	s.do(set("onespan.messages.specific", "false"))
	code := s.nextOTP()
	s.in(code, "online")
	shown := map[string]bool{}
	for _, down := range []bool{false, true} {
		if down {
			s.link(station3, authn.Down)
		}
		for _, password := range []string{"000000", code, "1"} {
			_, err := s.apply(logon(password))
			r, ok := authn.AsRefusal(err)
			if !ok || r.Shown == r.Message {
				t.Fatal(err)
			}
			shown[r.Shown] = true
		}
	}
	if len(shown) != 1 || shown[specific] {
		t.Fatalf("shown %v, specific %q", shown, specific)
	}
	events, err := s.world.Events(t.Context(), authn.EventQuery{Kind: "refused"})
	if err != nil || len(events) < 6 {
		t.Fatal(err)
	}
	results := map[string]bool{}
	for _, e := range events {
		results[e.Result] = true
	}
	for _, want := range []string{"wrong_code", "code_replayed", "credential_malformed"} {
		if !results[want] {
			t.Errorf("the log has no %s", want)
		}
	}
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
	s.saw(s.in(s.nextOTP(), "online"), "data_renewed") // centred anew, before a day is over
	s.link(station3, authn.Down)
	s.in(s.nextOTP(), "offline")
}

// Rules: O23, O24, O25. Codes at the edges of the window are taken at the
// edges of every day, up to the last instant, and none beyond.
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

// Rule: O24. One step outside the window is refused, on either side and in
// either mode.
func TestOneStepOutsideTheWindowIsRefusedO24(t *testing.T) {
	for _, skew := range []time.Duration{-10*time.Minute - 30*time.Second, 10*time.Minute + 30*time.Second} {
		s := desktop(t, onespan.TimeBased)
		s.in(s.nextOTP(), "online")
		s.wait(time.Hour)
		s.do(authn.SkewClock{Site: "phone/pixel", By: skew})
		s.refused(logon(s.otp()), "wrong_code", "O24")
		s.link(station3, authn.Down)
		s.refused(logon(s.otp()), "wrong_code", "O24")
		s.do(authn.SkewClock{Site: "phone/pixel", By: skew / 2})
		s.in(s.otp(), "offline")
	}
}

// Rules: O23, A8. A workstation whose clock was set to before the data says so.
func TestDataDoesNotCoverTheTimeBeforeItWasMadeO23(t *testing.T) {
	s := desktop(t, onespan.TimeBased)
	s.in(s.nextOTP(), "online")
	s.link(station3, authn.Down)
	s.do(authn.SkewClock{Site: station3, By: -time.Hour})
	if r := s.refused(logon(s.nextOTP()), "data_not_covering", "O23"); !strings.HasPrefix(r.Native, "157 ") {
		t.Fatalf("native %q", r.Native)
	}
}
