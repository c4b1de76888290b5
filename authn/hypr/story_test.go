package hypr_test

import (
	"crypto/ed25519"
	"encoding/json"
	"strings"
	"testing"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/hypr"
)

// enrolled returns a line with an enrolled phone and workstation, and Offline
// Mode on with sets of ten.
func enrolled(t testing.TB, settings ...authn.Setting) *line {
	t.Helper()
	l := newLine(t)
	l.ok(l.workstation().Enrol("2.6"))
	l.ok(l.phone().Enrol(user, "android", "4.3"))
	l.ok(l.pump())
	l.set("hypr.offline.enabled", "true")
	l.set("hypr.pins.count", "10")
	for _, s := range settings {
		l.set(s.Key, s.Value)
	}
	return l
}

// primed returns an enrolled line after pairing and one online login, locked.
func primed(t testing.TB, settings ...authn.Setting) *line {
	t.Helper()
	l := enrolled(t, settings...)
	l.pair()
	l.login()
	l.lock()
	return l
}

// redeliver delivers a message once more and returns the kinds of the events,
// with the reason of a message_refused.
func (l *line) redeliver(m authn.Message) string {
	l.t.Helper()
	from := len(l.events)
	l.ok(l.deliver(m))
	l.ok(l.pump())
	made := []string{}
	for _, e := range l.events[from:] {
		text := string(e.Kind)
		if e.Result != "ok" {
			text += ":" + e.Result
		}
		made = append(made, text)
	}
	return strings.Join(made, " ")
}

// last returns the newest message of a kind.
func (l *line) last(kind string) authn.Message {
	l.t.Helper()
	for i := len(l.seen) - 1; i >= 0; i-- {
		if l.seen[i].Kind == kind {
			return l.seen[i]
		}
	}
	l.t.Fatalf("no %s was sent", kind)
	return authn.Message{}
}

// dropping drops all messages of some kinds while do runs.
func (l *line) dropping(do func(), kinds ...string) {
	l.lose = func(m authn.Message) bool {
		for _, kind := range kinds {
			if m.Kind == kind {
				return true
			}
		}
		return false
	}
	do()
	l.lose = nil
}

// set changes one setting at the server.
func (l *line) set(key authn.SettingKey, value string) {
	l.t.Helper()
	_, err := l.server().Set([]authn.Setting{{Key: key, Value: value}})
	l.ok(err)
}

// tryPair pairs, and returns the phone's error.
func (l *line) tryPair() error {
	l.t.Helper()
	l.ok(l.phone().Pair(wsName, false))
	l.ok(l.pump())
	_, err := l.phone().Paired(wsName)
	return err
}

func (l *line) pair() { l.t.Helper(); l.ok(l.tryPair()) }

// tap taps and delivers the messages.
func (l *line) tap() hypr.TapResult {
	l.t.Helper()
	l.ok(l.phone().Tap(wsName, false))
	l.ok(l.pump())
	r, _, err := l.phone().TapState(wsName)
	l.ok(err)
	return r
}

// login taps and fails the test unless it was an online login.
func (l *line) login() {
	l.t.Helper()
	if r := l.tap(); r.Outcome != hypr.TapLogin {
		l.t.Fatalf("the tap ended as %q (%s), want an online login", r.Outcome, r.Reason)
	}
}

func (l *line) lock() { l.t.Helper(); _, err := l.workstation().Lock(); l.ok(err) }

// pin shows the next PIN.
func (l *line) pin() authn.Secret {
	l.t.Helper()
	_, err := l.phone().Hide()
	l.ok(err)
	r, err := l.phone().Unlock(wsName, false)
	l.ok(err)
	return r.PIN
}

// typePIN types a PIN at a locked workstation. It returns "" if it unlocked, or
// the code.
func (l *line) typePIN(pin authn.Secret) authn.Code {
	l.t.Helper()
	l.lock()
	_, err := l.workstation().Login(user, pin)
	return l.code(err)
}

// code returns the code of a refusal, or "" for a nil error.
func (l *line) code(err error) authn.Code {
	l.t.Helper()
	if err == nil {
		return ""
	}
	r, ok := authn.AsRefusal(err)
	if !ok {
		l.t.Fatal(err)
	}
	return r.Code
}

func (l *line) locked() bool {
	l.t.Helper()
	var v authn.WorkstationView
	l.ok(l.workstation().View(&v, ""))
	return v.Locked
}

// held returns the workstation's view of the user's sets.
func (l *line) held() []authn.PINSetView {
	l.t.Helper()
	var v authn.WorkstationView
	l.ok(l.workstation().View(&v, user))
	if len(v.Accounts) == 0 {
		return nil
	}
	return v.Accounts[0].Sets
}

// computer returns the phone's view of the workstation.
func (l *line) computer() authn.ComputerView {
	l.t.Helper()
	views, err := l.phone().View()
	l.ok(err)
	if len(views) != 1 {
		l.t.Fatalf("the phone knows %d computers", len(views))
	}
	return views[0]
}

// seed returns a site's signing key from its shelf.
func (l *line) seed(site authn.Site) ed25519.PrivateKey {
	l.t.Helper()
	var k struct{ Sign, Box []byte }
	l.ok(json.Unmarshal(l.shelf[site]["hypr/keys"].secret, &k))
	return ed25519.NewKeyFromSeed(k.Sign)
}

// forge encodes a message as in docs/protocol-hypr.md, without the package's
// encoders: version, kind, body, signature.
func forge(kind string, signer ed25519.PrivateKey, body func(*authn.Encoder)) []byte {
	var e authn.Encoder
	e.U8(1)
	e.Text(kind)
	body(&e)
	e.Raw(ed25519.Sign(signer, e.Bytes()))
	return e.Bytes()
}
