package sim_test

import (
	"testing"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/hypr"
)

var (
	phone  = authn.Phone("pixel")
	laptop = authn.Workstation("LAPTOP-7")
)

// Rules: H15.
func TestAWorkstationThatAnswersEarlierIsAnOnlineLoginH15(t *testing.T) {
	for _, row := range []struct {
		back   time.Duration
		online bool
	}{{4 * time.Second, true}, {4999 * time.Millisecond, true}, {5 * time.Second, false}, {time.Minute, false}} {
		t.Run(row.back.String(), func(t *testing.T) {
			s := primed(t)
			s.link(laptop, authn.Down)
			id := s.do(tap).Pending.ID
			s.wait(row.back)
			out := s.link(laptop, authn.Up)
			if row.online {
				s.saw(out, "online_authenticated", "unlocked", "pins_stored")
			} else {
				s.sawNo(out, "online_authenticated", "unlocked")
			}
			s.sawNo(s.wait(time.Minute), "pin_offered")
			look, err := s.world.Look(t.Context(), id)
			want := hypr.TapOffer
			if row.online {
				want = hypr.TapLogin
			}
			if err != nil || look.Pending != nil || look.Result.(hypr.TapResult).Outcome != want {
				t.Fatalf("look: %+v %v, want %s", look, err, want)
			}
		})
	}
}

// Rules: H46.
func TestAServerThatIsDownOrACaptiveNetworkIsAnUnreachableWorkstationH46(t *testing.T) {
	for _, row := range []struct {
		site  authn.Site
		state authn.Uplink
	}{{authn.SiteServer, authn.Down}, {authn.SiteServer, authn.Captive}, {phone, authn.Captive}, {laptop,
		authn.Captive}, {laptop, authn.Down}} {
		t.Run(string(row.site)+" "+string(row.state), func(t *testing.T) {
			s := primed(t)
			pin := s.pin()
			s.link(row.site, row.state)
			if s.do(tap).Pending == nil {
				t.Fatal("the tap did not wait")
			}
			s.saw(s.wait(5*time.Second), "pin_offered")
			s.do(login(pin))
		})
	}
}

// Rules: H9.
func TestWithoutPriorOnlineLoginThereIsNoOfferH9(t *testing.T) {
	s := fresh(t)
	s.refused(tap, "not_paired", "H9")
	s.do(hypr.Pair{Phone: "pixel", Workstation: "LAPTOP-7"})
	s.link(phone, authn.Down)
	s.refused(tap, "not_primed", "H9")
	s.link(phone, authn.Up)
	s.link(laptop, authn.Down)
	id := s.do(tap).Pending.ID
	s.saw(s.wait(5*time.Second), "tap_unanswered")
	look, err := s.world.Look(t.Context(), id)
	if err != nil || look.Result.(hypr.TapResult).Outcome != hypr.TapUnanswered {
		t.Fatalf("look: %+v %v", look, err)
	}
}

func TestACancelledTapOffersNothing(t *testing.T) {
	s := primed(t)
	s.link(laptop, authn.Down)
	s.do(tap)
	if r := s.do(authn.Cancel{Phone: "pixel"}).Result.(authn.CancelResult); !r.Cancelled {
		t.Fatal("nothing was cancelled")
	}
	s.sawNo(s.wait(time.Minute), "pin_offered")
	s.sawNo(s.link(laptop, authn.Up), "online_authenticated")
	if r := s.do(authn.Cancel{Phone: "pixel"}).Result.(authn.CancelResult); r.Cancelled {
		t.Fatal("cancelled twice")
	}
}

// Rules: H47.
func TestASecondTapDoesNotRestartTheFiveSecondsH47(t *testing.T) {
	s := primed(t)
	s.link(laptop, authn.Down)
	first := s.do(tap).Pending
	s.wait(4 * time.Second)
	second := s.do(tap)
	if second.Pending == nil || second.Pending.ID != first.ID || !second.Pending.Until.Equal(first.Until) {
		t.Fatalf("%+v, then %+v", first, second.Pending)
	}
	s.sawNo(second, "tap_cancelled")
	s.saw(s.wait(time.Second), "pin_offered")
	s.do(tap)
	s.do(tap)
	look, err := s.world.Look(t.Context(), first.ID) // there were two of it, and one more since
	if err != nil || look.Result.(hypr.TapResult).Outcome != hypr.TapOffer {
		t.Fatalf("look: %+v %v", look, err)
	}
	s.link(laptop, authn.Up) // the tap is answered
	s.sawNo(s.wait(time.Minute), "pin_offered")
	s.link(laptop, authn.Down)
	s.do(tap)
	s.saw(s.do(hypr.Tap{Phone: "pixel", Workstation: "LAPTOP-7", Long: true}), "tap_cancelled", "pin_offered") // H17
	for _, id := range []string{"", "pixel", "pixel/LAPTOP-7/x/y", "nobody/LAPTOP-7/1", "pixel/NOWHERE/1"} {
		if _, err := s.world.Look(t.Context(), id); err == nil {
			t.Errorf("looked at %q", id)
		}
	}
}

