package sim_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/onespan"
)

// Rules: O12, O40, O56. Without the Tray Agent only a logon brings data, nobody
// is notified, and no hint mentions a Tray Agent.
func TestAWorkstationWithoutTheTrayAgent(t *testing.T) {
	s := desktop(t, onespan.TimeBased)
	s.do(authn.AddWorkstation{Name: "KIOSK", Family: authn.FamilyOneSpan, NoTray: true})
	if _, err := s.apply(authn.AddWorkstation{Name: "LAPTOP-8", Family: authn.FamilyHYPR, NoTray: true}); err == nil {
		t.Error("a workstation of hypr has no Tray Agent to leave out")
	}
	at := func(code string) onespan.Logon {
		return onespan.Logon{Workstation: "KIOSK", User: "alice", Password: authn.NewSecret(code)}
	}
	s.saw(s.do(at(s.nextOTP())), "data_issued")
	s.do(authn.Lock{Workstation: "KIOSK"})
	s.wait(25 * time.Hour)
	code := s.nextOTP()
	for _, typed := range []string{code, ""} {
		r := s.refused(onespan.Update{Workstation: "KIOSK", User: "alice", Password: authn.NewSecret(typed)},
			"tray_agent_missing", "O56")
		if !strings.Contains(r.Message, "KIOSK") || !strings.Contains(r.Hints[0], "`offauth workstation login KIOSK`") {
			t.Errorf("%q, hints %q", r.Message, r.Hints)
		}
	}
	s.saw(s.do(at(code)), "data_renewed")
	s.do(authn.Lock{Workstation: "KIOSK"})
	out := s.do(authn.AdvanceClock{By: 8 * 24 * time.Hour})
	if slices.ContainsFunc(out.Events, func(e authn.Event) bool { return e.Kind == "data_expiring" }) {
		t.Errorf("somebody was notified: %+v", out.Events)
	}
	s.link("workstation/KIOSK", authn.Down)
	r := s.refused(at(s.nextOTP()), "data_expired", "O25")
	if strings.Contains(strings.Join(r.Hints, "; "), "tray") {
		t.Errorf("hints %q", r.Hints)
	}
}
