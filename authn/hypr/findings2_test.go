package hypr_test

import (
	"bytes"
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

// TestARevokedPhoneIsNotPairedByAHeldBackOrder_attack: a pairing of the phone
// that was lost since lies on the line while the phone is revoked. The
// workstation carries the revocation out by forgetting the counter too, so the
// old order is new to it, and the server certifies what comes of it. With its
// passkey the revoked phone unlocks.
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
			l.again(l.last(kind))
			_, err = l.phone().Paired(wsName)
			if err == nil {
				t.Errorf("a revoked phone was paired")
			}
			if code := l.near(); code == "" {
				t.Errorf("a revoked phone unlocked the workstation")
			}
		})
	}
}

// TestARecordedOrderIsNotTakenAfterARevocation_attack: the order of the very
// first pairing is enough to give a revoked phone a grant again.
func TestARecordedOrderIsNotTakenAfterARevocation_attack(t *testing.T) {
	l := primed(t)
	_, err := l.server().Revoke(phoneName)
	l.ok(err)
	l.ok(l.pump())
	grants := l.last("pair_grant")
	l.again(l.last("pair_order"))
	if !bytes.Equal(l.last("pair_grant").Body, grants.Body) {
		t.Fatal("a workstation took a recorded pair_order for a revoked phone")
	}
}

// TestARevokedPhoneDoesNotEnrolAgain_attack: a phone that was registered and
// never used may enrol with other keys, since the answer to it may have been
// lost. Not after it was revoked.
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

// TestALostReportLosesNoEventH41: a list of more than 200 goes in several
// reports. If the first is lost and the second arrives, the server must not
// take the events of the first for delivered.
func TestALostReportLosesNoEventH41(t *testing.T) {
	l := primed(t)
	for range 205 {
		if code := l.types(authn.NewSecret("2222")); code != hypr.CodeWrongPIN {
			t.Fatal(code)
		}
		l.events = append(l.events, authn.Event{Seq: uint64(len(l.events) + 1), At: l.now, Site: wsSite, Kind: "refused", Subject: "alice@LAPTOP-7", Result: "wrong_pin", Rule: "H24"})
	}
	lost := 0
	l.lose = func(m authn.Message) bool {
		if m.Kind == "audit_report" && m.From == wsSite {
			lost++
			return lost == 1
		}
		return false
	}
	l.login()
	l.lose = nil
	l.login()
	l.login()
	n := 0
	for _, e := range l.events {
		if e.Kind == "audited" && e.Fields["event"] == "refused" {
			n++
		}
	}
	if n != 205 {
		t.Fatalf("the trail has %d of 205 refusals", n)
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

// TestForgettingClosesWhatIsOpenA14: after a rollback, what was open may have
// been answered in the time that was undone, so a recorded answer could be
// spent once more.
func TestForgettingClosesWhatIsOpenA14(t *testing.T) {
	for _, kind := range []string{"passkey_answer", "unlock_proof"} {
		l := withPasskey(t)
		l.login()
		l.lock()
		l.dropping(func() {
			if kind == "passkey_answer" {
				l.near()
			} else {
				l.tap()
			}
		}, kind)
		l.ok(l.workstation().ForgetSets("rolled_back", "A14"))
		l.ok(l.phone().ForgetSets("rolled_back", "A14"))
		if l.again(l.last(kind)); !l.locked() {
			t.Errorf("%s unlocked after everything that could be spent once more was to go", kind)
		}
	}
}

// TestAPairingWithoutAPasskeyGivesNoneH36: one with a passkey was asked for
// and not answered; the next is without.
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

// TestAVersionIsShort: a version goes into messages, whose texts and lengths
// have limits; zeros in front of a number do not make it larger, but longer.
func TestAVersionIsShort(t *testing.T) {
	for _, n := range []int{9_000, 70_000} {
		if authn.CheckVersion(strings.Repeat("0", n)+"2.6") == nil {
			t.Errorf("a version of %d signs is accepted", n)
		}
	}
}

// TestTheTrailNamesTheUserH39: a user may be called by an address, and so may
// a workstation.
func TestTheTrailNamesTheUserH39(t *testing.T) {
	for _, row := range []struct {
		event authn.Event
		user  string
	}{
		{authn.Event{Kind: "user_unlocked", Subject: "alice@example.com"}, "alice@example.com"},
		{authn.Event{Kind: "user_added", Subject: "alice"}, "alice"},
		{authn.Event{Kind: "phone_revoked", Subject: "alice@example.com", Fields: map[string]any{"phone": "pixel"}}, "alice@example.com"},
		{authn.Event{Kind: "login_approved", Subject: "alice@PC@HOME", Fields: map[string]any{"phone": "pixel", "workstation": "PC@HOME"}}, "alice"},
		{authn.Event{Kind: "audited", Subject: "PC@HOME", Fields: map[string]any{"event": "pin_shown", "from": "phone/pixel", "workstation": "PC@HOME"}}, ""},
		{authn.Event{Kind: "audited", Subject: "alice@example.com@PC@HOME", Fields: map[string]any{"event": "unlocked", "from": "workstation/PC@HOME", "phone": "pixel"}}, "alice@example.com"},
	} {
		row.event.Site, row.event.Result = authn.SiteServer, "ok"
		v, ok := hypr.Trail(row.event)
		if !ok || v.FIDOUser != row.user {
			t.Errorf("%s of %q: the user is %q, want %q", row.event.Kind, row.event.Subject, v.FIDOUser, row.user)
		}
	}
}

// TestTheServerCertifiesWhatWasAskedForH12_attack: a workstation that lies
// gets a certificate for a phone and a user that do not belong together, and
// the note of whose phone is paired there is overwritten: an unlock of that
// user's lock-out no longer reaches the workstation.
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
	l.again(authn.Message{From: wsSite, To: authn.SiteServer, Kind: "pair_grant", Body: body})
	if told, err := l.server().UnlockUser(user); err != nil || len(told) != 1 {
		t.Fatalf("the unlock goes to %q, %v", told, err)
	}
}

// TestTheTrailTakesNoForeignWords_attack: what a phone reports goes into the
// administrator's log. A phone whose key is in other hands must not write
// there what it likes.
func TestTheTrailTakesNoForeignWords_attack(t *testing.T) {
	for _, kind := range []string{"user_unlocked", "nonsense", "unlocked\x1b[2J"} {
		l := primed(t)
		body := forge("audit_report", l.seed(phoneSite), func(e *authn.Encoder) {
			e.Text(string(phoneSite))
			e.U16(1)
			e.U64(1 << 40)
			e.Time(l.now)
			for _, s := range []string{kind, "bob@LAPTOP-7\x1b[2J", "ok", "H1", "iphone", "DESK-1"} {
				e.Text(s)
			}
		})
		if made := l.again(authn.Message{From: phoneSite, To: authn.SiteServer, Kind: "audit_report", Body: body}); !strings.HasPrefix(made, "message_refused") {
			t.Errorf("%q was taken: %s", kind, made)
		}
	}
}
