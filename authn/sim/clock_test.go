package sim_test

import (
	"context"
	"testing"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/hypr"
	"github.com/offauth/offauth/authn/sim"
	"github.com/offauth/offauth/authn/verb"
	"github.com/offauth/offauth/keystore/memory"
)

// Rules: A8.
func TestAClockSetBackRevivesNothingA8(t *testing.T) {
	s := primed(t)
	used, late := s.pin(), s.pin()
	s.do(login(used))
	s.do(lock)
	s.saw(s.wait(30*day), "pins_expired", "pins_expired")
	s.saw(s.do(authn.BackClock{By: 29 * day}), "clock_set_back")
	s.refused(login(late), "pin_expired", "H33")
	s.refused(login(used), "pin_expired", "H33")
	s.refused(unlock, "pin_expired", "H33")
	s.do(tap) // only the new time counts for a new set
	if got := s.computer().Set.ExpiresAt; !got.Equal(monday.Add(31 * day)) {
		t.Fatalf("the new set expires at %s", got)
	}
	s.do(lock)
	s.do(login(s.pin()))
}

// Rules: A8.
func TestAClockSetBackHidesAShownPINAndCancelsATapA8(t *testing.T) {
	s := primed(t)
	first := s.do(unlock).Result.(hypr.UnlockResult)
	s.link(laptop, authn.Down)
	s.do(tap)
	s.saw(s.do(authn.BackClock{By: time.Second}), "pin_hidden", "tap_cancelled")
	if s.do(unlock).Result.(hypr.UnlockResult).PIN.Equal(first.PIN) {
		t.Fatal("a PIN that was hidden is shown again")
	}
	s.sawNo(s.wait(time.Minute), "pin_offered")
}

// Rules: A8.
func TestAPhoneWhoseClockIsSetBackHidesItsPINA8(t *testing.T) {
	s := primed(t)
	s.do(unlock)
	s.saw(s.do(authn.SkewClock{Site: phone, By: -7 * time.Minute}), "pin_hidden", "clock_skewed")
	s.sawNo(s.do(authn.SkewClock{Site: phone, By: 0}), "pin_hidden")
}

// Rules: H33.
func TestASkewedSiteExpiresByItsOwnClockH33(t *testing.T) {
	s := primed(t)
	pin := s.pin()
	s.saw(s.do(authn.SkewClock{Site: phone, By: 30 * day}), "pins_expired")
	s.refused(unlock, "pin_expired", "H33")
	s.do(login(pin)) // the workstation's clock is right
	s.do(lock)
	s.saw(s.do(authn.SkewClock{Site: laptop, By: 30 * day}), "pins_expired")
	s.refused(login(pin), "pin_expired", "H33")
}

// TestAHostClockThatWentBackIsTreatedTheSameA8 runs a world on a host's clock
// that the test controls.
//
// Rules: A8.
func TestAHostClockThatWentBackIsTreatedTheSameA8(t *testing.T) {
	now := monday
	store := memory.NewStore()
	if err := sim.Start(t.Context(), store, nil); err != nil {
		t.Fatal(err)
	}
	cfg := sim.Config{Families: verb.Families(), Store: store, Rand: streams(2), KDF: cheap,
		Host: func() time.Time { return now }}
	s := &stage{t: t, store: store, world: sim.Open(cfg)}
	s.do(authn.AddUser{Name: "alice"})
	s.do(authn.AddWorkstation{Name: "LAPTOP-7", Family: authn.FamilyHYPR})
	s.do(authn.RegisterDevice{Name: "pixel", User: "alice"})
	s.do(set("hypr.offline.enabled", "true"))
	s.do(hypr.Pair{Phone: "pixel", Workstation: "LAPTOP-7"})
	s.do(tap)
	s.do(unlock)
	now = monday.Add(-time.Hour)
	s.saw(s.do(hide), "pin_hidden", "clock_went_back")
	now = now.Add(-time.Millisecond) // within the tolerance for several processes
	s.sawNo(s.do(hide), "clock_went_back")
	s.do(authn.FreezeClock{})
	now = now.Add(100 * day)
	if got := s.snap().Now; !got.Equal(monday.Add(-time.Hour)) {
		t.Fatalf("a frozen clock went on to %s", got)
	}
	s.do(authn.RunClock{})
	now = now.Add(time.Hour)
	if got := s.snap().Now; !got.Equal(monday) {
		t.Fatalf("the clock ran on to %s, want %s", got, monday)
	}
}

