package sim_test

import (
	"context"
	"testing"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/encap"
	"github.com/offauth/offauth/authn/hypr"
)

// Rules: A16.
func TestNamesAreFoundInAnyCaseA16(t *testing.T) {
	s := primed(t)
	s.do(authn.AddProvider{Name: "Bank"})
	s.do(hypr.Tap{Phone: "PIXEL", Workstation: "laptop-7"})
	s.do(authn.Lock{Workstation: "Laptop-7"})
	pin := s.do(hypr.Unlock{Phone: "Pixel", Workstation: "LapTop-7"}).Result.(hypr.UnlockResult)
	if pin.Phone != "pixel" || pin.Workstation != "LAPTOP-7" {
		t.Errorf("the PIN is of %s at %s, want the names as first written", pin.Phone, pin.Workstation)
	}
	s.do(authn.SetLink{Site: "workstation/laptop-7", State: authn.Down})
	s.do(authn.SetLink{Site: "bluetooth:PIXEL,laptop-7", State: authn.Down})
	s.do(authn.SkewClock{Site: "provider/bank", By: 60})
	in := s.do(hypr.Login{Workstation: "laptop-7", User: "ALICE", PIN: pin.PIN}).Result.(hypr.LoginResult)
	if in.User != "alice" || in.Workstation != "LAPTOP-7" || in.Mode != "offline" {
		t.Errorf("%+v logged in, want alice at LAPTOP-7", in)
	}
	s.do(authn.UnlockUser{Name: "Alice"})
	s.do(authn.SetPolicy{User: "ALICE", Settings: []authn.Setting{{Key: "onespan.offline.enabled", Value: "true"}}})
	s.refused(encap.Challenge{Provider: "BANK", User: "aLICE", Method: "OFFLINE"}, "not_activated", "E16")
	s.do(authn.SetLink{Site: "workstation/LAPTOP-7", State: authn.Up})
	s.do(authn.ReplaceDevice{Old: "PIXEL", New: "Tablet"})
	s.do(hypr.Pair{Phone: "tablet", Workstation: "laptop-7"})

	snap, err := s.world.Snapshot(context.Background(), authn.Scope{})
	if err != nil {
		t.Fatal(err)
	}
	for _, link := range snap.Links {
		if want := map[authn.Site]authn.Uplink{"workstation/LAPTOP-7": authn.Up,
			"bluetooth:pixel,LAPTOP-7": authn.Down}[link.Site]; want != "" && link.State != want {
			t.Errorf("%s is %s, want %s", link.Site, link.State, want)
		}
	}
	events, err := s.world.Events(context.Background(), authn.EventQuery{})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range events {
		switch e.Subject {
		case "ALICE", "Alice", "aLICE", "laptop-7", "PIXEL", "tablet":
			t.Errorf("event %d %s has the subject %q: kept is the name as first written", e.Seq, e.Kind, e.Subject)
		}
	}
}

// Rules: A16.
func TestNoTwoNamesDifferByCaseAloneA16(t *testing.T) {
	s := fresh(t)
	s.do(authn.AddProvider{Name: "Bank"})
	for _, twin := range []authn.Action{
		authn.AddUser{Name: "ALICE"},
		authn.AddWorkstation{Name: "laptop-7", Family: authn.FamilyHYPR},
		authn.AddWorkstation{Name: "Laptop-7", Family: authn.FamilyOneSpan},
		authn.RegisterDevice{Name: "Pixel", User: "alice"},
		authn.ReplaceDevice{Old: "pixel", New: "PIXEL"},
		authn.AddProvider{Name: "bank"},
	} {
		s.fault(twin, "already_there")
	}
	// A user may have the name of a phone, and the name of a site that was not
	// enrolled stays free.
	s.do(authn.AddUser{Name: "PIXEL"})
	s.do(authn.SetLink{Site: authn.SiteServer, State: authn.Down})
	s.refused(authn.AddWorkstation{Name: "DESK-9", Family: authn.FamilyHYPR}, "server_unreachable", "H46")
	s.do(authn.SetLink{Site: authn.SiteServer, State: authn.Up})
	s.do(authn.AddWorkstation{Name: "desk-9", Family: authn.FamilyHYPR})
	s.do(authn.Lock{Workstation: "Desk-9"})
}

// A world that was made before A16 has no spellings.
//
// Rules: A16.
func TestAnOldWorldGivesNoNameTwiceByCaseA16(t *testing.T) {
	s := empty(t)
	s.do(authn.AddUser{Name: "Alice"})
	s.do(authn.AddWorkstation{Name: "Lap-1", Family: authn.FamilyHYPR})
	s.do(authn.RegisterDevice{Name: "Pixel", User: "Alice"})
	s.do(authn.AddProvider{Name: "Bank"})
	err := s.store.Update(context.Background(), func(r authn.Reader) (authn.Batch, error) {
		var b authn.Batch
		records, err := r.Records(authn.SiteWorld, "name/")
		for _, rec := range records {
			b.Delete = append(b.Delete, authn.Key{Site: rec.Site, Name: rec.Name})
		}
		return b, err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, twin := range []authn.Action{
		authn.AddUser{Name: "alice"},
		authn.AddWorkstation{Name: "LAP-1", Family: authn.FamilyHYPR},
		authn.RegisterDevice{Name: "PIXEL", User: "Alice"},
		authn.AddProvider{Name: "bank"},
	} {
		s.fault(twin, "already_there")
	}
}

func TestANameIsNotLostWithTheServersAnswer(t *testing.T) {
	for _, fault := range []authn.FaultKind{authn.Drop, authn.Tamper} {
		s := empty(t)
		s.do(authn.AddUser{Name: "alice"})
		s.do(authn.SetFault{Kind: fault, Message: "enrolled", Nth: 1})
		s.refused(authn.AddWorkstation{Name: "LAPTOP-7", Family: authn.FamilyHYPR}, "server_unreachable", "H46")
		if _, err := s.world.Apply(t.Context(), authn.AddWorkstation{Name: "LAPTOP-7",
			Family: authn.FamilyHYPR}); err != nil {
			t.Errorf("%s: %v", fault, err)
		}
	}
}
