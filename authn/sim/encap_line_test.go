package sim_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/encap"
)

// Rules: E5, E19, E30. Every fault hits every message of the family once during
// the story. Actions without an answer are repeated. The story ends as without
// the fault, and no code is accepted twice.
func TestAFaultOnAnyMessageDoesNoHarm(t *testing.T) {
	for _, kind := range encap.MessageKinds() {
		for _, fault := range []authn.FaultKind{authn.Drop, authn.Replay, authn.Tamper} {
			t.Run(kind+" "+string(fault), func(t *testing.T) {
				s := empty(t)
				s.do(authn.AddUser{Name: "alice"})
				s.do(authn.RegisterDevice{Name: "pixel", User: "alice"})
				s.do(authn.SetPolicy{Settings: []authn.Setting{setting("encap.offline.methods", "OFFLINE:PIN"),
					setting("encap.otp.length", "6")}})
				s.do(authn.SetFault{Kind: fault, Message: kind, Nth: 1})
				struck := 0
				story := func() {
					struck += s.again(authn.AddProvider{Name: "shop"}, nil)
					struck += s.again(activate, nil)
					struck += s.again(auth, nil)
					struck += s.again(add(encap.OfflinePIN, offlinePIN), nil)
					var out authn.Outcome
					struck += s.again(challenge, &out)
					c := out.Result.(encap.ChallengeResult)
					code := s.code(c, offlinePIN)
					struck += s.again(verify(c, code), nil)
					s.refused(verify(c, code), "session_closed", "E30")
				}
				story()
				if struck > 1 || fault == authn.Replay && struck > 0 {
					t.Fatalf("%d actions got no answer", struck)
				}
				if faults := s.snap().Faults; len(faults) != 0 {
					t.Fatalf("%+v did not strike", faults)
				}
				approved, err := s.world.Events(t.Context(), authn.EventQuery{Kind: "session_approved"})
				if err != nil || len(approved) != 1 {
					t.Fatalf("approved %d times: %v", len(approved), err)
				}
				if locks := s.snap().Users[0].Locks; len(locks) != 0 {
					t.Fatalf("%+v", locks)
				}
			})
		}
	}
}

// again does an Action, and repeats it if there was no answer. It returns how
// often there was none.
func (s *stage) again(a authn.Action, out *authn.Outcome) int {
	s.t.Helper()
	got, err := s.apply(a)
	n := 0
	if r, ok := authn.AsRefusal(err); ok && r.Code == "server_unreachable" && r.Rule == "E19" {
		n = 1
		got = s.do(a)
	} else if err != nil {
		s.t.Fatalf("%s: %v", a.Verb(), err)
	}
	if out != nil {
		*out = got
	}
	return n
}

// Rules: A6, E31. A wrong code whose answer was lost counts once.
func TestAWrongCodeIsCountedOnceThoughItIsRepeated(t *testing.T) {
	s := ready(t)
	c := s.ask(challenge)
	code := s.code(c, onlinePIN)
	s.do(authn.SetFault{Kind: authn.Drop, Message: "encap_verified", Nth: 1})
	s.refused(verify(c, code), "server_unreachable", "E19")
	s.refused(verify(c, code), "wrong_code", "E24")
	if l := s.snap().Users[0].Locks; len(l) != 1 || l[0].Failures != 1 {
		t.Fatalf("%+v", l)
	}
	s.refused(verify(c, code), "wrong_code", "E31")
	// The server does not receive a code that is lost in transit.
	s.do(authn.SetFault{Kind: authn.Drop, Message: "encap_verify", Nth: 1})
	s.refused(verify(c, code), "server_unreachable", "E19")
	s.do(verify(c, s.code(c, offlinePIN)))
}

// Rules: A6, E5. An answer that arrives twice is checked once.
func TestAnAnswerThatComesTwiceIsJudgedOnce(t *testing.T) {
	s := ready(t)
	bad := auth
	bad.PIN = offlinePIN
	s.do(authn.SetFault{Kind: authn.Replay, Message: "encap_auth_answer", Nth: 1})
	s.refused(bad, "wrong_pin", "A6")
	if l := s.snap().Users[0].Locks; len(l) != 1 || l[0].Failures != 1 {
		t.Fatalf("%+v", l)
	}
}