// Rules: A8, A15.
func TestTimersAreStampedWithTheirOwnInstantsA8A15(t *testing.T) {
	s := primed(t)
	s.do(unlock)
	s.wait(40 * day)
	events, err := s.world.Events(t.Context(), authn.EventQuery{})
	if err != nil {
		t.Fatal(err)
	}
	for i, e := range events {
		if e.Seq != uint64(i+1) || e.Site == "" || e.Kind == "" || e.Result == "" {
			t.Fatalf("event %d: %+v", i+1, e)
		}
		if i > 0 && e.At.Before(events[i-1].At) {
			t.Fatalf("event %d is stamped before the one before it", e.Seq)
		}
		switch {
		case e.Kind == "pin_hidden" && !e.At.Equal(monday.Add(time.Minute)):
			t.Fatalf("hidden at %s", e.At)
		case e.Kind == "pins_expired" && !e.At.Equal(monday.Add(30*day)):
			t.Fatalf("expired at %s", e.At)
		}
	}
}

func TestAReadShowsDueTimersAsFiredAndWritesNothing(t *testing.T) {
	now := monday
	store := memory.NewStore()
	if err := sim.Start(t.Context(), store, nil); err != nil {
		t.Fatal(err)
	}
	s := &stage{t: t, store: store,
		world: sim.Open(sim.Config{Families: verb.Families(), Store: store, Rand: streams(3), KDF: cheap,
			Host: func() time.Time { return now }})}
	s.do(authn.AddUser{Name: "alice"})
	s.do(authn.AddWorkstation{Name: "LAPTOP-7", Family: authn.FamilyHYPR})
	s.do(authn.RegisterDevice{Name: "pixel", User: "alice"})
	s.do(set("hypr.offline.enabled", "true"))
	s.do(hypr.Pair{Phone: "pixel", Workstation: "LAPTOP-7"})
	s.do(tap)
	s.do(unlock)
	stored := countStored(t, store)
	now = now.Add(time.Minute)
	if s.computer().Shown != nil {
		t.Fatal("a read shows a PIN past its time")
	}
	seen, err := s.world.Events(t.Context(), authn.EventQuery{Kind: "pin_hidden"})
	if err != nil || len(seen) != 1 {
		t.Fatalf("the due event is not seen: %v %v", seen, err)
	}
	if countStored(t, store) != stored {
		t.Fatal("a read wrote events")
	}
	out := s.do(hide)
	if out.Events[0].Seq != seen[0].Seq || out.Events[0].Kind != "pin_hidden" {
		t.Fatalf("what was seen is not what was then stored: %+v, %+v", seen[0], out.Events[0])
	}
}

