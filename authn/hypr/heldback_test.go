package hypr_test

import (
	"strings"
	"testing"
	"time"

	"github.com/offauth/offauth/authn"
)

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

// TestAClockThatIsSetBackRevivesNoChallengeA8_attack: the proof of a tap is
// kept for an hour, in which the challenge dies. The clock is set back by that
// hour.
func TestAClockThatIsSetBackRevivesNoChallengeA8_attack(t *testing.T) {
	l := primed(t)
	l.dropping(func() { l.tap() }, "unlock_proof")
	l.wait(time.Hour)
	l.now = l.now.Add(-time.Hour)
	l.ok(l.phone().ClockWentBack())
	if made := l.again(l.last("unlock_proof")); !l.locked() {
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
