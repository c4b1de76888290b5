package sim_test

import (
	"strings"
	"testing"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/encap"
)

// Rules: E18. The server knows of a method whose answer the phone never got.
func TestDataForAMethodThatThePhoneHasNotIsRefused(t *testing.T) {
	s := bare(t)
	s.do(activate)
	s.refused(challenge, "method_not_activated", "E18")
	s.do(auth)
	s.do(authn.SetFault{Kind: authn.Drop, Message: "encap_added", Nth: 1})
	s.refused(add(encap.OfflinePIN, offlinePIN), "server_unreachable", "E19")
	c := s.ask(challenge)
	r := s.refused(encap.Scan{Phone: "pixel", Data: c.Data}, "method_not_activated", "E18")
	if r.Native != "111 clientErrorConfiguration" {
		t.Fatalf("native %q", r.Native)
	}
	s.do(add(encap.OfflinePIN, offlinePIN)) // repeat it: there was no answer
	s.refused(add(encap.OfflinePIN, offlinePIN), "online_auth_required", "E5")
	s.do(verify(c, s.code(c, offlinePIN)))
	s.do(encap.Activate{Phone: "pixel", Methods: []encap.Method{encap.Device}})
	s.refused(auth, "method_not_activated", "E18")
}

// Rules: E10, E12.
func TestTheContextIsShownWithEscapes(t *testing.T) {
	s := ready(t)
	c := challenge
	c.Title, c.Content, c.MIME = "Pay\x07", "to \x1b[2J\u202eevil", "text/x-note"
	d := s.ask(c)
	got := s.scan(d.Data)
	if got.Title != c.Title || got.Content != c.Content || got.MIME != c.MIME {
		t.Fatalf("%+v", got)
	}
	v := s.snap()
	if o := v.Phones[0].Encap.Operation; o.Title != `Pay\u{7}` || o.Content != `to \u{1b}[2J\u{202e}evil` {
		t.Fatalf("%+v", o)
	}
	if o := v.Providers[0].Sessions[0]; o.Content != `to \u{1b}[2J\u{202e}evil` || o.State != "open" || o.User != "alice" {
		t.Fatalf("%+v", o)
	}
}

// Rules: H41, A15. A phone's HYPR app tells HYPR's trail nothing of Encap.
func TestEncapIsNotInHYPRsTrail(t *testing.T) {
	s := primed(t)
	s.do(authn.AddProvider{Name: "shop"})
	s.do(set("encap.otp.length", "6"))
	s.refused(encap.Scan{Phone: "pixel", Data: "x"}, "not_activated", "E16")
	s.do(tap)
	for _, v := range s.trail() {
		if v.AdditionalDetails["kind"] == "refused" || v.SubName == "encap.otp.length" {
			t.Errorf("%+v", v)
		}
	}
}

// Rules: E1, E36. A method that the policy no longer allows is refused at once,
// also in a running session, and no failure is counted.
func TestAWithdrawnMethodIsRefusedInARunningSession(t *testing.T) {
	s := ready(t)
	c := s.ask(challenge)
	code := s.code(c, offlinePIN)
	s.do(set("encap.offline.methods", "OFFLINE"))
	r := s.refused(verify(c, code), "method_not_allowed", "E36")
	if !strings.Contains(r.Message, "OFFLINE:PIN") {
		t.Errorf("%q", r.Message)
	}
	for _, l := range s.snap().Users[0].Locks {
		t.Errorf("counted: %+v", l)
	}
	s.do(set("encap.offline.methods", "OFFLINE,OFFLINE:PIN"))
	s.do(verify(c, code))
}

// Rules: E15, E17, A8. Without an open operation, the phone says how the last
// one ended, and whether its code can be scanned again.
func TestAnApprovalOfNothingSaysWhatBecameOfTheOperation(t *testing.T) {
	s := ready(t)
	c := s.ask(challenge)
	approve := encap.Approve{Phone: "pixel", Method: encap.OfflinePIN, PIN: offlinePIN}
	if r := s.refused(approve, "wrong_state", "E15"); !strings.Contains(r.Message, "nothing was scanned") {
		t.Errorf("%q", r.Message)
	}
	for _, row := range []struct {
		end   authn.Action
		want  string
		again bool
	}{
		{authn.BackClock{By: time.Second}, "the operation for shop was closed as the clock went back", true},
		{authn.RestartDevice{Phone: "pixel"}, "was closed by a restart", true},
		{authn.Cancel{Phone: "pixel"}, "was cancelled", true},
		{authn.AdvanceClock{By: 301 * time.Second}, "has expired", false},
	} {
		s.scan(c.Data)
		s.do(row.end)
		r := s.refused(approve, "wrong_state", "E15")
		if !strings.Contains(r.Message, row.want) || r.Native != "110 clientErrorWrongState" {
			t.Errorf("%q, want %q", r.Message, row.want)
		}
		if again := strings.Contains(strings.Join(r.Hints, "; "), "scanned again"); again != row.again {
			t.Errorf("hints %q", r.Hints)
		}
		if want := "offauth provider challenge shop --method OFFLINE:PIN | offauth " +
			"device scan -"; r.Hints[len(r.Hints)-1] != want {
			t.Errorf("hints %q, want %q last", r.Hints, want)
		}
	}
}
