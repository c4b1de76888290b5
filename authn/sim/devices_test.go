package sim_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/hypr"
)

// crowd returns a world with two phones of alice, one of bob, and three
// workstations, all paired; nobody has logged in yet.
func crowd(t testing.TB) *stage {
	t.Helper()
	s := fresh(t)
	s.do(authn.AddUser{Name: "bob"})
	s.do(authn.AddWorkstation{Name: "DESK-1", Family: authn.FamilyHYPR})
	s.do(authn.AddWorkstation{Name: "DESK-2", Family: authn.FamilyHYPR})
	s.do(authn.RegisterDevice{Name: "tablet", User: "alice"})
	s.do(authn.RegisterDevice{Name: "iphone", User: "bob", Platform: "ios"})
	for _, phone := range []string{"pixel", "tablet", "iphone"} {
		for _, ws := range []string{"LAPTOP-7", "DESK-1", "DESK-2"} {
			s.do(hypr.Pair{Phone: phone, Workstation: ws})
		}
	}
	return s
}

// next shows the next PIN of a triple.
func (s *stage) next(phone, ws string) authn.Secret {
	s.t.Helper()
	s.do(hypr.Hide{Phone: phone})
	return s.do(hypr.Unlock{Phone: phone, Workstation: ws}).Result.(hypr.UnlockResult).PIN
}

// Rules: H12.
func TestAPINUnlocksNothingButItsOwnTriple(t *testing.T) {
	s := crowd(t)
	type triple struct{ user, phone, ws string }
	triples := []triple{}
	for _, who := range [][2]string{{"alice", "pixel"}, {"alice", "tablet"}, {"bob", "iphone"}} {
		for _, ws := range []string{"LAPTOP-7", "DESK-1", "DESK-2"} {
			s.do(hypr.Tap{Phone: who[1], Workstation: ws})
			s.do(authn.Lock{Workstation: ws})
			triples = append(triples, triple{who[0], who[1], ws})
		}
	}
	for _, of := range triples {
		pin := s.next(of.phone, of.ws)
		for _, at := range triples {
			if at.ws == of.ws && at.user == of.user {
				continue
			}
			s.refused(hypr.Login{Workstation: at.ws, User: at.user, PIN: pin}, "wrong_pin", "H24")
		}
		s.do(hypr.Login{Workstation: of.ws, User: of.user, PIN: pin})
		s.do(authn.Lock{Workstation: of.ws})
	}
}

func TestAPhoneIsReplacedOnceByANewOne(t *testing.T) {
	s := crowd(t)
	s.do(authn.ReplaceDevice{Old: "pixel", New: "pixel-2"})
	s.fault(authn.ReplaceDevice{Old: "pixel", New: "pixel-3"}, "bad_argument")
	s.fault(authn.ReplaceDevice{Old: "nokia", New: "pixel-3"}, "no_such_phone")
	s.fault(authn.ReplaceDevice{Old: "tablet", New: "iphone"}, "already_there")
	s.fault(authn.UnlockUser{Name: "nobody"}, "no_such_user")
	s.link(authn.SiteServer, authn.Down)
	s.refused(authn.ReplaceDevice{Old: "tablet", New: "pixel-3"}, "server_unreachable", "H46")
}

