package hypr_test

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

// TestAReplenishmentThatIsCutLeavesCommonPINsA11 loses different messages of a
// login, and then types the PINs that the phone shows.
func TestAReplenishmentThatIsCutLeavesCommonPINsA11(t *testing.T) {
	kinds := []string{"unlock_request", "unlock_order", "unlock_challenge", "unlock_proof", "unlock_result", "pin_set",
		"pin_set_held"}
	for mask := range 1 << len(kinds) {
		lost := []string{}
		for i, kind := range kinds {
			if mask>>i&1 == 1 {
				lost = append(lost, kind)
			}
		}
		t.Run(fmt.Sprint(lost), func(t *testing.T) {
			l := primed(t)
			for range 3 { // three cut logins in a row
				l.dropping(func() { l.tap() }, lost...)
				l.wait(5 * time.Second)
				if n := len(l.held()); n < 1 || n > 2 {
					t.Fatalf("the workstation keeps %d sets", n)
				}
			}
			if code := l.typePIN(l.pin()); code != "" {
				t.Fatalf("what the phone shows is %s", code)
			}
			l.login()
			if held := l.held(); len(held) != 1 || !held[0].Confirmed || held[0].Number != l.computer().Set.Number {
				t.Fatalf("after a whole login: %+v", held)
			}
		})
	}
}

// TestThePhonesNumbersOnlyRiseA11 replays all sets that were ever sent.
func TestThePhonesNumbersOnlyRiseA11(t *testing.T) {
	l := primed(t)
	for range 3 {
		l.login()
	}
	pin := l.pin()
	for _, m := range slices.Clone(l.seen) {
		if m.Kind == "pin_set" || m.Kind == "pin_set_held" || m.Kind == "unlock_result" {
			if got := l.redeliver(m); got != "message_refused:replayed" {
				t.Errorf("an old %s: %s", m.Kind, got)
			}
		}
	}
	if code := l.typePIN(pin); code != "" {
		t.Fatalf("after the replays the PIN is %s", code)
	}
}

func TestSwitchedOffTheSetsGoWithTheNextLoginH1H42(t *testing.T) {
	l := primed(t)
	pin := l.pin()
	l.set("hypr.offline.enabled", "false")
	if code := l.typePIN(l.pin()); code != "" {
		t.Fatalf("before the next login: %s", code)
	}
	l.login()
	if len(l.held()) != 0 || l.computer().Set != nil {
		t.Fatal("a set is left")
	}
	if code := l.typePIN(pin); code != "offline_disabled" {
		t.Fatalf("the workstation: %s", code)
	}
	if _, err := l.phone().Unlock(wsName, false); l.code(err) != "offline_disabled" {
		t.Fatalf("the phone: %v", err)
	}
	for key := range l.timers {
		t.Errorf("a timer is left: %+v", key)
	}
}

func TestPairingAgainTakesEffectWithTheNextLogin(t *testing.T) {
	l := primed(t)
	old := l.pin()
	l.pair()
	if code := l.typePIN(old); code != "" {
		t.Fatalf("a PIN of the pairing in use: %s", code)
	}
	l.login()
	if code := l.typePIN(old); code != "wrong_pin" {
		t.Fatalf("a PIN of the pairing before: %s", code)
	}
	if code := l.typePIN(l.pin()); code != "" {
		t.Fatalf("a PIN of the new pairing: %s", code)
	}
}
