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
