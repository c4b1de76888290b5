package sim_test

import (
	"strings"
	"testing"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/hypr"
	"github.com/offauth/offauth/authn/sim"
	"github.com/offauth/offauth/authn/verb"
	"github.com/offauth/offauth/keystore/memory"
)

// running is a world whose clock runs with a host's that the test holds.
func running(t *testing.T) (*stage, *time.Time) {
	t.Helper()
	now := monday
	store := memory.NewStore()
	if err := sim.Start(t.Context(), store, nil); err != nil {
		t.Fatal(err)
	}
	s := &stage{t: t, store: store, world: sim.Open(sim.Config{Families: verb.Families(), Store: store, Rand: streams(7), KDF: cheap, Host: func() time.Time { return now }})}
	s.do(authn.AddUser{Name: "alice"})
	s.do(authn.AddWorkstation{Name: "LAPTOP-7", Family: authn.FamilyHYPR})
	s.do(authn.RegisterDevice{Name: "pixel", User: "alice"})
	s.do(set("hypr.offline.enabled", "true"))
	s.do(hypr.Pair{Phone: "pixel", Workstation: "LAPTOP-7"})
	return s, &now
}

func (s *stage) ordered() {
	s.t.Helper()
	events, err := s.world.Events(s.t.Context(), authn.EventQuery{})
	if err != nil {
		s.t.Fatal(err)
	}
	for i := 1; i < len(events); i++ {
		if events[i].At.Before(events[i-1].At) {
			s.t.Errorf("event %d %s at %s comes after event %d %s at %s", events[i].Seq, events[i].Kind, events[i].At, events[i-1].Seq, events[i-1].Kind, events[i-1].At)
		}
	}
}

// A skew makes a timer due in the past: it must not be stamped before the
// events of the same Action.
func TestEventsOfASkewAreInOrderA15(t *testing.T) {
	s, now := running(t)
	s.do(tap)
	*now = now.Add(time.Hour)
	s.do(authn.SkewClock{Site: phone, By: 30*day - 30*time.Minute})
	s.ordered()
}

func TestEventsOfASetThatIsBornExpiredAreInOrderA15(t *testing.T) {
	s, now := running(t)
	s.do(authn.SkewClock{Site: phone, By: 31 * day})
	*now = now.Add(2 * day)
	s.do(tap)
	s.ordered()
}

func TestANameIsNotLostWithTheServersAnswer(t *testing.T) {
	for _, fault := range []authn.FaultKind{authn.Drop, authn.Tamper} {
		s := empty(t)
		s.do(authn.AddUser{Name: "alice"})
		s.do(authn.SetFault{Kind: fault, Message: "enrolled", Nth: 1})
		s.refused(authn.AddWorkstation{Name: "LAPTOP-7", Family: authn.FamilyHYPR}, "server_unreachable", "H46")
		if _, err := s.world.Apply(t.Context(), authn.AddWorkstation{Name: "LAPTOP-7", Family: authn.FamilyHYPR}); err != nil {
			t.Errorf("%s: %v", fault, err)
		}
	}
}

func TestASiteThatWasNotAddedLeavesNoEventThatSaysSoA15(t *testing.T) {
	s := empty(t)
	s.link(authn.SiteServer, authn.Down)
	_, _ = s.world.Apply(t.Context(), authn.AddWorkstation{Name: "LAPTOP-7", Family: authn.FamilyHYPR})
	events, _ := s.world.Events(t.Context(), authn.EventQuery{Kind: "workstation_added"})
	if len(events) > 0 {
		t.Error("workstation_added, ok, though it was not")
	}
}

func TestALongVersionIsABadArgument(t *testing.T) {
	defer func() {
		if r := recover(); r != nil {
			t.Errorf("panic: %v", r)
		}
	}()
	s := empty(t)
	s.fault(authn.AddWorkstation{Name: "LAPTOP-7", Family: authn.FamilyHYPR, Version: strings.Repeat("2", 70000)}, "bad_argument")
}

func TestAVersionHasNoControlCharacters(t *testing.T) {
	s := empty(t)
	s.fault(authn.AddWorkstation{Name: "LAPTOP-7", Family: authn.FamilyHYPR, Version: "2.6\x1b[2J"}, "bad_argument")
}

func TestANegativeSpanIsABadArgument(t *testing.T) {
	s := empty(t)
	s.fault(authn.AdvanceClock{By: -time.Second}, "bad_argument")
}
func TestANegativeSpanBackIsABadArgument(t *testing.T) {
	s := empty(t)
	s.fault(authn.BackClock{By: -time.Second}, "bad_argument")
}

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

func TestAnUnusedPairingSurvivesACutOneA11(t *testing.T) {
	for _, kind := range []string{"pair_request", "pair_order", "pair_grant", "pair_done"} {
		s := fresh(t)
		s.do(hypr.Pair{Phone: "pixel", Workstation: "LAPTOP-7"})
		s.do(authn.SetFault{Kind: authn.Drop, Message: kind, Nth: 1})
		_, _ = s.world.Apply(t.Context(), hypr.Pair{Phone: "pixel", Workstation: "LAPTOP-7"})
		if r := s.do(tap).Result.(hypr.TapResult); r.Outcome != hypr.TapLogin {
			t.Errorf("%s: %+v", kind, r)
		}
	}
}

func TestSnapshotScopeByUserA(t *testing.T) {
	s := primed(t)
	s.do(authn.AddUser{Name: "bob"})
	snap, err := s.world.Snapshot(t.Context(), authn.Scope{User: "bob"})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range snap.Deadlines {
		t.Errorf("bob sees %+v", d)
	}
}

func TestSameTellsTheWayThatLedToIt(t *testing.T) {
	s := primed(t)
	s.link(laptop, authn.Down)
	s.do(tap)
	s.wait(5 * time.Second)
	a := s.do(unlock).Result.(hypr.UnlockResult)
	b := s.do(unlock).Result.(hypr.UnlockResult)
	if a.Via != b.Via {
		t.Errorf("the same PIN, via %s then via %s", a.Via, b.Via)
	}
}

func TestLongerLookUnderSkewBackOfWorkstation(t *testing.T) {
	s := primed(t)
	p := s.pin()
	s.do(authn.SkewClock{Site: laptop, By: 30 * day})
	s.do(authn.SkewClock{Site: laptop, By: 0})
	s.refused(login(p), "pin_expired", "H33")
}

func TestTwiceClockBackForward(t *testing.T) {
	s := primed(t)
	p := s.pin()
	s.do(authn.BackClock{By: 10 * day})
	s.do(authn.AdvanceClock{By: 10 * day})
	s.do(login(p))
}
func TestSetClockInThePastThenTap(t *testing.T) {
	s := primed(t)
	s.link(laptop, authn.Down)
	s.do(tap)
	s.do(authn.SkewClock{Site: phone, By: -time.Hour})
	out := s.wait(2 * time.Hour)
	s.sawNo(out, "pin_offered")
	s.link(laptop, authn.Up)
	// skew forward while waiting ends the tap at once
	s.link(laptop, authn.Down)
	if s.do(tap).Pending == nil {
		t.Fatal()
	}
	s.saw(s.do(authn.SkewClock{Site: phone, By: 0}), "pin_offered")
}
