package sim_test

import (
	"testing"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/encap"
	"github.com/offauth/offauth/authn/hypr"
)

var (
	restartPhone = authn.RestartDevice{Phone: "pixel"}
	reboot       = authn.RestartWorkstation{Workstation: "LAPTOP-7"}
)

// A PIN that was visible is wiped, and stays spent: asking again gives the
// next. Rules: H18, H19, A12.
func TestARestartOfThePhoneHidesItsPINWhichStaysSpent_H18(t *testing.T) {
	t.Parallel()
	s := primed(t)
	first := s.do(unlock).Result.(hypr.UnlockResult)
	out := s.do(restartPhone)
	s.saw(out, "device_restarted", "pin_hidden")
	if r := out.Result.(authn.RestartDeviceResult); !r.Hidden || r.Cancelled || s.computer().Shown != nil {
		t.Fatalf("%+v, %+v", r, s.computer())
	}
	second := s.do(unlock).Result.(hypr.UnlockResult)
	if second.Same || second.Left != first.Left-1 || second.PIN.Equal(first.PIN) {
		t.Fatalf("H18: %+v, then %+v", first, second)
	}
	s.do(login(first.PIN))                 // H21: it was not used, so it is valid
	s.saw(s.wait(time.Hour), "pin_hidden") // the second one
}

func TestARestartOfThePhoneGivesUpItsTap_H15(t *testing.T) {
	t.Parallel()
	s := primed(t)
	s.do(lock)
	s.link("workstation/LAPTOP-7", authn.Down)
	pending := s.do(tap).Pending
	out := s.do(restartPhone)
	s.saw(out, "device_restarted", "tap_cancelled")
	if r := out.Result.(authn.RestartDeviceResult); !r.Cancelled {
		t.Fatalf("%+v", r)
	}
	s.sawNo(s.wait(10*time.Second), "pin_offered")
	s.sawNo(s.link("workstation/LAPTOP-7", authn.Up), "unlocked")
	if look, err := s.world.Look(t.Context(), pending.ID); err != nil || look.Pending != nil ||
		look.Result.(hypr.TapResult).Reason != "restarted" {
		t.Fatalf("%+v, %v", look, err)
	}
}

func TestARestartOfThePhoneForgetsAnOffer_H15(t *testing.T) {
	t.Parallel()
	s := primed(t)
	s.do(lock)
	s.link("workstation/LAPTOP-7", authn.Down)
	s.do(tap)
	s.wait(hypr.TapTimeout)
	if s.computer().Offer == "" {
		t.Fatal("there is no offer")
	}
	s.do(restartPhone)
	if offer := s.computer().Offer; offer != "" {
		t.Fatalf("the offer stands: %s", offer)
	}
}

// E17: a second operation is refused while one is open. A restart closes it.
func TestARestartOfThePhoneClosesItsOperation_E17(t *testing.T) {
	t.Parallel()
	s := ready(t)
	c := s.ask(encap.Challenge{Provider: "shop", User: "alice", Method: encap.OfflinePIN, Content: "Pay"})
	s.scan(c.Data)
	s.refused(encap.Scan{Phone: "pixel", Data: c.Data}, "operation_in_progress", "E17")
	out := s.do(restartPhone)
	s.saw(out, "device_restarted", "operation_closed")
	if r := out.Result.(authn.RestartDeviceResult); !r.Cancelled || r.Hidden {
		t.Fatalf("%+v", r)
	}
	s.do(encap.Scan{Phone: "pixel", Data: c.Data})
}

// A6: failures are counted over restarts, and so are sets and locks kept.
func TestARestartOfTheWorkstationLocksItAndKeepsItsCounts_A6(t *testing.T) {
	t.Parallel()
	s := primed(t)
	s.do(login(s.pin()))
	out := s.do(reboot)
	s.saw(out, "workstation_restarted", "locked")
	if out.Result.(authn.RestartWorkstationResult).Already || !s.locked() {
		t.Fatalf("%+v", out.Result)
	}
	s.refused(login(authn.NewSecret("22222222")), "wrong_pin", "H24")
	before := s.snap().Workstations[0].Accounts
	if out := s.do(reboot); !out.Result.(authn.RestartWorkstationResult).Already {
		t.Fatalf("%+v", out.Result)
	}
	after := s.snap().Workstations[0].Accounts
	if after[0].Failures != 1 || len(after[0].Sets) != len(before[0].Sets) || after[0].Sets[0] != before[0].Sets[0] {
		t.Fatalf("A6: %+v, then %+v", before, after)
	}
	s.do(login(s.pin()))
}

// A restart deletes an open challenge of the workstation: a late answer does
// not unlock it.
func TestARestartOfTheWorkstationForgetsItsChallenge_H15(t *testing.T) {
	t.Parallel()
	s := primed(t)
	s.do(lock)
	s.do(authn.SetFault{Kind: authn.Drop, Message: "unlock_challenge", Nth: 1})
	if s.do(tap).Pending == nil {
		t.Fatal("the tap does not wait")
	}
	deadlines := len(s.snap().Deadlines)
	s.do(reboot)
	if left := len(s.snap().Deadlines); left >= deadlines {
		t.Fatalf("the workstation still waits: %+v", s.snap().Deadlines)
	}
}

func TestWhatIsNotThereIsNotRestarted(t *testing.T) {
	t.Parallel()
	s := primed(t)
	s.fault(authn.RestartDevice{Phone: "nokia"}, "no_such_phone")
	s.fault(authn.RestartWorkstation{Workstation: "DESK-9"}, "no_such_workstation")
}
