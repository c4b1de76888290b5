package sim_test

import (
	"testing"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/hypr"
)

func TestATapThatNobodyGaveIsNoTap(t *testing.T) {
	s := primed(t)
	for _, id := range []string{"pixel/LAPTOP-7/999", "pixel/LAPTOP-7/x", "pixel/LAPTOP-7/0"} {
		if out, err := s.world.Look(t.Context(), id); err == nil {
			t.Errorf("%s: %+v", id, out.Result)
		}
	}
}

func TestAnEarlierTapIsToldAsItEnded(t *testing.T) {
	s := primed(t)
	first := s.do(tap).Result.(hypr.TapResult)
	s.do(tap)
	out, err := s.world.Look(t.Context(), first.ID)
	if err != nil || out.Result.(hypr.TapResult).Outcome != first.Outcome {
		t.Errorf("it ended as %s, Look says %+v %v", first.Outcome, out.Result, err)
	}
}

func TestATapThatWaitsOutlivesAPairing(t *testing.T) {
	s := primed(t)
	s.do(authn.SetFault{Kind: authn.Drop, Message: "unlock_request", Nth: 1})
	id := s.do(tap).Pending.ID
	s.do(hypr.Pair{Phone: "pixel", Workstation: "LAPTOP-7"})
	if _, err := s.world.Look(t.Context(), id); err != nil {
		t.Errorf("look: %v", err)
	}
}

// TestATapThatWasRefusedIsNotToldAsALogin: after a later tap, Look reads the
// events, and a refusal is one of the outcomes.
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

// TestLookIsNotPutOffByThePhonesClock: the start of the tap is stored in the
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
	if wait := out.Pending.Until.Sub(out.At); wait != hypr.TapTimeout {
		t.Errorf("at %s the tap is said to wait until %s, in %s", out.At, out.Pending.Until, wait)
	}
}
