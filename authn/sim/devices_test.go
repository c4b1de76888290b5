package sim_test

import (
	"slices"
	"testing"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/hypr"
)

// crowd has two phones of alice, one of bob, and three workstations, all
// paired; nobody has logged in yet.
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

// Rules: H12, H9. Helpdesk's call 2: two phones, one of them not cached.
func TestASecondPhoneThatWasNeverCachedIsRefusedWithTheWayOut(t *testing.T) {
	s := crowd(t)
	s.do(hypr.Tap{Phone: "pixel", Workstation: "LAPTOP-7"})
	r := s.refused(hypr.Unlock{Phone: "tablet", Workstation: "LAPTOP-7"}, "not_primed", "H9")
	if !slices.Contains(r.Hints, "offauth device unlock LAPTOP-7 --phone pixel") {
		t.Fatalf("the other phone is not named: %q", r.Hints)
	}
	s.do(authn.RegisterDevice{Name: "nokia", User: "alice"})
	r = s.refused(hypr.Unlock{Phone: "nokia", Workstation: "LAPTOP-7"}, "not_paired", "H9")
	if !slices.Contains(r.Hints, "offauth device unlock LAPTOP-7 --phone pixel") {
		t.Fatalf("the other phone is not named: %q", r.Hints)
	}
}

// Rules: H12, H32. One phone's new set does nothing to the other's.
func TestTwoPhonesOfOneUserHoldSetsOfTheirOwn(t *testing.T) {
	s := crowd(t)
	s.do(hypr.Tap{Phone: "pixel", Workstation: "LAPTOP-7"})
	s.do(hypr.Tap{Phone: "tablet", Workstation: "LAPTOP-7"})
	old := s.next("pixel", "LAPTOP-7")
	s.do(hypr.Tap{Phone: "tablet", Workstation: "LAPTOP-7"})
	s.do(lock)
	s.do(login(old))
	s.do(lock)
	s.do(login(s.next("tablet", "LAPTOP-7")))
}

// Rules: H12. A lost phone: what dies at once, what dies later, what lives.
func TestReplacingALostPhone(t *testing.T) {
	s := crowd(t)
	for _, ws := range []string{"LAPTOP-7", "DESK-1"} {
		s.do(hypr.Tap{Phone: "pixel", Workstation: ws})
		s.do(authn.Lock{Workstation: ws})
	}
	s.do(hypr.Tap{Phone: "tablet", Workstation: "LAPTOP-7"})
	s.do(lock)
	lost, away, kept := s.next("pixel", "LAPTOP-7"), s.next("pixel", "DESK-1"), s.next("tablet", "LAPTOP-7")
	s.link(authn.Workstation("DESK-1"), authn.Down)
	r := s.do(authn.ReplaceDevice{Old: "pixel", New: "pixel-2"}).Result.(authn.ReplaceResult)
	if r.User != "alice" || !slices.Equal(r.Dead, []string{"DESK-2", "LAPTOP-7"}) || !slices.Equal(r.Waiting, []string{"DESK-1"}) {
		t.Fatalf("%+v", r)
	}
	s.refused(login(lost), "wrong_pin", "H24")
	s.do(login(kept)) // the other phone's PINs live
	s.do(lock)
	s.do(hypr.Login{Workstation: "DESK-1", User: "alice", PIN: away}) // not heard yet
	s.do(authn.Lock{Workstation: "DESK-1"})
	again := s.next("pixel", "DESK-1")
	s.saw(s.link(authn.Workstation("DESK-1"), authn.Up), "pins_deleted", "unpaired")
	s.refused(hypr.Login{Workstation: "DESK-1", User: "alice", PIN: again}, "phone_revoked", "H51")
	s.saw(s.do(hypr.Tap{Phone: "pixel", Workstation: "LAPTOP-7"}), "message_refused") // revoked
	s.wait(5 * time.Second)
	s.refused(hypr.Pair{Phone: "pixel", Workstation: "LAPTOP-7"}, "phone_revoked", "H51")
	s.refused(hypr.Unlock{Phone: "pixel-2", Workstation: "LAPTOP-7"}, "not_paired", "H9")
	s.do(hypr.Pair{Phone: "pixel-2", Workstation: "LAPTOP-7"})
	s.do(hypr.Tap{Phone: "pixel-2", Workstation: "LAPTOP-7"})
	s.do(lock)
	s.do(login(s.next("pixel-2", "LAPTOP-7")))
	s.fault(authn.ReplaceDevice{Old: "pixel", New: "pixel-3"}, "bad_argument")
	s.fault(authn.ReplaceDevice{Old: "nokia", New: "pixel-3"}, "no_such_phone")
	s.fault(authn.ReplaceDevice{Old: "tablet", New: "iphone"}, "already_there")
	s.link(authn.SiteServer, authn.Down)
	s.refused(authn.ReplaceDevice{Old: "tablet", New: "pixel-3"}, "server_unreachable", "H46")
	roster, err := s.world.Roster(t.Context())
	if err != nil || !slices.Equal(roster.Users, []string{"alice", "bob"}) || len(roster.Workstations) != 3 || roster.Workstations[1].Name != "DESK-1" ||
		roster.Phones[0] != (authn.RosterPhone{Name: "pixel", User: "alice", ReplacedBy: "pixel-2"}) {
		t.Fatalf("%+v %v", roster, err)
	}
	if p := s.snap().Phones; p[0].ReplacedBy != "pixel-2" || p[1].ReplacedBy != "" {
		t.Fatalf("%+v", p)
	}
}

