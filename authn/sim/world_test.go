package sim_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/hypr"
	"github.com/offauth/offauth/authn/sim"
	"github.com/offauth/offauth/authn/verb"
	"github.com/offauth/offauth/keystore/memory"
)

// monday is the start time of every test world.
var monday = time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)

// cheap is a KDF with minimal cost.
var cheap = authn.KDF{Time: 1, MemoryKiB: 8}

// stage is a world under test with a frozen clock, and helpers to act on it.
type stage struct {
	t     testing.TB
	world *sim.World
	store authn.Store
	cfg   sim.Config
}

// streams returns a source with an independent random stream for every site and
// purpose.
func streams(seed uint64) func(authn.Site, string) io.Reader {
	readers := map[string]io.Reader{}
	return func(site authn.Site, purpose string) io.Reader {
		key := string(site) + "\x00" + purpose
		if readers[key] == nil {
			readers[key] = rand.NewChaCha8(sha256.Sum256(fmt.Appendf(nil, "%d %s", seed, key)))
		}
		return readers[key]
	}
}

// empty returns an empty world, at monday.
func empty(t testing.TB) *stage {
	t.Helper()
	store := memory.NewStore()
	if err := sim.Start(context.Background(), store, &monday); err != nil {
		t.Fatal(err)
	}
	cfg := sim.Config{Families: verb.Families(), Store: store, Rand: streams(1), KDF: cheap, Slow: 2,
		Host: func() time.Time { t.Fatal("a frozen world read the host's clock"); return time.Time{} }}
	return &stage{t: t, store: store, cfg: cfg, world: sim.Open(cfg)}
}

// fresh returns a world with a user, a phone and a locked workstation, and
// Offline Mode on with small sets.
func fresh(t testing.TB, settings ...authn.Setting) *stage {
	t.Helper()
	s := empty(t)
	s.do(authn.AddUser{Name: "alice"})
	s.do(authn.AddWorkstation{Name: "LAPTOP-7", Family: authn.FamilyHYPR})
	s.do(authn.RegisterDevice{Name: "pixel", User: "alice"})
	s.do(authn.SetPolicy{Settings: append([]authn.Setting{{Key: "hypr.offline.enabled", Value: "true"},
		{Key: "hypr.pins.count", Value: "10"}}, settings...)})
	return s
}

// primed returns a fresh world after pairing and one online login, locked.
func primed(t testing.TB, settings ...authn.Setting) *stage {
	t.Helper()
	s := fresh(t, settings...)
	s.do(hypr.Pair{Phone: "pixel", Workstation: "LAPTOP-7"})
	s.do(tap)
	s.do(lock)
	return s
}

var (
	tap    = hypr.Tap{Phone: "pixel", Workstation: "LAPTOP-7"}
	unlock = hypr.Unlock{Phone: "pixel", Workstation: "LAPTOP-7"}
	hide   = hypr.Hide{Phone: "pixel"}
	lock   = authn.Lock{Workstation: "LAPTOP-7"}
)

func login(pin authn.Secret) hypr.Login {
	return hypr.Login{Workstation: "LAPTOP-7", User: "alice", PIN: pin}
}

// apply does an Action and checks its outcome against the tables.
func (s *stage) apply(a authn.Action) (authn.Outcome, error) {
	s.t.Helper()
	out, err := s.world.Apply(context.Background(), a)
	if bad := note(a, out, err); bad != nil {
		s.t.Fatal(bad)
	}
	return out, err
}

// do does an Action, which must be accepted.
func (s *stage) do(a authn.Action) authn.Outcome {
	s.t.Helper()
	out, err := s.apply(a)
	if err != nil {
		s.t.Fatalf("%s: %v", a.Verb(), err)
	}
	return out
}

// refused does an Action, which must be refused with this code and rule.
func (s *stage) refused(a authn.Action, code authn.Code, rule authn.RuleID) *authn.Refusal {
	s.t.Helper()
	_, err := s.apply(a)
	r, ok := authn.AsRefusal(err)
	if !ok || r.Code != code || r.Rule != rule {
		s.t.Fatalf("%s: got %v (%+v), want %s by %s", a.Verb(), err, r, code, rule)
	}
	return r
}

