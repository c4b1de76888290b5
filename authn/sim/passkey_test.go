package sim_test

import (
	"testing"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/hypr"
)

var (
	near      = hypr.PasskeyUnlock{Phone: "pixel", Workstation: "LAPTOP-7"}
	bluetooth = authn.Bluetooth("pixel", "LAPTOP-7")
)

// withPasskey returns a fresh world, paired with an Enterprise Passkey, with
// only Bluetooth up.
func withPasskey(t testing.TB) *stage {
	t.Helper()
	s := fresh(t)
	s.do(hypr.Pair{Phone: "pixel", Workstation: "LAPTOP-7", Passkey: true})
	for _, site := range []authn.Site{phone, laptop, authn.SiteServer} {
		s.link(site, authn.Down)
	}
	return s
}

// Rules: H36. A recorded, lost or changed message unlocks nothing.
func TestARecordedBluetoothExchangeUnlocksNothing(t *testing.T) {
	for _, kind := range []string{"passkey_ask", "passkey_challenge", "passkey_answer", "passkey_done"} {
		for _, fault := range []authn.FaultKind{authn.Drop, authn.Replay, authn.Tamper} {
			t.Run(kind+" "+string(fault), func(t *testing.T) {
				s := withPasskey(t)
				s.do(authn.SetFault{Kind: fault, Message: kind, Nth: 1})
				out, err := s.apply(near)
				unlocks := 0
				for _, e := range out.Events {
					if e.Kind == "unlocked" {
						unlocks++
					}
				}
				switch {
				case fault == authn.Replay && kind != "passkey_ask":
					if err != nil || unlocks != 1 {
						t.Fatalf("%d unlocks, %v", unlocks, err)
					}
					s.saw(out, "message_refused")
				case kind == "passkey_done": // the phone is not told
					if unlocks != 1 || err == nil {
						t.Fatalf("%d unlocks, %v", unlocks, err)
					}
				case fault != authn.Replay && (unlocks != 0 || err == nil || !s.locked()):
					t.Fatalf("%d unlocks, %v", unlocks, err)
				}
				s.do(lock)
				s.do(near)
			})
		}
	}
}

// Rules: H27, H36.
func TestADirectoryLockoutHoldsForBluetoothToo(t *testing.T) {
	s := primed(t, authn.Setting{Key: "hypr.directory.lockout", Value: "1"})
	s.do(hypr.Pair{Phone: "pixel", Workstation: "LAPTOP-7", Passkey: true})
	s.refused(login(authn.NewSecret("2222")), "wrong_pin", "H24")
	s.refused(near, "directory_locked", "H27")
	s.do(authn.UnlockUser{Name: "alice"})
	s.do(near)
}

func TestABluetoothLinkIsNamedByItsEnds(t *testing.T) {
	s := primed(t)
	s.fault(authn.SetLink{Site: authn.Bluetooth("pixel", "NOWHERE"), State: authn.Down}, "no_such_workstation")
	s.fault(authn.SetLink{Site: authn.Bluetooth("nokia", "LAPTOP-7"), State: authn.Down}, "no_such_phone")
	s.fault(authn.SetLink{Site: bluetooth, State: authn.Captive}, "bad_argument")
	s.fault(authn.SetLink{Site: "bluetooth:pixel", State: authn.Down}, "no_such_site")
	s.link(bluetooth, authn.Down)
	links := s.snap().Links
	if last := links[len(links)-1]; last.Site != bluetooth || last.State != authn.Down {
		t.Fatalf("%+v", links)
	}
}

// TestARevokedPhoneIsToldSoOverBluetoothH36: docs/codes.md lists a revocation
// as a cause of no_passkey; "did not answer" would make helpdesk check the
// link.
func TestARevokedPhoneIsToldSoOverBluetoothH36(t *testing.T) {
	s := fresh(t)
	s.do(hypr.Pair{Phone: "pixel", Workstation: "LAPTOP-7", Passkey: true})
	s.do(near)
	s.do(lock)
	s.do(authn.ReplaceDevice{Old: "pixel", New: "pixel-2"})
	s.refused(near, "phone_revoked", "H51")
	if !s.locked() {
		t.Fatal("unlocked")
	}
}
