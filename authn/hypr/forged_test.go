package hypr_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/binary"
	"slices"
	"testing"
	"time"

	"github.com/offauth/offauth/authn"
)

// inFlight plays a pairing and a login until the first message of a kind is
// sent, and removes it from the line.
func inFlight(t *testing.T, kind string) (*line, authn.Message) {
	t.Helper()
	l := newLine(t)
	l.set("hypr.offline.enabled", "true")
	l.set("hypr.pins.count", "10")
	var caught *authn.Message
	l.lose = func(m authn.Message) bool {
		if m.Kind == kind && caught == nil {
			caught = &m
		}
		return caught != nil
	}
	for _, step := range []func() error{
		func() error { return l.workstation().Enrol("2.6") },
		func() error { return l.phone().Enrol(user, "android", "4.3") },
		func() error { return l.phone().Pair(wsName, false) },
		func() error { return l.phone().Tap(wsName, false) },
	} {
		if caught == nil {
			l.ok(step())
			l.ok(l.pump())
		}
	}
	l.lose = nil
	if caught == nil {
		t.Fatalf("no %s was sent", kind)
	}
	return l, *caught
}

// resign replaces the signature of a frame.
func resign(raw []byte, key ed25519.PrivateKey) []byte {
	cut := raw[:len(raw)-ed25519.SignatureSize]
	return append(bytes.Clone(cut), ed25519.Sign(key, cut)...)
}

var stranger = ed25519.NewKeyFromSeed(bytes.Repeat([]byte{42}, 32))

// TestAMessageSignedByAStrangerIsNotAuthentic changes only the signature, then
// delivers the real message to show that the forgery did no harm.
func TestAMessageSignedByAStrangerIsNotAuthentic(t *testing.T) {
	for _, kind := range spine() {
		t.Run(kind, func(t *testing.T) {
			l, m := inFlight(t, kind)
			for name, body := range map[string][]byte{
				"a stranger's": resign(m.Body, stranger), "none": append(bytes.Clone(m.Body[:len(m.Body)-64]), make([]byte, 64)...),
			} {
				forged := m
				forged.Body = body
				if got := l.redeliver(forged); got != "message_refused:not_authentic" {
					t.Errorf("with the signature of %s: %s", name, got)
				}
			}
			if n := len(l.events); l.redeliver(m) == "message_refused:not_authentic" {
				t.Errorf("the real message is refused after it: %s", list(l.events[n:]))
			}
		})
	}
}

// TestWhatLiesInsideAMessageIsCheckedToo forges the signature of an inner
// message under a correct outer one.
func TestWhatLiesInsideAMessageIsCheckedToo(t *testing.T) {
	for _, kind := range []string{"unlock_order", "pair_done"} {
		t.Run(kind, func(t *testing.T) {
			l, m := inFlight(t, kind)
			head := 1 + 2 + len(kind)
			n := int(binary.BigEndian.Uint16(m.Body[head:]))
			inner := m.Body[head+2 : head+2+n]
			forged := m
			forged.Body = slices.Concat(m.Body[:head+2], resign(inner, stranger), m.Body[head+2+n:])
			forged.Body = resign(forged.Body, l.seed(authn.SiteServer))
			if got := l.redeliver(forged); got != "message_refused:not_authentic" {
				t.Errorf("%s", got)
			}
		})
	}
}

// TestAnotherTripleIsRefusedThoughWellSignedH12 puts other names into a
// message and signs it with the right key.
func TestAnotherTripleIsRefusedThoughWellSignedH12(t *testing.T) {
	signers := map[string]authn.Site{
		"pair_request": phoneSite, "pair_order": authn.SiteServer, "pair_grant": wsSite,
		"unlock_request": phoneSite, "unlock_result": wsSite, "pin_set_held": phoneSite,
	}
	others := map[string][3]string{
		"user": {"bobby", phoneName, wsName}, "phone": {user, "table", wsName}, "workstation": {user, phoneName, "DESKTOP1"},
	}
	for kind, signer := range signers {
		for name, names := range others {
			// The workstation pairs whomever the server names; a certificate
			// for them does not affect others.
			if kind == "pair_order" && name != "workstation" || kind == "pair_grant" && name != "workstation" {
				continue
			}
			t.Run(kind+", another "+name, func(t *testing.T) {
				l, m := inFlight(t, kind)
				var was, now authn.Encoder
				putTriple(&was)
				for _, s := range names {
					now.Text(s)
				}
				forged := m
				forged.Body = resign(bytes.Replace(m.Body, was.Bytes(), now.Bytes(), 1), l.seed(signer))
				if bytes.Equal(forged.Body, m.Body) {
					t.Fatal("nothing was changed")
				}
				from := len(l.events)
				l.redeliver(forged)
				for _, e := range l.events[from:] {
					if e.Kind != "message_refused" {
						t.Errorf("%s", list(l.events[from:]))
					}
				}
			})
		}
	}
}

