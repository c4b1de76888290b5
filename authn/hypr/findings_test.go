package hypr_test

import (
	"crypto/ed25519"
	"encoding/json"
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
	if _, err := l.phone().Unlock(wsName); l.code(err) != "offline_disabled" {
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

// TestAMessageTooLongToPassOnIsRefused_attack: a phone signs a request as
// long as its decoder takes. The server packs it into an unlock_order.
func TestAMessageTooLongToPassOnIsRefused_attack(t *testing.T) {
	l := primed(t)
	long := make([]byte, 0xffff)
	body := forge("unlock_request", l.seed(phoneSite), func(e *authn.Encoder) {
		putTriple(e)
		e.Block(long)
		e.U64(99)
		e.U64(0)
	})
	noPanic(t, func() {
		l.again(authn.Message{From: phoneSite, To: authn.SiteServer, Kind: "unlock_request", Body: body})
	})
	grant := forge("pair_grant", l.seed(wsSite), func(e *authn.Encoder) {
		e.Text(strings.Repeat("a", 0xffff))
		e.Text(phoneName)
		e.Text(wsName)
		e.U64(1)
		e.Raw(make([]byte, 8+32))
		e.Block(nil)
	})
	noPanic(t, func() {
		l.again(authn.Message{From: wsSite, To: authn.SiteServer, Kind: "pair_grant", Body: grant})
	})
}

// TestALongVersionIsNoPanic: the version of a client is typed by a person.
func TestALongVersionIsNoPanic(t *testing.T) {
	noPanic(t, func() { _ = newLine(t).workstation().Enrol(strings.Repeat("2", 70000)) })
}

// TestAKeyThatNothingCanBeSealedToIsRefusedAtEnrolment_attack: a phone enrols
// with a box key of low order. Whoever seals to it fails; that must be a
// refused message, not the end of an Action.
func TestAKeyThatNothingCanBeSealedToIsRefusedAtEnrolment_attack(t *testing.T) {
	l := newLine(t)
	l.ok(l.workstation().Enrol("2.6"))
	l.ok(l.pump())
	evil := ed25519.NewKeyFromSeed(make([]byte, 32))
	enrol := forge("enrol", evil, func(e *authn.Encoder) {
		for _, s := range []string{"phone", phoneName, user, "android", "4.3"} {
			e.Text(s)
		}
		e.Raw(evil.Public().(ed25519.PublicKey))
		e.Raw(make([]byte, 32))
	})
	l.again(authn.Message{From: phoneSite, To: authn.SiteServer, Kind: "enrol", Body: enrol})
	pair := forge("pair_request", evil, func(e *authn.Encoder) { putTriple(e); e.U64(1); e.Raw(make([]byte, 8)); e.Block(nil) })
	l.ok(l.deliver(authn.Message{From: phoneSite, To: authn.SiteServer, Kind: "pair_request", Body: pair}))
	if err := l.pump(); err != nil {
		t.Fatalf("a message made the workstation fail: %v", err)
	}
}

// TestNamesThatNoSiteMayHaveAreRefusedAtEnrolment_attack: a user called
// "alice/tablet" would share alice's records.
func TestNamesThatNoSiteMayHaveAreRefusedAtEnrolment_attack(t *testing.T) {
	for _, name := range []string{"alice/tablet", "", "\x1b[2J", strings.Repeat("a", 65)} {
		l := newLine(t)
		l.ok(l.phone().Enrol(name, "android", "4.3"))
		l.ok(l.pump())
		if ok, _ := l.phone().Enrolled(); ok {
			t.Errorf("the server took a phone of the user %q", name)
		}
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

// TestDamagedRecordsAreErrorsAndNoPanics changes records as nothing in the
// program does: an older version, a bug, a hand that has the key.
func TestDamagedRecordsAreErrorsAndNoPanics(t *testing.T) {
	type edit struct {
		site   authn.Site
		prefix string
		secret bool
		change func(map[string]any)
	}
	for name, e := range map[string]edit{
		"copies cut":      {wsSite, "hypr/set/", true, func(m map[string]any) { m["copies"] = "AAAA" }},
		"tags cut":        {wsSite, "hypr/set/", true, func(m map[string]any) { m["tags"] = "AAAA" }},
		"used cut":        {wsSite, "hypr/set/", true, func(m map[string]any) { m["used"] = "" }},
		"kdf of nothing":  {wsSite, "hypr/account/", false, func(m map[string]any) { m["kdf"] = map[string]any{"time": 0, "memory_kib": 0} }},
		"login key cut":   {wsSite, "hypr/pairing/", false, func(m map[string]any) { m["now"].(map[string]any)["login"] = "AAAA" }},
		"signing key cut": {wsSite, "hypr/keys", true, func(m map[string]any) { m["sign"] = "AAAA" }},
		"phone's key cut": {phoneSite, "hypr/keys", true, func(m map[string]any) { m["sign"] = "AAAA" }},
		"PINs cut":        {phoneSite, "hypr/computer/", true, func(m map[string]any) { delete(m, "pins") }},
	} {
		t.Run(name, func(t *testing.T) {
			l := primed(t)
			pin := l.pin()
			_, err := l.phone().Hide()
			l.ok(err)
			l.edit(e.site, e.prefix, e.secret, e.change)
			noPanic(t, func() {
				_, _ = l.workstation().Lock()
				_, _ = l.workstation().Login(user, pin)
				_, _ = l.phone().Unlock(wsName)
				_ = l.phone().Tap(wsName, false)
				_ = l.pump()
			})
		})
	}
}

// edit changes the JSON of one half of a record.
func (l *line) edit(site authn.Site, prefix string, secret bool, change func(map[string]any)) {
	l.t.Helper()
	for name, r := range l.shelf[site] {
		if !strings.HasPrefix(name, prefix) {
			continue
		}
		half := &r.public
		if secret {
			half = &r.secret
		}
		m := map[string]any{}
		l.ok(json.Unmarshal(*half, &m))
		change(m)
		raw, err := json.Marshal(m)
		l.ok(err)
		*half = raw
		l.shelf[site][name] = r
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
	if _, err := l.phone().Unlock(wsName); l.code(err) != "pin_expired" {
		t.Errorf("at its expiry the phone says %v", err)
	}
}

func noPanic(t *testing.T, do func()) {
	t.Helper()
	defer func() {
		t.Helper()
		if r := recover(); r != nil {
			t.Errorf("panic: %v", r)
		}
	}()
	do()
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
