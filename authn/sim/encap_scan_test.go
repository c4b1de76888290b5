package sim_test

import (
	"testing"

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
	s.do(add(encap.OfflinePIN, offlinePIN)) // can be repeated: it got no answer
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
