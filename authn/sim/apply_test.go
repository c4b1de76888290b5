package sim_test

import (
	"context"
	"errors"
	"io"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/hypr"
	"github.com/offauth/offauth/authn/sim"
)

// Rules: H9.
func TestAUserWhoNeverPairedHereIsToldSoH9(t *testing.T) {
	s := primed(t)
	s.do(authn.AddUser{Name: "bob"})
	s.refused(hypr.Login{Workstation: "LAPTOP-7", User: "bob", PIN: authn.NewSecret("22222222")}, "not_paired", "H9")
	s.do(authn.RegisterDevice{Name: "iphone", User: "bob"})
	s.do(hypr.Pair{Phone: "iphone", Workstation: "LAPTOP-7"})
	s.do(hypr.Tap{Phone: "iphone", Workstation: "LAPTOP-7"})
	s.do(lock)
	pin := s.pin()
	s.refused(hypr.Login{Workstation: "LAPTOP-7", User: "bob", PIN: pin}, "wrong_pin", "H24") // H12
	s.do(login(pin))
}

// hooked is a store that calls a function of the test before an Update.
type hooked struct {
	authn.Store
	beforeUpdate func()
	inUpdate     func(held bool)
}

func (h *hooked) Update(ctx context.Context, change func(authn.Reader) (authn.Batch, error)) error {
	if h.beforeUpdate != nil {
		h.beforeUpdate()
	}
	return h.Store.Update(ctx, func(r authn.Reader) (authn.Batch, error) {
		if h.inUpdate != nil {
			h.inUpdate(true)
			defer h.inUpdate(false)
		}
		return change(r)
	})
}

// TestAnActionWhoseWorldChangedMeanwhileIsJudgedAgain does another login of the
// same user between the rehearsal and the lock.
func TestAnActionWhoseWorldChangedMeanwhileIsJudgedAgain(t *testing.T) {
	s := primed(t)
	pin := s.pin()
	other := sim.Open(s.cfg)
	once := sync.Once{}
	cfg := s.cfg
	cfg.Store = &hooked{Store: s.store, beforeUpdate: func() {
		once.Do(func() {
			if _, err := other.Apply(t.Context(), login(pin)); err != nil {
				t.Error(err)
			}
			if _, err := other.Apply(t.Context(), lock); err != nil {
				t.Error(err)
			}
		})
	}}
	s.world = sim.Open(cfg)
	s.refused(login(pin), "pin_used", "H23")
}

// TestATapWhoseSetGrewMeanwhileDoesTheOtherWork changes the number of PINs
// between the rehearsal and the lock: the new work is done outside the lock
// too.
func TestATapWhoseSetGrewMeanwhileDoesTheOtherWork(t *testing.T) {
	s := primed(t)
	other := sim.Open(s.cfg)
	once := sync.Once{}
	cfg := s.cfg
	cfg.Store = &hooked{Store: s.store, beforeUpdate: func() {
		once.Do(func() {
			if _, err := other.Apply(t.Context(), set("hypr.pins.count", "12")); err != nil {
				t.Error(err)
			}
		})
	}}
	s.world = sim.Open(cfg)
	s.do(tap)
	if c := s.computer(); c.Set.Of != 12 {
		t.Fatalf("the set has %d PINs, want the 12 of the moment of the login (H10)", c.Set.Of)
	}
}

// TestNoKDFRunsUnderTheLock watches every slow job of a login, a tap and a link
// change that completes a waiting tap.
func TestNoKDFRunsUnderTheLock(t *testing.T) {
	s := primed(t)
	pin := s.pin()
	var held atomic.Bool
	jobs := 0
	cfg := s.cfg
	cfg.Store = &hooked{Store: s.store, inUpdate: held.Store}
	cfg.Progress = func(int, int) {
		jobs++
		if held.Load() {
			t.Error("a KDF ended while the store was locked")
		}
	}
	s.world = sim.Open(cfg)
	s.do(login(pin))
	s.do(tap)
	s.link(laptop, authn.Down)
	s.do(tap)
	s.link(laptop, authn.Up)
	if jobs != 1+10+10 {
		t.Fatalf("%d KDFs for one attempt and two sets of ten, want 21", jobs)
	}
}

func TestAFaultWritesNothing(t *testing.T) {
	s := primed(t)
	before := countStored(t, s.store)
	cfg := s.cfg
	cfg.Rand = func(authn.Site, string) io.Reader { return broken{} }
	s.world = sim.Open(cfg)
	if _, err := s.world.Apply(t.Context(), tap); !errors.Is(err, errBroken) {
		t.Fatalf("a tap without randomness: %v", err)
	}
	if countStored(t, s.store) != before {
		t.Fatal("a fault left events")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	s.world = sim.Open(s.cfg)
	if _, err := s.world.Apply(ctx, tap); !errors.Is(err, context.Canceled) {
		t.Fatalf("a cancelled tap: %v", err)
	}
	s.do(login(s.pin()))
}

var errBroken = errors.New("no randomness")

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, errBroken }
