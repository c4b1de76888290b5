package sim_test

import (
	"testing"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/onespan"
)

// user is alice as the server has her for the family.
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

// Rules: O26, O28, O29, O30, O31, O33.
func TestAServerPINIsSetChangedResetAndForcedO28O29O30O31(t *testing.T) {
	s := desktop(t, onespan.TimeBased, setting("onespan.server_pin.required", "true"))
	code := s.nextOTP()
	s.refused(logon(code), "pin_change_required", "O28") // there is none yet
	s.refused(logon("xxxxxx"), "wrong_code", "O24")
	for password, rule := range map[string]authn.RuleID{"12341243": "O30", "123123": "O30", "123456789123456789": "O29",
		"12a412a4": "O29"} {
		s.refused(logon(s.nextOTP()+password), "new_pin_rejected", rule)
		s.refused(tray(s.otp()+password), "no_offline_data", "O7")
	}
	if u := s.aliceAtTheServer(); u.Failures != 1 || u.HasPIN {
		t.Fatalf("%+v: only the wrong code counts", u)
	}
	if s.in(s.nextOTP()+"12341234", "online"); !s.aliceAtTheServer().HasPIN {
		t.Fatal("no PIN was set")
	}
	s.refused(logon(s.nextOTP()), "credential_malformed", "O32")
	s.in("1234"+s.nextOTP(), "online")

	s.link(station3, authn.Down)
	s.refused(logon("1234"+s.nextOTP()+"56785678"), "pin_change_offline", "O31")
	s.refused(logon("4321"+s.nextOTP()), "wrong_server_pin", "O33")
	s.in("1234"+s.nextOTP(), "offline")
	if f := s.data().Failures; f != 0 {
		t.Fatalf("%d failures after a success", f)
	}

	s.link(station3, authn.Up)
	out := s.in("1234"+s.nextOTP()+"5678956789", "online")
	if field(t, out, "server_pin_set", "by") != "user" || !out.Result.(onespan.LogonResult).PINChanged {
		t.Fatalf("%+v", out.Result)
	}
	s.link(station3, authn.Down) // the data here has heard of the new PIN
	s.in("56789"+s.nextOTP(), "offline")

	s.link(station3, authn.Up)
	s.do(onespan.SetPIN{User: "alice", PIN: authn.NewSecret("2222"), Change: true})
	if !s.aliceAtTheServer().PINForced {
		t.Fatal("not forced")
	}
	s.refused(logon("2222"+s.nextOTP()), "pin_change_required", "O28")
	s.do(tray("2222" + s.nextOTP() + "33333333"))
	s.in("3333"+s.nextOTP(), "online")

	if had := s.do(onespan.ResetPIN{User: "alice"}).Result.(onespan.ResetPINResult).Had; !had {
		t.Fatal("had none")
	}
	s.refused(tray(s.nextOTP()), "pin_change_required", "O28")
	s.refused(tray(s.nextOTP()+"12341235"), "new_pin_rejected", "O30")
	s.in(s.nextOTP()+"77777777", "online")
	s.refused(onespan.SetPIN{User: "alice", PIN: authn.NewSecret("12")}, "new_pin_rejected", "O30")
	s.refused(onespan.SetPIN{User: "alice", PIN: authn.NewSecret("123456789")}, "new_pin_rejected", "O29")
}

