package sim_test

import (
	"testing"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/hypr"
	"github.com/offauth/offauth/authn/sim"
	"github.com/offauth/offauth/authn/verb"
	"github.com/offauth/offauth/keystore/memory"
)

// running returns a world whose clock follows a host's clock that the test
// controls.
func running(t *testing.T) (*stage, *time.Time) {
	t.Helper()
	now := monday
	store := memory.NewStore()
	if err := sim.Start(t.Context(), store, nil); err != nil {
		t.Fatal(err)
	}
	s := &stage{t: t, store: store, world: sim.Open(sim.Config{Families: verb.Families(), Store: store, Rand: streams(7),
		KDF: cheap, Host: func() time.Time { return now }})}
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
			s.t.Errorf("event %d %s at %s comes after event %d %s at %s", events[i].Seq, events[i].Kind, events[i].At,
				events[i-1].Seq, events[i-1].Kind, events[i-1].At)
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

func TestASiteThatWasNotAddedLeavesNoEventThatSaysSoA15(t *testing.T) {
	s := empty(t)
	s.link(authn.SiteServer, authn.Down)
	_, _ = s.world.Apply(t.Context(), authn.AddWorkstation{Name: "LAPTOP-7", Family: authn.FamilyHYPR})
	events, _ := s.world.Events(t.Context(), authn.EventQuery{Kind: "workstation_added"})
	if len(events) > 0 {
		t.Error("workstation_added, ok, though it was not")
	}
}
