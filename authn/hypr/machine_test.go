package hypr_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/hypr"
)

const days = 24 * time.Hour

// TestPhoneWorkstationAndServerWorkWithoutAWorldH9H11H20H23 plays the whole
// story on a line.
func TestPhoneWorkstationAndServerWorkWithoutAWorldH9H11H20H23(t *testing.T) {
	l := enrolled(t)
	_, err := l.phone().Unlock(wsName, false)
	if l.code(err) != "not_paired" {
		t.Fatalf("before pairing: %v", err)
	}
	if code := l.typePIN(authn.NewSecret("22222222")); code != "not_paired" {
		t.Fatalf("the workstation before pairing: %s", code)
	}
	l.pair()
	if _, err := l.phone().Unlock(wsName, false); l.code(err) != "not_primed" {
		t.Fatalf("before the first login: %v", err)
	}
	if code := l.typePIN(authn.NewSecret("22222222")); code != "not_primed" {
		t.Fatalf("the workstation before the first login: %s", code)
	}
	l.login()
	if l.locked() {
		t.Fatal("an online login unlocked nothing")
	}
	if _, err := l.workstation().Login(user, l.pin()); l.code(err) != "not_locked" {
		t.Fatalf("at an unlocked workstation: %v", err)
	}
	first, second := l.pin(), l.pin()
	if code := l.typePIN(second); code != "" {
		t.Fatalf("the second PIN first (H22): %s", code)
	}
	if code := l.typePIN(first); code != "" {
		t.Fatalf("the first PIN (H21): %s", code)
	}
	if code := l.typePIN(first); code != "pin_used" {
		t.Fatalf("the first PIN again: %s", code)
	}
	if code := l.typePIN(authn.NewSecret("22222222")); code != "wrong_pin" || !l.locked() {
		t.Fatalf("a wrong PIN: %s", code)
	}
	if left := l.computer().Set.Left; left != 7 {
		t.Fatalf("the phone has %d left, want 7: it showed three (H20)", left)
	}
	if left := l.held()[0].Left; left != 8 {
		t.Fatalf("the workstation has %d left, want 8: it took two", left)
	}
}

func TestEveryPINOfASetUnlocksInAnyOrderH22(t *testing.T) {
	l := primed(t)
	pins := []authn.Secret{}
	for range 10 {
		pins = append(pins, l.pin())
	}
	slices.Reverse(pins)
	for i, pin := range pins {
		if code := l.typePIN(pin); code != "" {
			t.Fatalf("PIN %d: %s", i, code)
		}
	}
	if code := l.typePIN(pins[0]); code != "pin_expired" {
		t.Fatalf("with none left (H34): %s", code)
	}
}

func TestASetDiesAtItsInstantAndIsDeletedH33A8(t *testing.T) {
	l := primed(t)
	pin, used := l.pin(), l.pin()
	if code := l.typePIN(used); code != "" {
		t.Fatal(code)
	}
	l.wait(30*days - time.Nanosecond)
	if code := l.typePIN(pin); code != "" {
		t.Fatalf("a nanosecond before: %s", code)
	}
	late := l.pin()
	l.wait(time.Nanosecond)
	for name, p := range map[string]authn.Secret{"unused": late, "used": used} {
		if code := l.typePIN(p); code != "pin_expired" {
			t.Fatalf("at its expiry, %s: %s", name, code)
		}
	}
	if code := l.typePIN(authn.NewSecret("22222222")); code != "wrong_pin" {
		t.Fatalf("another PIN: %s", code)
	}
	l.now = monday // going back revives nothing
	if code := l.typePIN(late); code != "pin_expired" {
		t.Fatalf("after the clock was set back: %s", code)
	}
	if _, err := l.phone().Unlock(wsName, false); l.code(err) != "pin_expired" {
		t.Fatalf("the phone after the clock was set back: %v", err)
	}
	l.eachHalf(func(site authn.Site, name string, public, secret []byte) {
		var s struct {
			Copies []byte
			PINs   []string
		}
		if secret == nil || json.Unmarshal(secret, &s) != nil {
			return
		}
		if len(bytes.Trim(s.Copies, "\x00")) > 0 || len(s.PINs) > 0 {
			t.Errorf("%s %s still has copies or PINs", site, name)
		}
	})
}

