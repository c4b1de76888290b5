package hypr_test

import (
	"strings"
	"testing"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/hypr"
)

// withPasskey returns an enrolled line, paired with an Enterprise Passkey.
func withPasskey(t testing.TB) *line {
	t.Helper()
	l := enrolled(t)
	l.ok(l.phone().Pair(wsName, true))
	l.ok(l.pump())
	_, err := l.phone().Paired(wsName)
	l.ok(err)
	return l
}

// bluetoothUnlock requests an unlock over Bluetooth and returns the code of the
// refusal, or "".
func (l *line) bluetoothUnlock() authn.Code {
	l.t.Helper()
	l.ok(l.phone().PasskeyUnlock(wsName))
	l.ok(l.pump())
	_, err := l.phone().PasskeyUnlocked(wsName)
	return l.code(err)
}

// TestAHeldBackAnswerOverBluetoothUnlocksNothingLater_attack: the phone's
// answer is held back, and the phone tells its user that there was no answer.
// At night the attacker delivers it to the locked workstation. As for a tap
// over the network, the phone must prove that it still waits.
func TestAHeldBackAnswerOverBluetoothUnlocksNothingLater_attack(t *testing.T) {
	l := withPasskey(t)
	l.dropping(func() {
		if code := l.bluetoothUnlock(); code != hypr.CodeBluetoothUnreachable {
			t.Fatalf("got %q", code)
		}
	}, "passkey_answer")
	l.lock()
	l.wait(8 * time.Hour)
	if made := l.redeliver(l.last("passkey_answer")); !l.locked() {
		t.Fatalf("an answer of eight hours ago unlocked the workstation: %s", made)
	}
}

// TestARecordedOutcomeOfABluetoothUnlockIsNotTaken_attack: without a challenge
// the phone would take any outcome that the workstation ever signed, such as
// "unlocked" for a locked one, or a lock-out that has ended.
func TestARecordedOutcomeOfABluetoothUnlockIsNotTaken_attack(t *testing.T) {
	l := withPasskey(t)
	if code := l.bluetoothUnlock(); code != "" {
		t.Fatal(code)
	}
	success := l.last("passkey_done")
	if code := l.bluetoothUnlock(); code != hypr.CodeNotLocked {
		t.Fatal(code)
	}
	refusal := l.last("passkey_done")
	l.lock()
	for name, old := range map[string]authn.Message{"success": success, "refusal": refusal} {
		l.ok(l.phone().PasskeyUnlock(wsName))
		l.queue = nil // drop the real one
		l.redeliver(old)
		if _, err := l.phone().PasskeyUnlocked(wsName); l.code(err) != hypr.CodeBluetoothUnreachable {
			t.Errorf("%s: the phone took a recorded outcome: %v", name, err)
		}
	}
}

// TestWhatBelongsToBluetoothIsNotTakenFromTheNetwork_attack: a passkey proves
// that the phone is near. A relay over the network must not work.
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

// TestWhatBelongsToTheNetworkIsNotTakenFromBluetooth is the reverse: Bluetooth
// must not replace an uplink that is down.
func TestWhatBelongsToTheNetworkIsNotTakenFromBluetooth(t *testing.T) {
	l := primed(t)
	l.dropping(func() { l.tap() }, "unlock_challenge")
	m := l.last("unlock_challenge")
	m.Near = true
	if made := l.redeliver(m); !strings.HasPrefix(made, "message_refused") {
		t.Fatalf("taken: %s", made)
	}
}
