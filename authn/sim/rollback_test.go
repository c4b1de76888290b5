package sim_test

import (
	"strings"
	"testing"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/encap"
	"github.com/offauth/offauth/authn/onespan"
	"github.com/offauth/offauth/authn/sim"
)

// TestAcceptingARollbackLeavesNothingOpenA14: no earlier tap, offer or
// challenge stays open.
func TestAcceptingARollbackLeavesNothingOpenA14(t *testing.T) {
	s := primed(t)
	s.link(laptop, authn.Down)
	s.do(tap)
	s.wait(5 * time.Second)
	if s.computer().Offer == "" {
		t.Fatal("no offer")
	}
	if _, err := sim.AcceptRollback(t.Context(), s.world); err != nil {
		t.Fatal(err)
	}
	if offer := s.computer().Offer; offer != "" {
		t.Errorf("the phone offers a PIN (%s) and has none", offer)
	}
	if r := s.refused(unlock, "not_primed", "H9"); strings.Contains(r.Message, "never reached it") {
		t.Errorf("a set that the repair deleted: %q", r.Message)
	}
}

// Rule: A14. It is not known what was spent before the files were restored.
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

// Rules: A14.
func TestAcceptingARollbackClosesSessionsAndOperations(t *testing.T) {
	s := ready(t)
	c := s.ask(challenge)
	s.do(auth)
	s.scan(c.Data)
	out, err := sim.AcceptRollback(t.Context(), s.world)
	if err != nil {
		t.Fatal(err)
	}
	if bad := note(repair{}, out, err); bad != nil {
		t.Fatal(bad)
	}
	s.saw(out, "operation_closed", "session_closed", "rollback_accepted")
	s.link(phone, authn.Up)
	s.refused(verify(c, offlinePIN), "session_closed", "E30")
	s.refused(add(encap.Offline, authn.Secret{}), "online_auth_required", "E5")
}
