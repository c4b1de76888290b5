package sim_test

import (
	"strings"
	"testing"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/hypr"
	"github.com/offauth/offauth/authn/sim"
)

// TestALostReportLosesNoEventH41: more than 200 events go in several reports,
// and the first of them is lost.
func TestALostReportLosesNoEventH41(t *testing.T) {
	for _, fault := range []authn.FaultKind{authn.Drop, authn.Tamper} {
		s := primed(t)
		for range 205 {
			s.refused(login(authn.NewSecret("2222")), "wrong_pin", "H24")
		}
		s.do(authn.SetFault{Kind: fault, Message: "audit_report", Nth: 1})
		s.do(tap)
		s.do(tap)
		s.do(tap)
		if n := count(s.trail(), "OFFLINE_ACTION_REFUSED"); n != 205 {
			t.Errorf("%s: the trail has %d of 205 refusals", fault, n)
		}
	}
}

// TestTheTrailHasEachEventOnceWhateverTheReplay: 205 events, and every report
// and receipt comes twice.
func TestTheTrailHasEachEventOnceWhateverTheReplay(t *testing.T) {
	s := primed(t)
	for range 205 {
		s.refused(login(authn.NewSecret("2222")), "wrong_pin", "H24")
	}
	for nth := 1; nth <= 4; nth++ {
		s.do(authn.SetFault{Kind: authn.Replay, Message: "audit_report", Nth: nth})
		s.do(authn.SetFault{Kind: authn.Replay, Message: "audit_taken", Nth: nth})
	}
	s.do(tap)
	s.do(tap)
	checkTrail(t, s)
	if n := count(s.trail(), "OFFLINE_ACTION_REFUSED"); n != 205 {
		t.Errorf("the trail has %d of 205 refusals", n)
	}
}

// TestARevokedPhoneIsToldSoOverBluetoothH36: docs/codes.md gives a revocation
// as a cause of no_passkey; "did not answer" sends helpdesk to the link.
func TestARevokedPhoneIsToldSoOverBluetoothH36(t *testing.T) {
	s := fresh(t)
	s.do(hypr.Pair{Phone: "pixel", Workstation: "LAPTOP-7", Passkey: true})
	s.do(near)
	s.do(lock)
	s.do(authn.ReplaceDevice{Old: "pixel", New: "pixel-2"})
	s.refused(near, "phone_revoked", "H51")
	if !s.locked() {
		t.Fatal("unlocked")
	}
}

// TestATapThatWasRefusedIsNotToldAsALogin: a later tap makes Look read the
// events, and a refusal is one of the ends.
func TestATapThatWasRefusedIsNotToldAsALogin(t *testing.T) {
	s := fresh(t)
	s.do(hypr.Pair{Phone: "pixel", Workstation: "LAPTOP-7"})
	s.link(phone, authn.Down)
	s.refused(tap, "not_primed", "H9")
	s.link(phone, authn.Up)
	id := "pixel/LAPTOP-7/2"
	before, err := s.world.Look(t.Context(), id)
	if err != nil || before.Result.(hypr.TapResult).Outcome != hypr.TapUnanswered {
		t.Fatalf("%+v %v", before.Result, err)
	}
	s.do(tap)
	after, err := s.world.Look(t.Context(), id)
	if err != nil || after.Result.(hypr.TapResult).Outcome != hypr.TapUnanswered {
		t.Errorf("it was refused, and Look says %+v %v", after.Result, err)
	}
}

// TestLookIsNotPutOffByThePhonesClock: the tap's beginning is kept in the
// phone's time, the events are in the world's.
func TestLookIsNotPutOffByThePhonesClock(t *testing.T) {
	s := primed(t)
	s.do(authn.SkewClock{Site: phone, By: time.Hour})
	out := s.do(tap)
	seen, err := s.world.Look(t.Context(), out.Result.(hypr.TapResult).ID)
	if err != nil {
		t.Fatal(err)
	}
	if len(seen.Events) == 0 {
		t.Errorf("no event since the tap")
	}
	s.link(laptop, authn.Down)
	out = s.do(tap)
	if wait := out.Pending.Until.Sub(out.At); wait != hypr.Patience {
		t.Errorf("at %s the tap is said to wait until %s, in %s", out.At, out.Pending.Until, wait)
	}
}

