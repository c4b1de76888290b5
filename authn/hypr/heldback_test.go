package hypr_test

import (
	"strings"
	"testing"
	"time"

	"github.com/offauth/offauth/authn"
)

// TestARequestThatWasHeldBackDoesNotUnlockLater_attack: alice taps, and an
// attacker on the network holds the message back. The phone gives up after five
// seconds and offers the PIN (H15); alice goes home. At night the attacker
// delivers the message to the locked workstation.
func TestARequestThatWasHeldBackDoesNotUnlockLater_attack(t *testing.T) {
	for _, kind := range []string{"unlock_request", "unlock_order"} {
		t.Run(kind, func(t *testing.T) {
			l := primed(t)
			l.dropping(func() { l.tap() }, kind)
			l.wait(8 * time.Hour)
			if l.computer().Offer == "" {
				t.Fatal("the tap has not ended")
			}
			l.redeliver(l.last(kind))
			if !l.locked() {
				t.Fatal("a tap that had ended unlocked the workstation")
			}
		})
	}
}

// TestAHeldBackSetDoesNotLeaveThePhoneWithoutCommonPINs_attack: the sets of two
// logins overtake each other. The first is held back and the second lost; the
// phone then takes the first, which the workstation has deleted, and deletes
// the one that both held.
func TestAHeldBackSetDoesNotLeaveThePhoneWithoutCommonPINs_attack(t *testing.T) {
	l := primed(t)
	l.dropping(l.login, "pin_set")
	held := l.last("pin_set")
	l.dropping(l.login, "pin_set")
	l.redeliver(held)
	if code := l.typePIN(l.pin()); code != "" {
		t.Fatalf("what the phone shows is %s on the workstation (A11)", code)
	}
}

// TestAHeldBackSetDoesNotComeAfterOfflineModeWasSwitchedOff_attack: a phone
// that has been online since then refuses the set (H1).
func TestAHeldBackSetDoesNotComeAfterOfflineModeWasSwitchedOff_attack(t *testing.T) {
	l := primed(t)
	l.dropping(l.login, "pin_set")
	held := l.last("pin_set")
	l.set("hypr.offline.enabled", "false")
	l.login()
	l.redeliver(held)
	if _, err := l.phone().Unlock(wsName, false); l.code(err) != "offline_disabled" {
		t.Fatalf("the phone gives a PIN though Offline Mode is off: %v", err)
	}
}

// TestAMessageIsNotAcceptedTwiceA15 delivers every message of a pairing and a
// login twice in a row. The second must only cause a message_refused.
// Exceptions: the server may forward again a message that it does not record,
// and a site may take the answer to its enrolment twice.
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
				l.ok(l.deliver(m)) // its answers are queued behind
				n := len(l.queue)
				twice = l.deliverAlone(m)
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

// deliverAlone delivers a message and lists the events that it caused.
func (l *line) deliverAlone(m authn.Message) string {
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

// TestAClockThatIsSetBackRevivesNoChallengeA8_attack: the proof of a tap is
// held back for an hour, in which the challenge expires. Then the clock is set
// back by that hour.
func TestAClockThatIsSetBackRevivesNoChallengeA8_attack(t *testing.T) {
	l := primed(t)
	l.dropping(func() { l.tap() }, "unlock_proof")
	l.wait(time.Hour)
	l.now = l.now.Add(-time.Hour)
	l.ok(l.phone().ClockWentBack())
	if made := l.redeliver(l.last("unlock_proof")); !l.locked() {
		t.Fatalf("a challenge that had expired was answered: %s", made)
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
