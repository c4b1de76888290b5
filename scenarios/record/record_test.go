package record_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/encap"
	"github.com/offauth/offauth/authn/hypr"
	"github.com/offauth/offauth/authn/sim"
	"github.com/offauth/offauth/authn/verb"
	"github.com/offauth/offauth/keystore/memory"
	"github.com/offauth/offauth/scenarios/compose"
	"github.com/offauth/offauth/scenarios/record"
)

// taped is a recording world whose clock follows host.
type taped struct {
	t     *testing.T
	world *sim.World
	host  time.Time
}

var start = time.Date(2026, 11, 3, 7, 59, 58, 123456789, time.UTC)

func newTaped(t *testing.T, seed uint64) *taped {
	t.Helper()
	s := &taped{t: t, host: start}
	store := memory.NewStore()
	ctx := context.Background()
	if err := errors.Join(sim.Start(ctx, store, nil), sim.StartRecording(ctx, store)); err != nil {
		t.Fatal(err)
	}
	readers := map[string]io.Reader{}
	s.world = sim.Open(sim.Config{
		Families: verb.Families(),
		Store:    store, KDF: authn.KDF{Time: 1, MemoryKiB: 8}, Host: func() time.Time { return s.host },
		Rand: func(site authn.Site, purpose string) io.Reader {
			key := fmt.Sprint("recorded", seed, site, purpose)
			if readers[key] == nil {
				readers[key] = rand.NewChaCha8(sha256.Sum256([]byte(key)))
			}
			return readers[key]
		},
	})
	return s
}

// do applies an Action; a fault fails the test, a refusal does not.
func (s *taped) do(a authn.Action) authn.Outcome {
	s.t.Helper()
	out, err := s.world.Apply(context.Background(), a)
	if _, refused := authn.AsRefusal(err); err != nil && !refused {
		s.t.Fatalf("%s: %v", a.Verb(), err)
	}
	return out
}

func (s *taped) moves() []sim.Recorded {
	s.t.Helper()
	moves, err := s.world.Recorded(context.Background(), record.Known()...)
	if err != nil {
		s.t.Fatal(err)
	}
	return moves
}

// passingScenario returns the scenario of a family, and fails the test unless it
// passes.
func (s *taped) passingScenario(family authn.FamilyName) record.Scenario {
	s.t.Helper()
	scene, _, err := record.Scene("written", family, s.moves())
	if err != nil {
		s.t.Fatal(err)
	}
	written, err := record.Write(context.Background(), scene, func() authn.Store { return memory.NewStore() }, time.Now)
	if err != nil {
		s.t.Fatal(err)
	}
	for _, f := range written.Findings {
		if !f.Warning() {
			s.t.Errorf("%v (%s)", f, f.Help)
		}
	}
	for _, f := range written.Result.Failures {
		s.t.Errorf("line %d, %s: %s: expected %s, got %s", f.Line, f.Step, f.What, f.Expected, f.Got)
	}
	if !written.Passed() {
		s.t.Errorf("%s %s\n%s", written.Result.Status, written.Result.Reason, written.Text)
	}
	return written
}

func setting(key authn.SettingKey, value string) authn.Setting {
	return authn.Setting{Key: key, Value: value}
}

var (
	tap    = hypr.Tap{Phone: "pixel", Workstation: "LAPTOP-7"}
	unlock = hypr.Unlock{Phone: "pixel", Workstation: "LAPTOP-7"}
	lock   = authn.Lock{Workstation: "LAPTOP-7"}
)

func login(pin authn.Secret) hypr.Login {
	return hypr.Login{Workstation: "LAPTOP-7", User: "alice", PIN: pin}
}

// demo creates a world like the demo's, with both products.
func (s *taped) demo() {
	s.t.Helper()
	pin := authn.NewSecret("2580")
	for _, a := range []authn.Action{
		authn.AddUser{Name: "alice"}, authn.AddWorkstation{Name: "LAPTOP-7", Family: authn.FamilyHYPR},
		authn.SetPolicy{Settings: []authn.Setting{setting("hypr.offline.enabled", "true"), setting("hypr.pins.count", "10")}},
		authn.RegisterDevice{Name: "pixel", User: "alice"}, hypr.Pair{Phone: "pixel", Workstation: "LAPTOP-7"}, tap, lock,
		authn.SetPolicy{Settings: []authn.Setting{setting("encap.offline.methods", "OFFLINE,OFFLINE:PIN"),
			setting("encap.otp.length", "6")}},
		authn.AddProvider{Name: "bank"},
		encap.Activate{Phone: "pixel", Methods: []encap.Method{encap.Device, encap.DevicePIN}, PIN: pin},
		encap.Auth{Phone: "pixel", Method: encap.DevicePIN, PIN: pin},
		encap.AddMethod{Phone: "pixel", Methods: []encap.Method{encap.OfflinePIN}, PIN: authn.NewSecret("1357")},
	} {
		s.do(a)
		s.host = s.host.Add(150 * time.Millisecond)
	}
}