// TestALongVersionOfZerosIsABadArgument: it parses as a small number, and
// breaks every message that carries it.
func TestALongVersionOfZerosIsABadArgument(t *testing.T) {
	defer func() {
		if r := recover(); r != nil {
			t.Errorf("panic: %v", r)
		}
	}()
	s := primed(t)
	s.fault(set("hypr.server.version", strings.Repeat("0", 20_000)+"3.6"), "bad_argument")
	s.fault(authn.AddWorkstation{Name: "DESK-1", Family: authn.FamilyHYPR, Version: strings.Repeat("0", 70_000) + "2.6"}, "bad_argument")
}

// TestAcceptingARollbackLeavesNothingOpenA14: no tap, offer or challenge of
// the time before.
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

// TestTheTrailNamesAUserWithAnAddressH39: as directories name them.
func TestTheTrailNamesAUserWithAnAddressH39(t *testing.T) {
	s := empty(t)
	s.do(authn.AddUser{Name: "alice@example.com"})
	s.do(authn.UnlockUser{Name: "alice@example.com"})
	for _, v := range s.trail() {
		if v.FIDOUser != "alice@example.com" {
			t.Errorf("%s is of %q", v.EventName, v.FIDOUser)
		}
	}
}

// TestAnOrderThatWaitedLeavesItsEventsWithTheNext: an order that was lost
// comes again with the next, so either Action may leave the events of both.
func TestAnOrderThatWaitedLeavesItsEventsWithTheNext(t *testing.T) {
	first := func() *stage {
		s := primed(t)
		s.do(authn.RegisterDevice{Name: "tablet", User: "alice"})
		s.do(hypr.Pair{Phone: "tablet", Workstation: "LAPTOP-7"})
		s.do(authn.SetFault{Kind: authn.Drop, Message: "order", Nth: 1})
		return s
	}
	for _, actions := range [][2]authn.Action{
		{authn.ReplaceDevice{Old: "pixel", New: "pixel-2"}, authn.UnlockUser{Name: "alice"}},
		{authn.UnlockUser{Name: "alice"}, authn.ReplaceDevice{Old: "pixel", New: "pixel-2"}},
	} {
		s := first()
		s.do(actions[0])
		out, err := s.world.Apply(t.Context(), actions[1])
		if err != nil {
			t.Fatal(err)
		}
		s.saw(out, map[bool]authn.Kind{true: "unpaired", false: "directory_unlocked"}[actions[1].Verb() == "admin user unlock"])
		if bad := note(actions[1], out, err); bad != nil {
			t.Error(bad)
		}
	}
}

// TestAReplacedPhoneIsNamedInItsRefusals: "no answer came" sends helpdesk to
// the links; the phone in the user's hand is the old one.
func TestAReplacedPhoneIsNamedInItsRefusals(t *testing.T) {
	s := primed(t)
	s.do(hypr.Pair{Phone: "pixel", Workstation: "LAPTOP-7", Passkey: true})
	s.do(authn.ReplaceDevice{Old: "pixel", New: "pixel-2"})
	for _, a := range []authn.Action{hypr.Pair{Phone: "pixel", Workstation: "LAPTOP-7"}, near} {
		_, err := s.apply(a)
		r, ok := authn.AsRefusal(err)
		if !ok || !strings.Contains(r.Message+strings.Join(r.Hints, " "), "pixel-2") {
			t.Errorf("%s: %v, %q", a.Verb(), err, r.Hints)
		}
	}
}