// Rules: A11.
func TestReplenishmentCutBetweenAnyTwoMessagesLeavesCommonPINsA11(t *testing.T) {
	for _, kind := range []string{"unlock_request", "unlock_order", "unlock_challenge", "unlock_proof", "unlock_result",
		"pin_set", "pin_set_held"} {
		for _, fault := range []authn.FaultKind{authn.Drop, authn.Replay, authn.Tamper} {
			t.Run(kind+" "+string(fault), func(t *testing.T) {
				s := primed(t)
				old := s.pin()
				s.do(authn.SetFault{Kind: fault, Message: kind, Nth: 1})
				s.saw(s.do(tap), "fault_struck")
				s.wait(5 * time.Second)
				s.do(lock)
				s.do(login(s.pin())) // the workstation accepts what the phone shows
				s.do(lock)
				phoneNumber := s.computer().Set.Number
				sets := s.snap().Workstations[0].Accounts[0].Sets
				if len(sets) > 2 {
					t.Fatalf("the workstation keeps %d sets", len(sets))
				}
				if phoneNumber == 1 {
					s.do(login(old)) // a set that was not replaced stays valid
					s.do(lock)
				} else {
					s.refused(login(old), "wrong_pin", "H24") // H32: one of the new PINs was used
				}
				s.do(tap)
				s.do(lock)
				s.do(login(s.pin()))
				if sets := s.snap().Workstations[0].Accounts[0].Sets; len(sets) != 1 || !sets[0].Confirmed {
					t.Fatalf("after a clean login: %+v", sets)
				}
			})
		}
	}
}

// Rules: A11.
func TestUntilConfirmationBothSetsUnlockA11(t *testing.T) {
	s := primed(t)
	old := s.pin()
	s.do(authn.SetFault{Kind: authn.Drop, Message: "pin_set_held", Nth: 1})
	s.do(tap)
	s.do(lock)
	s.do(login(old)) // unconfirmed: the old one still unlocks
	s.do(lock)
	s.refused(login(old), "pin_used", "H23")
	s.do(login(s.pin()))
	s.do(lock)
	s.refused(login(old), "wrong_pin", "H24") // H32: dead since one of the new was used
}

func TestAPairingCutShortLeavesTheOldOneGood(t *testing.T) {
	for _, kind := range []string{"pair_request", "pair_order", "pair_grant", "pair_done"} {
		for _, fault := range []authn.FaultKind{authn.Drop, authn.Tamper} {
			t.Run(kind+" "+string(fault), func(t *testing.T) {
				s := primed(t)
				old := s.pin()
				s.do(authn.SetFault{Kind: fault, Message: kind, Nth: 1})
				_, err := s.apply(hypr.Pair{Phone: "pixel", Workstation: "LAPTOP-7"})
				if true {
					if r, ok := authn.AsRefusal(err); !ok || r.Code != "workstation_unreachable" {
						t.Fatalf("pair: %v", err)
					}
				}
				s.do(login(old))
				s.do(hypr.Pair{Phone: "pixel", Workstation: "LAPTOP-7"})
				s.do(tap)
				s.do(lock)
				s.do(login(s.pin()))
			})
		}
	}
}

// Rules: H46.
func TestNothingIsMadeWithoutTheServerH46(t *testing.T) {
	s := empty(t)
	s.do(authn.AddUser{Name: "alice"})
	s.link(authn.SiteServer, authn.Down)
	s.refused(authn.AddWorkstation{Name: "LAPTOP-7", Family: authn.FamilyHYPR}, "server_unreachable", "H46")
	s.refused(authn.RegisterDevice{Name: "pixel", User: "alice"}, "server_unreachable", "H46")
	if snap := s.snap(); len(snap.Phones)+len(snap.Workstations) != 0 {
		t.Fatalf("half-made sites: %+v", snap)
	}
	s.link(authn.SiteServer, authn.Up)
	s.do(authn.AddWorkstation{Name: "LAPTOP-7", Family: authn.FamilyHYPR})
	s.do(authn.RegisterDevice{Name: "pixel", User: "alice", Platform: "ios", Version: "3.7"})
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
