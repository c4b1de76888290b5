package hypr_test

import (
	"strings"
	"testing"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/hypr"
)

// Each test of this file tells of one attack or accident, and what must hold
// all the same.

// TestAPairingThatWasNotUsedSurvivesALaterOneThatIsCutA11: alice paired and
// has not logged in since. She pairs again, and the answer is lost. What the
// phone holds is the first pairing; the workstation must still know it.
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

// TestAnOldPairingIsNotTakenForTheAnswerToANewOne_attack: who kept the
// messages of the first pairing plays them into the second. The phone would
// be left with a login key that the workstation has replaced, and would say
// that it is paired.
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
			l.again(old)
			if _, err := l.phone().Paired(wsName); err == nil {
				t.Fatal("the phone took the answer to an earlier pairing")
			}
			l.login()
		})
	}
}

// TestARequestThatWasHeldBackDoesNotUnlockLater_attack: alice taps, and
// somebody on the line keeps the message. The phone gives up after five
// seconds and offers the PIN (H15); alice goes home. At night the message is
// let through, to a locked workstation with nobody near.
func TestARequestThatWasHeldBackDoesNotUnlockLater_attack(t *testing.T) {
	for _, kind := range []string{"unlock_request", "unlock_order"} {
		t.Run(kind, func(t *testing.T) {
			l := primed(t)
			l.dropping(func() { l.tap() }, kind)
			l.wait(8 * time.Hour)
			if l.computer().Offer == "" {
				t.Fatal("the tap has not ended")
			}
			l.again(l.last(kind))
			if !l.locked() {
				t.Fatal("a tap that had ended unlocked the workstation")
			}
		})
	}
}

// TestAHeldBackSetDoesNotLeaveThePhoneWithoutCommonPINs_attack: the sets of
// two logins overtake each other. The first is held back and the second lost;
// the phone then takes the first, which the workstation has forgotten, and
// throws away the one that both held.
func TestAHeldBackSetDoesNotLeaveThePhoneWithoutCommonPINs_attack(t *testing.T) {
	l := primed(t)
	l.dropping(l.login, "pin_set")
	held := l.last("pin_set")
	l.dropping(l.login, "pin_set")
	l.again(held)
	if code := l.types(l.pin()); code != "" {
		t.Fatalf("what the phone shows is %s on the workstation (A11)", code)
	}
}

// TestAHeldBackSetDoesNotComeAfterOfflineModeWasSwitchedOff_attack is H1's:
// a phone that has been online since refuses.
func TestAHeldBackSetDoesNotComeAfterOfflineModeWasSwitchedOff_attack(t *testing.T) {
	l := primed(t)
	l.dropping(l.login, "pin_set")
	held := l.last("pin_set")
	l.set("hypr.offline.enabled", "false")
	l.login()
	l.again(held)
	if _, err := l.phone().Unlock(wsName, false); l.code(err) != "offline_disabled" {
		t.Fatalf("the phone gives a PIN though Offline Mode is off: %v", err)
	}
}

// TestASiteWhoseFirstAnswerWasLostEnrolsAgain: the server took the keys, its
// answer was lost, and the site was unmade. Its name must not be lost for
// ever.
func TestASiteWhoseFirstAnswerWasLostEnrolsAgain(t *testing.T) {
	l := newLine(t)
	l.dropping(func() {
		l.ok(l.workstation().Enrol("2.6"))
		l.ok(l.pump())
	}, "enrolled")
	l.shelf[wsSite] = nil // as sim does with a site that was not answered
	l.ok(l.workstation().Enrol("2.6"))
	l.ok(l.pump())
	if ok, err := l.workstation().Enrolled(); err != nil || !ok {
		t.Fatalf("the server never answers a second try: %v", list(l.events))
	}
}

// TestAMessageIsNotAcceptedTwiceA15 plays every message of a pairing and a
// login a second time, at once. Nothing but a message_refused may come of it;
// the server may pass on again what leaves no trace with it, and the answer
// to an enrolment may be heard twice.
func TestAMessageIsNotAcceptedTwiceA15(t *testing.T) {
	passedOn := map[string]bool{"pair_request": true, "pair_grant": true, "enrol": true}
	for _, kind := range spine() {
		t.Run(kind, func(t *testing.T) {
			l := newLine(t)
			l.set("hypr.offline.enabled", "true")
			l.set("hypr.pins.count", "10")
			played, twice, answers := false, "", 0
			l.lose = func(m authn.Message) bool {
				if m.Kind != kind || played {
					return false
				}
				played = true
				l.ok(l.deliver(m)) // its answers wait behind
				n := len(l.queue)
				twice = l.onlyThis(m)
				answers = len(l.queue) - n
				return true
			}
			l.ok(l.workstation().Enrol("2.6"))
			l.ok(l.phone().Enrol(user, "android", "4.3"))
			l.ok(l.pump())
			l.pair()
			l.login()
			if twice != "message_refused:replayed" && (twice != "" || answers > 0 && !passedOn[kind]) {
				t.Fatalf("the second time: %s, and %d answers", twice, answers)
			}
		})
	}
}

// onlyThis delivers a message and tells its own events.
func (l *line) onlyThis(m authn.Message) string {
	from := len(l.events)
	l.ok(l.deliver(m))
	text := []string{}
	for _, e := range l.events[from:] {
		s := string(e.Kind)
		if e.Result != "ok" {
			s += ":" + e.Result
		}
		text = append(text, s)
	}
	return strings.Join(text, " ")
}

// TestATapThatWaitsIsNotLostByPairing: its end must be told, and World.Look
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

// TestAnExpiredSetIsNotLiveBeforeItsTimerH33: the timer is the world's; a
// machine that is asked at or after the instant must know it by itself.
func TestAnExpiredSetIsNotLiveBeforeItsTimerH33(t *testing.T) {
	l := primed(t)
	pin := l.pin()
	_, err := l.phone().Hide()
	l.ok(err)
	l.now = l.now.Add(30 * 24 * time.Hour) // no timer was fired
	if code := l.types(pin); code != "pin_expired" {
		t.Errorf("at its expiry the workstation says %q", code)
	}
	if _, err := l.phone().Unlock(wsName, false); l.code(err) != "pin_expired" {
		t.Errorf("at its expiry the phone says %v", err)
	}
}

func putTriple(e *authn.Encoder) { e.Text(user); e.Text(phoneName); e.Text(wsName) }

func list(events []authn.Event) string {
	text := ""
	for _, e := range events {
		text += " " + string(e.Kind)
		if e.Result != "ok" {
			text += ":" + e.Result
		}
	}
	return text
}