// TestAUsedPINsCopyIsDeletedH23 inspects the stored bytes.
func TestAUsedPINsCopyIsDeletedH23(t *testing.T) {
	l := primed(t)
	wiped := func() int {
		n := 0
		l.eachHalf(func(_ authn.Site, _ string, _, secret []byte) {
			var s struct{ Copies []byte }
			if secret == nil || json.Unmarshal(secret, &s) != nil {
				return
			}
			for c := range slices.Chunk(s.Copies, 48) {
				if len(bytes.Trim(c, "\x00")) == 0 {
					n++
				}
			}
		})
		return n
	}
	if n := wiped(); n != 0 {
		t.Fatalf("%d copies are wiped before any use", n)
	}
	if code := l.typePIN(l.pin()); code != "" || wiped() != 1 {
		t.Fatalf("after one use (%s) %d copies are wiped", code, wiped())
	}
}

// TestAMessageToTheWrongSiteIsRefusedH12 delivers the messages of one triple to
// the sites of others.
func TestAMessageToTheWrongSiteIsRefusedH12(t *testing.T) {
	l := primed(t)
	l.ok(hypr.Workstation{Host: l.host(authn.Workstation("DESK-1")), KDF: cheap}.Enrol("2.6"))
	l.ok(hypr.Phone{Host: l.host(authn.Phone("tablet"))}.Enrol(user, "ios", "3.7"))
	l.ok(l.pump())
	for _, m := range slices.Clone(l.seen) {
		for _, to := range []authn.Site{authn.Workstation("DESK-1"), authn.Phone("tablet"), authn.SiteServer,
			phoneSite, wsSite} {
			if to == m.To || m.Kind == "enrolled" {
				continue
			}
			wrong := m
			wrong.To = to
			from := len(l.events)
			l.ok(l.deliver(wrong))
			for _, e := range l.events[from:] {
				if e.Kind != "message_refused" {
					t.Errorf("%s to %s: %s", m.Kind, to, e.Kind)
				}
			}
			if len(l.events) == from {
				t.Errorf("%s to %s was taken", m.Kind, to)
			}
		}
	}
}

// TestAMessageFromAnotherIsNotAuthenticH12 sends each message in the name of
// another site.
func TestAMessageFromAnotherIsNotAuthenticH12(t *testing.T) {
	l := primed(t)
	l.ok(hypr.Phone{Host: l.host(authn.Phone("tablet"))}.Enrol("bob", "ios", "3.7"))
	l.ok(l.pump())
	l.queue = nil
	for _, m := range slices.Clone(l.seen) {
		if m.To != authn.SiteServer {
			continue // phones and workstations check only the signature
		}
		m.From = authn.Phone("tablet")
		if got := l.redeliver(m); got != "message_refused:not_authentic" && got != "message_refused:replayed" {
			t.Errorf("%s from another phone: %s", m.Kind, got)
		}
	}
}

// TestWhileSlowWorkIsMissingNothingIsJudgedA6: the error of Host.Slow is
// returned unchanged, and the try is not counted.
func TestWhileSlowWorkIsMissingNothingIsJudgedA6(t *testing.T) {
	l := primed(t)
	pin := l.pin()
	before := maps.Clone(l.shelf[wsSite])
	events := len(l.events)
	l.notYet = true
	if _, err := l.workstation().Login(user, pin); !errors.Is(err, authn.ErrNotYet) {
		t.Fatalf("got %v", err)
	}
	if len(l.events) != events || !maps.EqualFunc(before, l.shelf[wsSite],
		func(a, b record) bool { return bytes.Equal(a.public, b.public) && bytes.Equal(a.secret, b.secret) }) {
		t.Fatal("a try whose KDF was not run left something")
	}
	l.notYet = true
	if err := l.phone().Tap(wsName, false); err != nil {
		t.Fatal(err)
	}
	if err := l.pump(); !errors.Is(err, authn.ErrNotYet) {
		t.Fatalf("an online login without its KDFs: %v", err)
	}
}