func TestTheRosterNamesEverybodyAndWhoReplacedWhom(t *testing.T) {
	s := crowd(t)
	s.do(authn.ReplaceDevice{Old: "pixel", New: "pixel-2"})
	roster, err := s.world.Roster(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(roster.Users, []string{"alice", "bob"}) {
		t.Errorf("the users are %q", roster.Users)
	}
	if len(roster.Workstations) != 3 || roster.Workstations[1].Name != "DESK-1" {
		t.Errorf("the workstations are %+v", roster.Workstations)
	}
	if want := (authn.RosterPhone{Name: "pixel", User: "alice", ReplacedBy: "pixel-2"}); roster.Phones[0] != want {
		t.Errorf("the first phone is %+v, want %+v", roster.Phones[0], want)
	}
}

// Rules: H12. Orders are carried out once and in order, even if they are lost,
// replayed or changed in transit.
func TestAnOrderIsDoneOnceWhateverTheLineDoes(t *testing.T) {
	for _, kind := range []string{"order", "order_done"} {
		for _, fault := range []authn.FaultKind{authn.Drop, authn.Replay, authn.Tamper} {
			t.Run(kind+" "+string(fault), func(t *testing.T) {
				s := primed(t, authn.Setting{Key: "hypr.directory.lockout", Value: "1"})
				s.refused(login(authn.NewSecret("2222")), "wrong_pin", "H24")
				s.do(authn.SetFault{Kind: fault, Message: kind, Nth: 1})
				s.do(authn.UnlockUser{Name: "alice"})
				s.do(authn.UnlockUser{Name: "alice"})
				s.link(laptop, authn.Down)
				s.link(laptop, authn.Up)
				s.do(login(s.pin()))
				s.do(lock)
				s.refused(login(authn.NewSecret("2222")), "wrong_pin", "H24")
				s.link(laptop, authn.Down)
				s.link(laptop, authn.Up)
				s.refused(login(s.pin()), "directory_locked", "H27") // no old order was repeated
			})
		}
	}
}

func TestAVersionThatIsNoneIsABadArgument(t *testing.T) {
	s := empty(t)
	for _, bad := range []string{"new", strings.Repeat("0", 20_000) + "3.6"} {
		s.fault(authn.AddWorkstation{Name: "X", Family: authn.FamilyHYPR, Version: bad}, "bad_argument")
		s.fault(set("hypr.server.version", bad), "bad_argument")
	}
}

// Rules: H38.
func TestARoamingUserGetsNoOfflinePINs(t *testing.T) {
	s := fresh(t)
	s.do(authn.AddUser{Name: "nomad", Roaming: true})
	s.do(authn.RegisterDevice{Name: "mobile", User: "nomad"})
	s.do(hypr.Pair{Phone: "mobile", Workstation: "LAPTOP-7"})
	on := hypr.Tap{Phone: "mobile", Workstation: "LAPTOP-7"}
	out := s.do(on)
	s.saw(out, "online_authenticated", "unlocked")
	s.sawNo(out, "pins_issued")
	s.do(lock)
	s.refused(hypr.Unlock{Phone: "mobile", Workstation: "LAPTOP-7"}, "roaming_user", "H38")
	s.refused(hypr.Login{Workstation: "LAPTOP-7", User: "nomad", PIN: authn.NewSecret("22222222")}, "roaming_user", "H38")
	s.link(authn.Phone("mobile"), authn.Down)
	s.refused(on, "roaming_user", "H38")
}

// TestAnOrderThatWaitedLeavesItsEventsWithTheNext: a lost order is sent again
// with the next one, so either Action may cause the events of both.
func TestAnOrderThatWaitedLeavesItsEventsWithTheNext(t *testing.T) {
	first := func() *stage {
		s := primed(t)
		s.do(authn.RegisterDevice{Name: "tablet", User: "alice"})
		s.do(hypr.Pair{Phone: "tablet", Workstation: "LAPTOP-7"})
		s.do(authn.SetFault{Kind: authn.Drop, Message: "order", Nth: 1})
		return s
	}
	for _, actions := range [][2]authn.Action{
		{authn.ReplaceDevice{Old: "pixel", New: "pixel-2"}, authn.UnlockUser{Name: "alice"}},
		{authn.UnlockUser{Name: "alice"}, authn.ReplaceDevice{Old: "pixel", New: "pixel-2"}},
	} {
		s := first()
		s.do(actions[0])
		out, err := s.world.Apply(t.Context(), actions[1])
		if err != nil {
			t.Fatal(err)
		}
		s.saw(out, map[bool]authn.Kind{true: "unpaired",
			false: "directory_unlocked"}[actions[1].Verb() == "admin user unlock"])
		if bad := note(actions[1], out, err); bad != nil {
			t.Error(bad)
		}
	}
}

// TestAReplacedPhoneIsNamedInItsRefusals: "no answer came" sends helpdesk to
// the links; the phone in the user's hand is the old one.
func TestAReplacedPhoneIsNamedInItsRefusals(t *testing.T) {
	s := primed(t)
	s.do(hypr.Pair{Phone: "pixel", Workstation: "LAPTOP-7", Passkey: true})
	s.do(authn.ReplaceDevice{Old: "pixel", New: "pixel-2"})
	for _, a := range []authn.Action{hypr.Pair{Phone: "pixel", Workstation: "LAPTOP-7"}, near} {
		_, err := s.apply(a)
		r, ok := authn.AsRefusal(err)
		if !ok || !strings.Contains(r.Message+strings.Join(r.Hints, " "), "pixel-2") {
			t.Errorf("%s: %v, %q", a.Verb(), err, r.Hints)
		}
	}
}