// Rules: E17, E18. An interrupted activation leaves the old registration valid
// until the new one is used.
func TestAnActivationCutShortLeavesTheOldOneGood(t *testing.T) {
	for _, kind := range []string{"encap_hello", "encap_offer", "encap_activate", "encap_activated"} {
		s := ready(t)
		s.do(authn.SetFault{Kind: authn.Drop, Message: kind, Nth: 1})
		s.refused(activate, "server_unreachable", "E19")
		c := s.ask(challenge)
		s.do(verify(c, s.code(c, offlinePIN)))
		s.do(auth)
		s.do(activate)
		s.saw(s.do(auth))
		s.refused(challenge, "method_not_activated", "E18")
	}
	s := ready(t)
	s.do(authn.SetFault{Kind: authn.Drop, Message: "encap_confirm", Nth: 1})
	s.do(activate)
	c := s.ask(challenge) // the server does not know that the phone has the new one
	s.refused(encap.Scan{Phone: "pixel", Data: c.Data}, "invalid_input", "E18")
	s.saw(s.do(auth), "session_closed", "registration_dropped", "device_authenticated")
	s.do(add(encap.OfflinePIN, offlinePIN))
	c = s.ask(challenge)
	s.do(verify(c, s.code(c, offlinePIN)))
}

// Rules: E19. Everything but start and finish needs the network.
func TestOnlyStartAndFinishWorkWithoutTheNetwork(t *testing.T) {
	s := ready(t)
	c := s.ask(challenge)
	for _, row := range []struct {
		state  authn.Uplink
		native string
	}{{authn.Down, "121 clientErrorNoInternetConnection"}, {authn.Captive, "101 clientErrorConnectionFailure"}} {
		s.link(phone, row.state)
		for _, a := range []authn.Action{activate, auth, add(encap.Offline, authn.Secret{})} {
			if r := s.refused(a, "server_unreachable", "E19"); r.Native != row.native {
				t.Fatalf("native %q", r.Native)
			}
		}
	}
	s.link(shop, authn.Down)
	for _, a := range []authn.Action{challenge, verify(c, offlinePIN)} {
		if r := s.refused(a, "server_unreachable", "E19"); r.Native != "" {
			t.Fatalf("native %q", r.Native)
		}
	}
	before, err := s.world.Events(t.Context(), authn.EventQuery{Kind: "message_refused"})
	if err != nil {
		t.Fatal(err)
	}
	code := s.code(c, offlinePIN)
	s.link(shop, authn.Up)
	s.do(verify(c, code))
	if after, _ := s.world.Events(t.Context(), authn.EventQuery{Kind: "message_refused"}); len(after) != len(before) {
		t.Fatal("messages were sent")
	}
	if s := s.snap(); len(s.Providers) != 1 || s.Providers[0].Sessions[0].State != "approved" {
		t.Fatalf("%+v", s.Providers)
	}
}

// Rules: A9, A15. No public half and no event has a PIN, hash, code, key or
// secret.
func TestNoSecretOfEncapIsPublic(t *testing.T) {
	s := ready(t)
	c := s.ask(challenge)
	code := s.code(c, offlinePIN)
	s.refused(verify(c, wrong(code)), "wrong_code", "E24")
	s.do(verify(c, code))
	secrets := []string{`"` + onlinePIN.Reveal() + `"`, `"` + offlinePIN.Reveal() + `"`, code.Reveal(),
		wrong(code).Reveal()}
	err := s.store.View(t.Context(), func(r authn.Reader) error {
		records, err := r.Records("", "")
		if err != nil {
			return err
		}
		for _, rec := range records {
			secrets = append(secrets, leaves(t, rec.Secret)...)
		}
		if len(secrets) < 15 {
			t.Fatalf("only %d secrets were found", len(secrets))
		}
		events, err := r.Events(authn.EventQuery{})
		if err != nil {
			return err
		}
		text := ""
		for _, e := range events {
			raw, err := json.Marshal(e)
			if err != nil {
				return err
			}
			text += string(raw)
		}
		for _, rec := range records {
			text += string(rec.Public)
		}
		for _, secret := range secrets {
			if strings.Contains(text, secret) {
				t.Errorf("%q is public", secret)
			}
		}
		for _, rec := range records {
			if rec.Site == phone && strings.Contains(string(rec.Secret), "pins") {
				t.Errorf("the phone keeps PINs in %s", rec.Name)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// leaves returns the strings of a secret half that are long enough to be
// searched for.
func leaves(t *testing.T, raw []byte) []string {
	t.Helper()
	if raw == nil {
		return nil
	}
	var v any
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatal(err)
	}
	var found []string
	var walk func(any)
	walk = func(v any) {
		switch v := v.(type) {
		case string:
			if len(v) >= 6 {
				found = append(found, v)
			}
		case map[string]any:
			for _, inner := range v {
				walk(inner)
			}
		case []any:
			for _, inner := range v {
				walk(inner)
			}
		}
	}
	walk(v)
	return found
}