func TestTheDemoIsToldOncePerProduct(t *testing.T) {
	t.Parallel()
	s := newTaped(t, 1)
	s.demo()
	s.host = s.host.Add(12 * time.Second)
	pin := s.do(unlock).Result.(hypr.UnlockResult).PIN
	s.do(login(authn.NewSecret("ABCDEFGH")))
	s.do(login(pin))
	if got := record.Families(s.moves()); fmt.Sprint(got) != "[hypr encap]" {
		t.Errorf("families %v", got)
	}
	for _, family := range []authn.FamilyName{authn.FamilyHYPR, authn.FamilyEncap} {
		written := s.passingScenario(family)
		if written.Exact || len(written.Result.Failures) > 0 {
			t.Errorf("%s: %+v", family, written.Result)
		}
		for _, secret := range []string{pin.Reveal(), "2580", "1357", "ABCDEFGH"} {
			if strings.Contains(string(written.Text), secret) {
				t.Errorf("%s: the file holds a secret", family)
			}
		}
	}
	_, left, err := record.Scene("written", authn.FamilyHYPR, s.moves())
	if err != nil ||
		strings.Join(left, ", ") != "admin policy set, provider add, device activate, device auth, device method add" {
		t.Errorf("%v, left out: %q", err, left)
	}
}

func TestWhatNoScenarioCanTellIsNamed(t *testing.T) {
	t.Parallel()
	s := newTaped(t, 2)
	if _, _, err := record.Scene("told", authn.FamilyHYPR, s.moves()); !errors.Is(err, record.ErrNothing) {
		t.Errorf("an empty world: %v", err)
	}
	s.demo()
	if _, err := sim.AcceptRollback(context.Background(), s.world); err != nil {
		t.Fatal(err)
	}
	scene, _, err := record.Scene("told", authn.FamilyHYPR, s.moves())
	if err != nil {
		t.Fatal(err)
	}
	if _, err = compose.Write(scene); !errors.Is(err, compose.ErrUnsupported) ||
		!strings.Contains(err.Error(), "world repair") {
		t.Errorf("a repaired world: %v", err)
	}
	s = newTaped(t, 3)
	s.demo()
	s.do(authn.RegisterDevice{Name: "LAPTOP-7", User: "alice"})
	if _, _, err := record.Scene("told", authn.FamilyHYPR, s.moves()); !errors.Is(err, record.ErrTwoNames) {
		t.Errorf("a phone called as a workstation: %v", err)
	}
}

// TestUsersWithoutAPhoneAreAddedByTheStory checks roaming users, and users whose
// phone is registered later.
func TestUsersWithoutAPhoneAreAddedByTheStory(t *testing.T) {
	t.Parallel()
	for name, actions := range map[string][]authn.Action{
		"alice alone": {authn.AddUser{Name: "alice"}, authn.AdvanceClock{By: time.Hour},
			authn.RegisterDevice{Name: "pixel", User: "alice"}},
		"bob alone": {authn.AddUser{Name: "bob"}, authn.AddWorkstation{Name: "LAPTOP-7", Family: authn.FamilyHYPR}, lock,
			authn.RegisterDevice{Name: "pixel", User: "bob"}},
		"roaming": {authn.AddUser{Name: "bob", Roaming: true}, authn.AddUser{Name: "alice"},
			authn.RegisterDevice{Name: "pixel", User: "bob"},
			authn.AddWorkstation{Name: "LAPTOP-7", Family: authn.FamilyHYPR}, hypr.Pair{Phone: "pixel", Workstation: "LAPTOP-7"},
			unlock},
		"two": {authn.AddUser{Name: "bob"}, authn.AddUser{Name: "alice"}, authn.RegisterDevice{Name: "pixel", User: "bob"},
			authn.AddWorkstation{Name: "LAPTOP-7", Family: authn.FamilyHYPR}, authn.UnlockUser{Name: "alice"},
			hypr.Login{Workstation: "LAPTOP-7", User: "alice", PIN: authn.NewSecret("X")}},
		"a roll of the policy": {authn.AddUser{Name: "alice"},
			authn.SetPolicy{Settings: []authn.Setting{setting("hypr.pins.count", "5")}},
			authn.SetPolicy{Settings: []authn.Setting{setting("hypr.pins.count", "20"), setting("encap.otp.length", "6")}},
			authn.SetLink{Site: authn.SiteServer, State: authn.Down}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newTaped(t, 4)
			for _, a := range actions {
				s.do(a)
			}
			s.passingScenario(authn.FamilyHYPR)
		})
	}
}