// fault does an Action, which must fail with this fault.
func (s *stage) fault(a authn.Action, code authn.Code) {
	s.t.Helper()
	_, err := s.apply(a)
	if f, ok := authn.AsFault(err); !ok || f.Code != code {
		s.t.Fatalf("%s: got %v, want the fault %s", a.Verb(), err, code)
	}
}

// pin hides what is shown and shows the next PIN.
func (s *stage) pin() authn.Secret {
	s.t.Helper()
	s.do(hide)
	return s.do(unlock).Result.(hypr.UnlockResult).PIN
}

func (s *stage) wait(d time.Duration) authn.Outcome {
	s.t.Helper()
	return s.do(authn.AdvanceClock{By: d})
}

func (s *stage) link(site authn.Site, state authn.Uplink) authn.Outcome {
	s.t.Helper()
	return s.do(authn.SetLink{Site: site, State: state})
}

func (s *stage) snap() authn.Snapshot {
	s.t.Helper()
	snap, err := s.world.Snapshot(context.Background(), authn.Scope{})
	if err != nil {
		s.t.Fatal(err)
	}
	return snap
}

// computer returns the phone's view of LAPTOP-7.
func (s *stage) computer() authn.ComputerView { s.t.Helper(); return s.snap().Phones[0].Computers[0] }

// locked reports whether LAPTOP-7 is locked.
func (s *stage) locked() bool { s.t.Helper(); return s.snap().Workstations[0].Locked }

// saw wants these kinds of events in this order, with any others between.
func (s *stage) saw(out authn.Outcome, kinds ...authn.Kind) {
	s.t.Helper()
	i := 0
	for _, e := range out.Events {
		if i < len(kinds) && e.Kind == kinds[i] {
			i++
		}
	}
	if i < len(kinds) {
		s.t.Fatalf("no %s in %s", kinds[i], list(out.Events))
	}
}

// sawNo wants no events of these kinds.
func (s *stage) sawNo(out authn.Outcome, kinds ...authn.Kind) {
	s.t.Helper()
	for _, e := range out.Events {
		for _, k := range kinds {
			if e.Kind == k {
				s.t.Fatalf("%s in %s", k, list(out.Events))
			}
		}
	}
}

func list(events []authn.Event) string {
	text := ""
	for _, e := range events {
		text += fmt.Sprintf(" %s%v", e.Kind, e.Fields)
	}
	return text
}

// Rules: H9, H11, H22, H23.
func TestTheFirstPINUnlocksOnceAndNeverAgainH9H11H22H23(t *testing.T) {
	s := fresh(t)
	s.refused(unlock, "not_paired", "H9")
	s.do(hypr.Pair{Phone: "pixel", Workstation: "LAPTOP-7"})
	s.refused(unlock, "not_primed", "H9")
	out := s.do(tap)
	s.saw(out, "online_authenticated", "pins_issued", "unlocked", "pins_stored", "pins_confirmed")
	if s.locked() {
		t.Fatal("still locked after an online login")
	}
	pin := s.pin()
	s.refused(login(pin), "not_locked", "H45")
	s.do(lock)
	s.refused(login(authn.NewSecret("22222222")), "wrong_pin", "H24")
	s.saw(s.do(login(pin)), "unlocked")
	s.do(lock)
	if r := s.refused(login(pin), "pin_used", "H23"); r.Shown != "PIN is incorrect." {
		t.Fatalf("the lock screen shows %q", r.Shown)
	}
	if _, err := s.world.Apply(t.Context(), nil); err == nil || errors.Is(err, authn.ErrNotYet) {
		t.Fatalf("a nil action gave %v", err)
	}
}

func TestASnapshotOfOneUserHasNoTimersOfOthers(t *testing.T) {
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