// Rules: O20, O27, O32, O34.
func TestAStaticPasswordIsCheckedOnlineAndOfflineO27O34(t *testing.T) {
	s := desktop(t, onespan.TimeBased, setting("onespan.static_password.required", "true"),
		setting("onespan.static_password.offline", "true"),
		setting("onespan.server_pin.required", "true"))
	s.do(onespan.SetPIN{User: "alice", PIN: authn.NewSecret("4711")})
	r := s.refused(logon(s.nextOTP()), "wrong_password", "O27")
	if len(r.Hints) != 1 || r.Hints[0] != "offauth admin user set-password alice" {
		t.Fatalf("%v", r.Hints)
	}
	s.do(onespan.SetPassword{User: "alice", Password: authn.NewSecret("Änne 1")})
	s.in("Änne 14711"+s.nextOTP(), "online")
	s.refused(logon("Änne 24711"+s.nextOTP()), "wrong_password", "O27")
	s.refused(tray("Änne 24711"+s.nextOTP()), "wrong_password", "O27")
	s.refused(logon("4711"+s.nextOTP()), "credential_malformed", "O32")
	s.link(station3, authn.Down)
	s.refused(logon("Änne 24711"+s.nextOTP()), "wrong_password", "O34")
	s.refused(logon("Änne 1"+s.nextOTP()), "credential_malformed", "O32")
	s.in("Änne 14711"+s.nextOTP(), "offline")

	s.link(station3, authn.Up)
	s.do(onespan.SetPassword{User: "alice", Password: authn.NewSecret("other-one")})
	s.in("other-one4711"+s.nextOTP(), "online")
	s.link(station3, authn.Down)
	s.in("other-one4711"+s.nextOTP(), "offline")

	// Only the server checks it: offline it is no part of the credential, and no
	// text is taken in its place (O53).
	s.link(station3, authn.Up)
	s.do(set("onespan.static_password.offline", "false"))
	s.in("other-one4711"+s.nextOTP(), "online")
	s.link(station3, authn.Down)
	s.refused(logon("wrongone7"+"4711"+s.nextOTP()), "credential_malformed", "O32")
	s.in("4711"+s.nextOTP(), "offline")
	s.fault(onespan.SetPassword{User: "alice"}, "bad_argument")
}

// Rules: O1, O2, O3, O6, O16.
func TestOfflineDataIsMadeOnlyWhereItMayBeO1O2O3O6O16(t *testing.T) {
	s := desktop(t, onespan.TimeBased, setting("onespan.offline.enabled", "false"))
	reason := func(out authn.Outcome) any { t.Helper(); return field(t, out, "data_withheld", "reason") }
	if got := reason(s.in(s.nextOTP(), "online")); got != "disabled" {
		t.Fatal(got)
	}
	s.link(station3, authn.Down)
	if r := s.refused(logon(s.nextOTP()), "no_offline_data", "O16"); r.Shown != "No Offline Authentication Data" {
		t.Fatalf("shown %q", r.Shown)
	}
	s.link(station3, authn.Up)
	s.refused(tray(s.nextOTP()), "no_offline_data", "O16")

	own := func(value string) authn.SetPolicy {
		return authn.SetPolicy{User: "alice", Settings: []authn.Setting{setting("onespan.offline.enabled", value)}}
	}
	s.do(own("true")) // O6: it stands before the policy
	s.saw(s.in(s.nextOTP(), "online"), "data_issued")
	s.do(set("onespan.offline.enabled", "true"))
	s.do(own("false"))
	s.refused(tray(s.nextOTP()), "offline_disabled", "O1")
	if s.data().Present {
		t.Fatal("the data stayed")
	}
	s.do(own("default"))
	s.saw(s.in(s.nextOTP(), "online"), "data_issued")
	s.do(set("onespan.backend.authentication", "none"))
	out, err := s.apply(tray(s.nextOTP()))
	if r, ok := authn.AsRefusal(err); !ok || r.Code != "offline_disabled" || r.Rule != "O3" {
		t.Fatal(err)
	}
	s.saw(out, "data_deleted")
	s.fault(authn.SetPolicy{User: "alice", Settings: []authn.Setting{setting("onespan.otp.window", "5")}}, "bad_argument")
	s.fault(own("perhaps"), "bad_argument")
	s.fault(authn.SetPolicy{User: "bob", Settings: []authn.Setting{setting("onespan.offline.enabled", "true")}},
		"no_such_user")
}

