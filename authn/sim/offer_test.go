package sim_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/hypr"
)

var long = hypr.Tap{Phone: "pixel", Workstation: "LAPTOP-7", Long: true}

// drained returns a world in which the phone has shown every PIN.
func drained(t *testing.T) *stage {
	s := primed(t)
	for range 10 {
		s.pin()
	}
	s.do(hide)
	return s
}

// Rules: H30. The tap is refused, and the hints name an online login and the
// links that it needs.
func TestAPhoneWithoutAPINOffersNoneH30(t *testing.T) {
	for _, row := range []struct {
		name string
		make func(t *testing.T) *stage
		code authn.Code
		rule authn.RuleID
	}{
		{"none left", drained, "no_pins_left", "H30"},
		{"expired", func(t *testing.T) *stage { s := primed(t); s.wait(31 * day); return s }, "pin_expired", "H33"},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := row.make(t)
			s.refused(long, row.code, row.rule)
			s.link(laptop, authn.Down)
			out := s.do(tap)
			s.saw(s.wait(5*time.Second), "tap_unanswered")
			look, err := s.world.Look(t.Context(), out.Pending.ID)
			r, _ := look.Result.(hypr.TapResult)
			want := []string{"offauth link set workstation/LAPTOP-7 up", "offauth device tap LAPTOP-7"}
			if err != nil || r.Outcome != hypr.TapUnanswered || r.Reason != string(row.code) || !slices.Equal(r.Hints, want) ||
				r.Why == "" {
				t.Fatalf("%+v %v", r, err)
			}
			s.link(phone, authn.Down)
			for _, a := range []authn.Action{tap, unlock} {
				refusal := s.refused(a, row.code, row.rule)
				if !slices.Equal(refusal.Hints, append([]string{"offauth link set phone/pixel up"}, want...)) {
					t.Fatalf("%s: %q", a.Verb(), refusal.Hints)
				}
			}
			if c := s.computer(); c.Offer != "" {
				t.Fatalf("it offers a PIN (%s)", c.Offer)
			}
			s.link(phone, authn.Up) // as the hints say
			s.link(laptop, authn.Up)
			s.do(tap)
			s.do(unlock)
		})
	}
}

// Rules: H19, H30. The last PIN is still visible and can be shown again.
func TestTheLastPINIsOfferedWhileItIsVisibleH19(t *testing.T) {
	s := drained(t)
	s.do(tap)
	for range 9 {
		s.pin()
	}
	last := s.pin()
	s.link(phone, authn.Down)
	s.saw(s.do(tap), "pin_offered")
	if r := s.do(unlock).Result.(hypr.UnlockResult); !r.Same || !r.PIN.Equal(last) {
		t.Fatalf("%+v", r)
	}
	s.do(hide)
	s.refused(tap, "no_pins_left", "H30")
}

// Rules: H9. Pairing again says how many PINs it deletes, and the status agrees
// afterwards.
func TestPairingAgainSaysWhatItTakesH9(t *testing.T) {
	s := primed(t)
	s.pin()
	if r := s.do(hypr.Pair{Phone: "pixel", Workstation: "LAPTOP-7"}).Result.(hypr.PairResult); r.Lost != 9 {
		t.Fatalf("%+v", r)
	}
	if c := s.computer(); !c.PairedAgain || c.Set != nil {
		t.Fatalf("%+v", c)
	}
	if set := s.snap().Workstations[0].Accounts[0].Sets[0]; !set.PairedAgain || set.Left != 10 {
		t.Fatalf("%+v", set)
	}
	if r := s.refused(unlock, "not_primed", "H9"); !strings.Contains(r.Message, "paired with LAPTOP-7 again") {
		t.Fatal(r.Message)
	}
	if r := s.do(hypr.Pair{Phone: "pixel", Workstation: "LAPTOP-7"}).Result.(hypr.PairResult); r.Lost != 0 {
		t.Fatalf("%+v", r)
	}
	s.do(tap)
	if set := s.snap().Workstations[0].Accounts[0].Sets[0]; s.computer().PairedAgain || set.PairedAgain {
		t.Fatal("an online login is behind it")
	}
}

// Rules: H31. A set that was lost in transit is no success.
func TestALostReplenishmentIsToldH31(t *testing.T) {
	s := primed(t)
	s.pin()
	s.do(authn.SetFault{Kind: authn.Drop, Message: "pin_set", Nth: 1})
	if r := s.do(tap).Result.(hypr.TapResult); r.Outcome != hypr.TapLogin || !r.Lost || r.Left != 9 {
		t.Fatalf("%+v", r)
	}
	if r := s.do(tap).Result.(hypr.TapResult); r.Lost || r.Left != 10 {
		t.Fatalf("%+v", r)
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
