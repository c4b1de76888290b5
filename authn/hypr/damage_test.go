package hypr_test

import (
	"crypto/ed25519"
	"encoding/json"
	"strings"
	"testing"

	"github.com/offauth/offauth/authn"
)

// TestAMessageTooLongToPassOnIsRefused_attack: a phone signs a request of the
// maximum length. The server packs it into an unlock_order.
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
		l.redeliver(authn.Message{From: phoneSite, To: authn.SiteServer, Kind: "unlock_request", Body: body})
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
		l.redeliver(authn.Message{From: wsSite, To: authn.SiteServer, Kind: "pair_grant", Body: grant})
	})
}

// TestALongVersionIsNoPanic: a person types the version of a client.
func TestALongVersionIsNoPanic(t *testing.T) {
	noPanic(t, func() { _ = newLine(t).workstation().Enrol(strings.Repeat("2", 70000)) })
}

// TestAKeyThatNothingCanBeSealedToIsRefusedAtEnrolment_attack: a phone enrols
// with a box key of low order. Encrypting to it fails; the message must be
// refused, but the Action must not fail.
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
	l.redeliver(authn.Message{From: phoneSite, To: authn.SiteServer, Kind: "enrol", Body: enrol})
	pair := forge("pair_request", evil,
		func(e *authn.Encoder) { putTriple(e); e.U64(1); e.Raw(make([]byte, 8)); e.Block(nil) })
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

// TestDamagedRecordsAreErrorsAndNoPanics changes records as only an older
// version, a bug or someone with the key could.
func TestDamagedRecordsAreErrorsAndNoPanics(t *testing.T) {
	type edit struct {
		site   authn.Site
		prefix string
		secret bool
		change func(map[string]any)
	}
	for name, e := range map[string]edit{
		"copies cut": {wsSite, "hypr/set/", true, func(m map[string]any) { m["copies"] = "AAAA" }},
		"tags cut":   {wsSite, "hypr/set/", true, func(m map[string]any) { m["tags"] = "AAAA" }},
		"used cut":   {wsSite, "hypr/set/", true, func(m map[string]any) { m["used"] = "" }},
		"kdf of nothing": {wsSite, "hypr/account/", false,
			func(m map[string]any) { m["kdf"] = map[string]any{"time": 0, "memory_kib": 0} }},
		"login key cut": {wsSite, "hypr/pairing/", false,
			func(m map[string]any) { m["now"].(map[string]any)["login"] = "AAAA" }},
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
				_, _ = l.phone().Unlock(wsName, false)
				_ = l.phone().Tap(wsName, false)
				_ = l.pump()
			})
		})
	}
}

// edit modifies the JSON of one half of a record.
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