// Rules: O12, O17, O18.
func TestOnlyTheFirstAuthenticatorWorksOfflineO18(t *testing.T) {
	s := desktop(t, onespan.TimeBased)
	s.do(authn.RegisterDevice{Name: "tablet", User: "alice"})
	s.refused(onespan.OTP{Phone: "tablet"}, "no_authenticator", "O12")
	s.refused(onespan.Resync{Phone: "tablet", Codes: authn.NewSecret("1 2")}, "no_authenticator", "O12")
	s.do(onespan.Assign{Phone: "tablet", Type: onespan.EventBased})
	other := func() string {
		return s.do(onespan.OTP{Phone: "tablet"}).Result.(onespan.OTPResult).Code.Reveal()
	}
	s.in(s.nextOTP(), "online")
	serial := s.data().Serial
	if got := field(t, s.in(other(), "online"), "data_withheld", "reason"); got != "other_authenticator" {
		t.Fatal(got)
	}
	s.refused(tray(other()), "other_authenticator", "O18")
	s.link(station3, authn.Down)
	s.refused(logon(other()), "wrong_code", "O24")
	s.in(s.nextOTP(), "offline")
	s.link(station3, authn.Up)

	// The first one's phone is lost: the next that is used takes its place.
	out := s.do(authn.ReplaceDevice{Old: "pixel", New: "pixel-2"})
	if field(t, out, "authenticator_dropped", "serial") != serial {
		t.Fatal(list(out.Events))
	}
	s.refused(logon(s.nextOTP()), "wrong_code", "O22") // the lost one's code, judged by what is left
	s.saw(s.in(other(), "online"), "data_issued")      // its own data went at the talk before
	s.link(station3, authn.Down)
	s.in(other(), "offline")
	s.link(station3, authn.Up)
	s.do(authn.ReplaceDevice{Old: "tablet", New: "tablet-2"})
	s.refused(tray("000000"), "no_authenticator", "O12")
	s.refused(tray("000000"), "no_offline_data", "O16") // the talk before ended the data (O49)
	s.refused(logon("000000"), "no_authenticator", "O12")
	s.fault(onespan.Assign{Phone: "tablet", Type: onespan.TimeBased}, "bad_argument")
	s.fault(onespan.Assign{Phone: "tablet-2", Type: "both"}, "bad_argument")
	s.fault(onespan.Assign{Phone: "tablet-2", Type: onespan.TimeBased, Seed: authn.NewSecret("not base32!")},
		"bad_argument")
	s.fault(onespan.Assign{Phone: "tablet-2", Type: onespan.TimeBased, Seed: authn.NewSecret("GEZDGNBV")}, "bad_argument")
	s.link("phone/tablet-2", authn.Down)
	s.refused(onespan.Assign{Phone: "tablet-2", Type: onespan.TimeBased}, "server_unreachable", "O51")
	s.link("phone/tablet-2", authn.Up)
	s.do(onespan.Assign{Phone: "tablet-2", Type: onespan.TimeBased,
		Seed: authn.NewSecret("GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ")})
}

// Rule: A14. What was spent before a world was copied back is not known.
func TestACopiedBackWorldForgetsOfflineDataAndCodesA14(t *testing.T) {
	for of, rule := range map[onespan.Type]authn.RuleID{onespan.TimeBased: "A2", onespan.EventBased: "O12"} {
		s := desktop(t, of)
		s.in(s.nextOTP(), "online")
		code := s.nextOTP()
		out := s.rollback()
		s.saw(out, "data_deleted", "rollback_accepted")
		want := authn.Code("code_replayed")
		if of == onespan.EventBased {
			want = "no_authenticator"
		}
		s.refused(logon(code), want, rule)
		s.link(station3, authn.Down)
		s.refused(logon(code), "no_offline_data", "O16")
		if s.data().Present {
			t.Fatal("the data stayed")
		}
	}
}

// Rules: O12, A11. The Actions of one product are not done at another's
// workstation, and a workstation that the server did not answer is not there.
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
