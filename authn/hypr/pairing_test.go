package hypr_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/hypr"
)

// TestAPairingThatWasNotUsedSurvivesALaterOneThatIsCutA11: alice pairs and does
// not log in. She pairs again, and the answer is lost. The phone holds the
// first pairing, which the workstation must still know.
func TestAPairingThatWasNotUsedSurvivesALaterOneThatIsCutA11(t *testing.T) {
	for _, lost := range []string{"pair_request", "pair_order", "pair_grant", "pair_done"} {
		t.Run(lost, func(t *testing.T) {
			l := enrolled(t)
			l.pair()
			l.dropping(func() {
				if err := l.tryPair(); err == nil {
					t.Fatal("a pairing without an answer succeeded")
				}
			}, lost)
			l.login()
		})
	}
}

// TestAnOldPairingIsNotTakenForTheAnswerToANewOne_attack: an attacker replays
// the messages of the first pairing into the second. The phone would keep a
// login key that the workstation has replaced, and report that it is paired.
func TestAnOldPairingIsNotTakenForTheAnswerToANewOne_attack(t *testing.T) {
	for _, kind := range []string{"pair_done", "pair_grant"} {
		t.Run(kind, func(t *testing.T) {
			l := enrolled(t)
			l.pair()
			old := l.last(kind)
			l.login()
			l.pair()
			l.login()
			l.ok(l.phone().Pair(wsName, false))
			l.queue = nil // the real request is held up
			l.redeliver(old)
			if _, err := l.phone().Paired(wsName); err == nil {
				t.Fatal("the phone took the answer to an earlier pairing")
			}
			l.login()
		})
	}
}

// TestASiteWhoseFirstAnswerWasLostEnrolsAgain: the server stored the keys, its
// answer was lost, and the site was removed. Its name must stay usable.
func TestASiteWhoseFirstAnswerWasLostEnrolsAgain(t *testing.T) {
	l := newLine(t)
	l.dropping(func() {
		l.ok(l.workstation().Enrol("2.6"))
		l.ok(l.pump())
	}, "enrolled")
	l.shelf[wsSite] = nil // as sim does if the server does not answer
	l.ok(l.workstation().Enrol("2.6"))
	l.ok(l.pump())
	if ok, err := l.workstation().Enrolled(); err != nil || !ok {
		t.Fatalf("the server never answers a second try: %v", list(l.events))
	}
}

// TestATapThatWaitsIsNotLostByPairing: its end must be recorded, and World.Look
// must find it.
func TestATapThatWaitsIsNotLostByPairing(t *testing.T) {
	l := primed(t)
	var id string
	l.dropping(func() { id = l.tap().ID }, "unlock_request")
	l.pair()
	r, pending, err := l.phone().TapState(wsName)
	l.ok(err)
	if pending == nil && (r.ID != id || r.Outcome == "") {
		t.Fatalf("the tap %s has vanished: %+v", id, r)
	}
	if pending == nil && !strings.Contains(list(l.events), "tap_cancelled") {
		t.Fatalf("the tap ended without an event: %s", list(l.events))
	}
	if len(l.timers) > 0 && pending == nil {
		for key := range l.timers {
			if key.Kind == hypr.TimerOffer {
				t.Fatal("its timer was left behind")
			}
		}
	}
}

// TestARevokedPhoneIsNotPairedByAHeldBackOrder_attack: the order of a pairing
// is held back while its phone is lost and revoked. If the workstation forgot
// the counter with the revocation, it would take the old order for a new one
// and the server would certify the result. With its passkey the revoked phone
// would unlock.
func TestARevokedPhoneIsNotPairedByAHeldBackOrder_attack(t *testing.T) {
	for _, kind := range []string{"pair_order", "pair_grant"} {
		t.Run(kind, func(t *testing.T) {
			l := withPasskey(t)
			l.login()
			l.lock()
			l.ok(l.phone().Pair(wsName, true))
			l.dropping(func() { l.ok(l.pump()) }, kind)
			_, err := l.server().Revoke(phoneName)
			l.ok(err)
			l.ok(l.pump())
			if len(l.held()) != 0 {
				t.Fatal("the revocation has not arrived")
			}
			l.redeliver(l.last(kind))
			_, err = l.phone().Paired(wsName)
			if err == nil {
				t.Errorf("a revoked phone was paired")
			}
			if code := l.bluetoothUnlock(); code == "" {
				t.Errorf("a revoked phone unlocked the workstation")
			}
		})
	}
}

// TestARecordedOrderIsNotTakenAfterARevocation_attack: a replay of the first
// pairing's order must not give a revoked phone a new grant.
func TestARecordedOrderIsNotTakenAfterARevocation_attack(t *testing.T) {
	l := primed(t)
	_, err := l.server().Revoke(phoneName)
	l.ok(err)
	l.ok(l.pump())
	grants := l.last("pair_grant")
	l.redeliver(l.last("pair_order"))
	if !bytes.Equal(l.last("pair_grant").Body, grants.Body) {
		t.Fatal("a workstation took a recorded pair_order for a revoked phone")
	}
}

// TestARevokedPhoneDoesNotEnrolAgain_attack: a phone that was registered and
// never used may enrol again with other keys, since the first answer may have
// been lost. A revoked phone may not.
func TestARevokedPhoneDoesNotEnrolAgain_attack(t *testing.T) {
	l := enrolled(t)
	_, err := l.server().Revoke(phoneName)
	l.ok(err)
	l.ok(l.phone().Enrol(user, "android", "4.3"))
	l.ok(l.pump())
	if err := l.tryPair(); err == nil {
		t.Fatal("a revoked phone enrolled once more and was paired")
	}
}

// TestAPairingWithoutAPasskeyGivesNoneH36: a request with a passkey gets no
// answer; the next request has none.
func TestAPairingWithoutAPasskeyGivesNoneH36(t *testing.T) {
	l := enrolled(t)
	l.ok(l.phone().Pair(wsName, true))
	l.queue = nil
	l.ok(l.phone().Pair(wsName, false))
	l.ok(l.pump())
	if r, err := l.phone().Paired(wsName); err != nil || r.Passkey {
		t.Fatalf("%+v %v", r, err)
	}
	if code := l.code(l.phone().PasskeyUnlock(wsName)); code != hypr.CodeNoPasskey {
		t.Fatalf("got %q", code)
	}
}

// TestTheServerCertifiesWhatWasAskedForH12_attack: a lying workstation must not
// get a certificate for a phone and a user that do not belong together. It
// would overwrite the server's record of the pairing, and the end of the user's
// lock-out would no longer reach the workstation.
func TestTheServerCertifiesWhatWasAskedForH12_attack(t *testing.T) {
	l := primed(t)
	body := forge("pair_grant", l.seed(wsSite), func(e *authn.Encoder) {
		e.Text("bob")
		e.Text(phoneName)
		e.Text(wsName)
		e.U64(9)
		e.Raw(make([]byte, 8+32))
		e.Block(nil)
	})
	l.redeliver(authn.Message{From: wsSite, To: authn.SiteServer, Kind: "pair_grant", Body: body})
	if told, err := l.server().UnlockUser(user); err != nil || len(told) != 1 {
		t.Fatalf("the unlock goes to %q, %v", told, err)
	}
}