// Rules: H12. Orders that are lost, replayed or changed on the way are done
// once, in order.
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
				s.refused(login(s.pin()), "directory_locked", "H27") // no old order came once more
			})
		}
	}
}

// Rules: H26, H27, A6.
func TestTheDirectoryLocksOutAfterNWrongPINs(t *testing.T) {
	s := primed(t, authn.Setting{Key: "hypr.directory.lockout", Value: "3"})
	wrong := login(authn.NewSecret("2222"))
	right := s.pin()
	s.refused(wrong, "wrong_pin", "H24")
	s.refused(wrong, "wrong_pin", "H24")
	s.do(login(right)) // a success resets the count
	s.do(lock)
	s.refused(wrong, "wrong_pin", "H24")
	s.refused(wrong, "wrong_pin", "H24")
	before := s.snap()
	if before.Workstations[0].Accounts[0].LockedOut {
		t.Fatal("locked out after two")
	}
	_, err := s.apply(wrong)
	if r, _ := authn.AsRefusal(err); r == nil || r.Code != "wrong_pin" {
		t.Fatalf("the third: %v", err)
	}
	if !s.snap().Workstations[0].Accounts[0].LockedOut {
		t.Fatal("not locked out after three")
	}
	next := s.pin()
	r := s.refused(login(next), "directory_locked", "H27")
	if r.Shown == "" {
		t.Fatal("nothing shown")
	}
	s.do(tap) // an online login ends it
	s.do(lock)
	s.do(login(s.pin()))
}

// Rules: H27. The administrator's unlock reaches the workstation when it and
// the server next talk.
func TestAnAdministratorsUnlockReachesTheWorkstationLater(t *testing.T) {
	s := primed(t, authn.Setting{Key: "hypr.directory.lockout", Value: "1"})
	s.link(laptop, authn.Down)
	s.refused(login(authn.NewSecret("2222")), "wrong_pin", "H24")
	pin := s.pin()
	s.refused(login(pin), "directory_locked", "H27")
	out := s.do(authn.UnlockUser{Name: "alice"})
	if r := out.Result.(authn.UnlockUserResult); len(r.Reached) != 0 || !slices.Equal(r.Waiting, []string{"LAPTOP-7"}) {
		t.Fatalf("%+v", r)
	}
	s.refused(login(pin), "directory_locked", "H27")
	s.saw(s.link(laptop, authn.Up), "directory_unlocked")
	s.do(login(pin))
	if r := s.do(authn.UnlockUser{Name: "alice"}).Result.(authn.UnlockUserResult); !slices.Equal(r.Reached, []string{"LAPTOP-7"}) {
		t.Fatalf("%+v", r)
	}
	s.fault(authn.UnlockUser{Name: "nobody"}, "no_such_user")
}

// Rules: H26, H27.
func TestWithoutADirectoryPolicyNobodyIsLockedOut(t *testing.T) {
	s := primed(t)
	for range 50 {
		s.refused(login(authn.NewSecret("2222")), "wrong_pin", "H24")
	}
	s.do(login(s.pin()))
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

// Rules: H43.
func TestAClientBelowTheMinimumVersionHasNoOfflineMode(t *testing.T) {
	for _, row := range []struct {
		what                         string
		server, ws, platform, mobile string
		offline                      bool
	}{
		{"all at the minimum, Android", "3.6", "2.6", "android", "4.3", true},
		{"all at the minimum, iOS", "3.6.0", "2.6.0.0", "ios", "3.7", true},
		{"all later", "10.0", "2.10", "android", "4.30", true},
		{"an old server", "3.5.9", "latest", "android", "latest", false},
		{"an old client", "latest", "2.5", "android", "latest", false},
		{"an old Android app", "latest", "latest", "android", "4.2.9", false},
		{"an old iOS app", "latest", "latest", "ios", "3.6", false},
	} {
		t.Run(row.what, func(t *testing.T) {
			s := empty(t)
			s.do(authn.AddUser{Name: "alice"})
			s.do(authn.AddWorkstation{Name: "LAPTOP-7", Family: authn.FamilyHYPR, Version: row.ws})
			s.do(authn.RegisterDevice{Name: "pixel", User: "alice", Platform: row.platform, Version: row.mobile})
			s.do(authn.SetPolicy{Settings: []authn.Setting{{Key: "hypr.offline.enabled", Value: "true"}, {Key: "hypr.server.version", Value: row.server}}})
			s.do(hypr.Pair{Phone: "pixel", Workstation: "LAPTOP-7"})
			s.do(tap)
			s.do(lock)
			if row.offline {
				s.do(login(s.pin()))
				return
			}
			s.refused(unlock, "version_too_old", "H43")
			s.refused(login(authn.NewSecret("22222222")), "version_too_old", "H43")
			s.link(phone, authn.Down)
			s.refused(tap, "version_too_old", "H43")
		})
	}
	s := empty(t)
	for _, bad := range []string{"new", "1.2.3.4.5", "1..2", "-1", "70000", "1.x"} {
		s.fault(authn.AddWorkstation{Name: "X", Family: authn.FamilyHYPR, Version: bad}, "bad_argument")
		s.fault(set("hypr.server.version", bad), "bad_argument")
	}
}
