package hypr_test

import (
	"strings"
	"testing"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/hypr"
)

// withPasskey is enrolled, and paired with an Enterprise Passkey.
func withPasskey(t testing.TB) *line {
	t.Helper()
	l := enrolled(t)
	l.ok(l.phone().Pair(wsName, true))
	l.ok(l.pump())
	_, err := l.phone().Paired(wsName)
	l.ok(err)
	return l
}

// near asks for an unlock over Bluetooth and says what the user is told.
func (l *line) near() authn.Code {
	l.t.Helper()
	l.ok(l.phone().PasskeyUnlock(wsName))
	l.ok(l.pump())
	_, err := l.phone().PasskeyUnlocked(wsName)
	return l.code(err)
}

// TestAHeldBackAnswerOverBluetoothUnlocksNothingLater_attack: the phone's
// answer is kept on the line, and the phone tells its user that nothing
// answered. At night it is let through, to a workstation that was locked with
// nobody near. A tap over the network proves that it still waits; so must
// this.
func TestAHeldBackAnswerOverBluetoothUnlocksNothingLater_attack(t *testing.T) {
	l := withPasskey(t)
	l.dropping(func() {
		if code := l.near(); code != hypr.CodeBluetoothUnreachable {
			t.Fatalf("got %q", code)
		}
	}, "passkey_answer")
	l.lock()
	l.wait(8 * time.Hour)
	if made := l.again(l.last("passkey_answer")); !l.locked() {
		t.Fatalf("an answer of eight hours ago unlocked the workstation: %s", made)
	}
}

// TestARecordedOutcomeOfABluetoothUnlockIsNotTaken_attack: as long as the
// phone has no challenge, it takes any outcome that the workstation ever
// signed: "unlocked" for one that is locked, or a lock-out that is over.
func TestARecordedOutcomeOfABluetoothUnlockIsNotTaken_attack(t *testing.T) {
	l := withPasskey(t)
	if code := l.near(); code != "" {
		t.Fatal(code)
	}
	success := l.last("passkey_done")
	if code := l.near(); code != hypr.CodeNotLocked {
		t.Fatal(code)
	}
	refusal := l.last("passkey_done")
	l.lock()
	for name, old := range map[string]authn.Message{"success": success, "refusal": refusal} {
		l.ok(l.phone().PasskeyUnlock(wsName))
		l.queue = nil // the real one is jammed
		l.again(old)
		if _, err := l.phone().PasskeyUnlocked(wsName); l.code(err) != hypr.CodeBluetoothUnreachable {
			t.Errorf("%s: the phone took a recorded outcome: %v", name, err)
		}
	}
}

// TestWhatBelongsToBluetoothIsNotTakenFromTheNetwork_attack: a passkey says
// that the phone is near. Somebody with a relay must not make it far.
func TestWhatBelongsToBluetoothIsNotTakenFromTheNetwork_attack(t *testing.T) {
	for _, kind := range []string{"passkey_ask", "passkey_challenge", "passkey_answer", "passkey_done"} {
		l := withPasskey(t)
		l.ok(l.phone().PasskeyUnlock(wsName))
		for len(l.queue) > 0 {
			m := l.queue[0]
			l.queue = l.queue[1:]
			m.Near = m.Near && m.Kind != kind
			l.ok(l.deliver(m))
		}
		if _, err := l.phone().PasskeyUnlocked(wsName); err == nil {
			t.Errorf("%s came over the network and was taken", kind)
		}
	}
}

// TestWhatBelongsToTheNetworkIsNotTakenFromBluetooth is the other way round:
// an uplink that was cut is cut.
func TestWhatBelongsToTheNetworkIsNotTakenFromBluetooth(t *testing.T) {
	l := primed(t)
	l.dropping(func() { l.tap() }, "unlock_challenge")
	m := l.last("unlock_challenge")
	m.Near = true
	if made := l.again(m); !strings.HasPrefix(made, "message_refused") {
		t.Fatalf("taken: %s", made)
	}
}