// TestAnAnswerToAnEarlierTapEndsNoLaterOneH15: an unlock_result must have the
// counter of the newest request.
func TestAnAnswerToAnEarlierTapEndsNoLaterOneH15(t *testing.T) {
	l := primed(t)
	l.dropping(func() { l.tap() }, "unlock_result", "pin_set")
	early := l.last("unlock_result")
	l.dropping(func() { l.tap() }, "unlock_request")
	if got := l.redeliver(early); got != "message_refused:replayed" || l.computer().Waiting == nil {
		t.Fatalf("%s", got)
	}
}

func TestEveryTryIsCountedAndALoginEndsTheCountA6H31(t *testing.T) {
	l := primed(t)
	failures := func() int {
		var v authn.WorkstationView
		l.ok(l.workstation().View(&v, user))
		return v.Accounts[0].Failures
	}
	used := l.pin()
	l.typePIN(used)
	tries := []authn.Secret{authn.NewSecret("22222222"), used, authn.NewSecret(""), authn.NewSecret("########")}
	for i, pin := range tries {
		if l.typePIN(pin); failures() != i+1 {
			t.Fatalf("after %d tries %d are counted", i+1, failures())
		}
	}
	if l.typePIN(l.pin()); failures() != 0 {
		t.Fatalf("after a login with a PIN %d are counted", failures())
	}
	l.typePIN(tries[0])
	if l.login(); failures() != 0 {
		t.Fatalf("after an online login %d are counted", failures())
	}
	l.lock()
	l.wait(31 * days)
	l.typePIN(tries[0])
	if failures() != 1 {
		t.Fatalf("with an expired set %d are counted", failures())
	}
}

// TestTheWarningIsStrictlyBelowTheThresholdH28H29 tests both sides of the
// threshold.
func TestTheWarningIsStrictlyBelowTheThresholdH28H29(t *testing.T) {
	for threshold, first := range map[string]int{"0": -1, "1": -1, "20": 1, "21": 2, "50": 4, "51": 5, "100": 9} {
		l := primed(t, authn.Setting{Key: "hypr.pins.prompt_threshold", Value: threshold})
		at := -1
		for range 10 {
			from := len(l.events)
			l.pin()
			left := l.computer().Set.Left
			for _, e := range l.events[from:] {
				if e.Kind == "pins_low" && at < 0 {
					at = left
				}
				if (e.Kind == "pins_exhausted") != (left == 0) && e.Kind == "pins_exhausted" {
					t.Errorf("exhausted with %d left", left)
				}
			}
		}
		if at != first {
			t.Errorf("at %s %% the first warning came with %d of 10 left, want %d", threshold, at, first)
		}
	}
}

// TestTheScreenGoesDarkInTimeH18H19 tests everything that hides a PIN.
func TestTheScreenGoesDarkInTimeH18H19(t *testing.T) {
	for name, hide := range map[string]func(*line){
		"timeout": func(l *line) { l.wait(time.Minute) }, "asked": func(l *line) { _, err := l.phone().Hide(); l.ok(err) },
		"replaced": func(l *line) { l.login() }, "clock_went_back": func(l *line) { l.ok(l.phone().ClockWentBack()) },
		"paired_again":     func(l *line) { l.pair() },
		"offline_disabled": func(l *line) { l.set("hypr.offline.enabled", "false"); l.login() },
	} {
		l := primed(t)
		first, err := l.phone().Unlock(wsName, false)
		l.ok(err)
		l.wait(59 * time.Second)
		same, err := l.phone().Unlock(wsName, false)
		l.ok(err)
		if !same.Same || !same.PIN.Equal(first.PIN) || same.Left != first.Left {
			t.Fatalf("asked again: %+v", same)
		}
		hide(l)
		if l.computer().Shown != nil {
			t.Errorf("%s: the PIN is still visible", name)
		}
		hidden := l.events[slices.IndexFunc(l.events, func(e authn.Event) bool { return e.Kind == "pin_hidden" })]
		if hidden.Fields["reason"] != name {
			t.Errorf("%s: hidden for %v", name, hidden.Fields["reason"])
		}
		for key := range l.timers {
			if key.Kind == "hypr.hide" {
				t.Errorf("%s: the timer is left", name)
			}
		}
	}
	l := primed(t)
	l.wait(30*days - time.Second)
	if r, err := l.phone().Unlock(wsName, false); err != nil || !r.HiddenAt.Equal(r.ExpiresAt) {
		t.Fatalf("visible past its expiry: %+v %v", r, err)
	}
	if l.wait(time.Second); l.computer().Shown != nil {
		t.Fatal("visible at its expiry")
	}
}