// TestABrokenShelfIsAFaultAndNeverARefusal makes each read and write of each
// step fail in turn.
func TestABrokenShelfIsAFaultAndNeverARefusal(t *testing.T) {
	steps := map[string]func(l *line, pin authn.Secret) error{
		"pair":   func(l *line, _ authn.Secret) error { return l.tryPairBroken() },
		"tap":    func(l *line, _ authn.Secret) error { return firstOf(l.phone().Tap(wsName, false), l.pump) },
		"unlock": func(l *line, _ authn.Secret) error { _, err := l.phone().Unlock(wsName, false); return err },
		"login":  func(l *line, pin authn.Secret) error { _, err := l.workstation().Login(user, pin); return err },
		"hide":   func(l *line, _ authn.Secret) error { _, err := l.phone().Hide(); return err },
		"lock":   func(l *line, _ authn.Secret) error { _, err := l.workstation().Lock(); return err },
		"back":   func(l *line, _ authn.Secret) error { return l.phone().ClockWentBack() },
		"retry": func(l *line, _ authn.Secret) error {
			return l.phone().NetworkChanged(func(string) bool { return false })
		},
		"view": func(l *line, _ authn.Secret) error { _, err := l.phone().View(); return err },
		"look": func(l *line, _ authn.Secret) error {
			var v authn.WorkstationView
			return l.workstation().View(&v, "")
		},
	}
	for name, step := range steps {
		t.Run(name, func(t *testing.T) {
			for n := 1; ; n++ {
				l := primed(t)
				pin := l.pin()
				l.breakAt = n
				err := step(l, pin)
				if l.breakAt > 0 { // it made fewer than n calls
					if n == 1 {
						t.Fatal("the step read nothing")
					}
					return
				}
				if !errors.Is(err, errBroken) {
					t.Fatalf("with the %dth call broken: %v", n, err)
				}
			}
		})
	}
}

func firstOf(err error, then func() error) error {
	if err != nil {
		return err
	}
	return then()
}

func (l *line) tryPairBroken() error {
	if err := firstOf(l.phone().Pair(wsName, false), l.pump); err != nil {
		return err
	}
	_, err := l.phone().Paired(wsName)
	return err
}

// FuzzReceive sends random bytes to every site: they are refused, and nothing
// else happens.
func FuzzReceive(f *testing.F) {
	l := primed(f)
	for i, m := range l.seen {
		f.Add(byte(i), m.Kind, m.Body)
		cut := bytes.Clone(m.Body)
		cut[len(cut)/2] ^= 1
		f.Add(byte(i), m.Kind, cut)
	}
	sites := []authn.Site{authn.SiteServer, phoneSite, wsSite, authn.Phone("nobody"), authn.Workstation("NOWHERE")}
	f.Fuzz(func(t *testing.T, where byte, kind string, body []byte) {
		l.t, l.queue, l.events, l.seen = t, nil, nil, nil
		to, from := sites[int(where)%len(sites)], sites[int(where)/len(sites)%len(sites)]
		l.ok(l.deliver(authn.Message{From: from, To: to, Kind: kind, Body: body}))
		l.ok(l.pump())
		if v, err := l.phone().View(); err != nil || len(v) != 1 || v[0].Set == nil {
			t.Fatalf("the phone: %+v %v", v, err)
		}
		if !l.locked() {
			t.Fatal("a replay or noise unlocked the workstation")
		}
	})
}

// TestForgettingClosesWhatIsOpenA14: after a rollback, an open request may have
// been answered in the time that was undone, so a recorded answer could be used
// again.
func TestForgettingClosesWhatIsOpenA14(t *testing.T) {
	for _, kind := range []string{"passkey_answer", "unlock_proof"} {
		l := withPasskey(t)
		l.login()
		l.lock()
		l.dropping(func() {
			if kind == "passkey_answer" {
				l.bluetoothUnlock()
			} else {
				l.tap()
			}
		}, kind)
		l.ok(l.workstation().ForgetSets("rolled_back", "A14"))
		l.ok(l.phone().ForgetSets("rolled_back", "A14"))
		if l.redeliver(l.last(kind)); !l.locked() {
			t.Errorf("%s unlocked after everything that could be spent once more was to go", kind)
		}
	}
}

// TestAnExpiredSetIsNotLiveBeforeItsTimerH33: a site must find out by itself
// that a set has expired, before the world fires the timer.
func TestAnExpiredSetIsNotLiveBeforeItsTimerH33(t *testing.T) {
	l := primed(t)
	pin := l.pin()
	_, err := l.phone().Hide()
	l.ok(err)
	l.now = l.now.Add(30 * 24 * time.Hour) // without firing timers
	if code := l.typePIN(pin); code != "pin_expired" {
		t.Errorf("at its expiry the workstation says %q", code)
	}
	if _, err := l.phone().Unlock(wsName, false); l.code(err) != "pin_expired" {
		t.Errorf("at its expiry the phone says %v", err)
	}
}