func countStored(t *testing.T, store authn.Store) (n int) {
	t.Helper()
	err := store.View(context.Background(), func(r authn.Reader) error {
		events, err := r.Events(authn.EventQuery{})
		n = len(events)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestBadArgumentsAreFaultsAndKeepNothing(t *testing.T) {
	s := primed(t)
	before := countStored(t, s.store)
	for code, actions := range map[authn.Code][]authn.Action{
		"bad_argument": {
			authn.AddUser{Name: ""}, authn.AddUser{Name: "a/b"}, authn.AddUser{Name: "-x"}, authn.AdvanceClock{},
			authn.AdvanceClock{By: 1<<63 - 1},
			authn.AdvanceClock{By: -time.Second}, authn.BackClock{By: -time.Second},
			authn.SetClock{To: time.Date(3000, 1, 1, 0, 0, 0, 0, time.UTC)}, authn.SetClock{},
			authn.SkewClock{Site: phone, By: -1 << 62},
			authn.SetLink{Site: phone, State: "sideways"}, authn.SetFault{Kind: "eat", Message: "pin_set", Nth: 1},
			authn.SetFault{Kind: authn.Drop, Message: "pin_set"},
			authn.AddWorkstation{Name: "X", Family: "encap"},
			authn.RegisterDevice{Name: "x", User: "alice", Platform: "symbian"},
		},
		"no_such_message": {authn.SetFault{Kind: authn.Drop, Message: "letter", Nth: 1}},
		"already_there": {authn.AddUser{Name: "alice"}, authn.AddWorkstation{Name: "LAPTOP-7", Family: "hypr"},
			authn.RegisterDevice{Name: "pixel", User: "alice"}},
		"no_such_user": {authn.RegisterDevice{Name: "x", User: "bob"},
			hypr.Login{Workstation: "LAPTOP-7", User: "bob"}},
		"no_such_phone": {hypr.Tap{Phone: "x", Workstation: "LAPTOP-7"}, hypr.Hide{Phone: "x"},
			authn.Cancel{Phone: "x"}, authn.SetLink{Site: authn.Phone("x"), State: authn.Up}},
		"no_such_workstation": {hypr.Unlock{Phone: "pixel", Workstation: "x"}, authn.Lock{Workstation: "x"},
			hypr.Pair{Phone: "pixel", Workstation: "x"}, hypr.Login{Workstation: "x", User: "alice"}},
		"no_such_site": {authn.SetLink{Site: "pixel", State: authn.Up}, authn.SkewClock{Site: "world", By: 1}},
	} {
		for _, a := range actions {
			s.fault(a, code)
		}
	}
	if after := countStored(t, s.store); after != before {
		t.Fatalf("faults left %d events", after-before)
	}
}

// TestAHostsClockBeyondEveryWorldIsRefusedByName: it is not reported as a bug.
func TestAHostsClockBeyondEveryWorldIsRefusedByName(t *testing.T) {
	host := time.Date(2250, 12, 31, 23, 0, 0, 0, time.UTC)
	store := memory.NewStore()
	if err := sim.Start(context.Background(), store, nil); err != nil {
		t.Fatal(err)
	}
	w := sim.Open(sim.Config{Families: verb.Families(), Store: store, Host: func() time.Time { return host }})
	if _, err := w.Apply(context.Background(), authn.AddUser{Name: "alice"}); err != nil {
		t.Fatal(err)
	}
	host = host.Add(time.Hour)
	_, err := w.Apply(context.Background(), authn.AddUser{Name: "bob"})
	if f, ok := authn.AsFault(err); !ok || f.Code != "host_clock" {
		t.Fatalf("%v", err)
	}
	if _, err := w.Snapshot(context.Background(), authn.Scope{}); err == nil {
		t.Fatal("a read took it")
	}
}

func TestALookUnderAWorkstationsSkewBack(t *testing.T) {
	s := primed(t)
	p := s.pin()
	s.do(authn.SkewClock{Site: laptop, By: 30 * day})
	s.do(authn.SkewClock{Site: laptop, By: 0})
	s.refused(login(p), "pin_expired", "H33")
}

func TestAClockSetBackTwiceAndForward(t *testing.T) {
	s := primed(t)
	p := s.pin()
	s.do(authn.BackClock{By: 10 * day})
	s.do(authn.AdvanceClock{By: 10 * day})
	s.do(login(p))
}

// A tap waits by its phone's clock: if the clock is set back it waits longer,
// and if it is corrected the tap ends at once.
func TestASkewOfThePhoneMovesTheEndOfATap(t *testing.T) {
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
		t.Fatal("the tap does not wait")
	}
	s.saw(s.do(authn.SkewClock{Site: phone, By: 0}), "pin_offered")
}
