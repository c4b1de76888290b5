package hypr_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/hypr"
)

func (l *line) eachHalf(look func(site authn.Site, name string, public, secret []byte)) {
	for site, records := range l.shelf {
		for name, r := range records {
			look(site, name, r.public, r.secret)
		}
	}
}

// TestNothingInClearTellsOfAPINA15 searches the public halves of all records
// and all events for PINs, tags, copies and keys, in text, hex and base64.
func TestNothingInClearTellsOfAPINA15(t *testing.T) {
	l := primed(t)
	shown := l.pin()
	if code := l.typePIN(l.pin()); code != "" {
		t.Fatal(code)
	}
	l.typePIN(authn.NewSecret("WRNGPIN7"))
	l.pair()
	l.login()
	l.pin()
	secrets := map[string]string{"a PIN that was shown": shown.Reveal(), "a wrong PIN": "WRNGPIN7"}
	l.eachHalf(func(site authn.Site, name string, _, secret []byte) {
		for i, s := range strings64(secret) {
			secrets[fmt.Sprintf("%s %s %d", site, name, i)] = s
		}
	})
	if len(secrets) < 20 {
		t.Fatalf("only %d secrets were found", len(secrets))
	}
	clear := l.publicHalves()
	for name, s := range secrets {
		forms := [][]byte{[]byte(s)}
		if raw, err := base64.StdEncoding.DecodeString(s); err == nil && len(raw) >= 16 {
			for at := 0; at+16 <= len(raw); at += 16 {
				forms = append(forms, raw[at:at+16], fmt.Appendf(nil, "%x", raw[at:at+16]))
			}
		}
		for _, form := range forms {
			if bytes.Contains(clear, form) {
				t.Errorf("%s lies in clear", name)
			}
		}
	}
}

// strings64 returns the strings in a JSON value that could be a secret.
func strings64(raw []byte) []string {
	var v any
	if json.Unmarshal(raw, &v) != nil {
		return nil
	}
	out := []string{}
	var walk func(any)
	walk = func(v any) {
		switch v := v.(type) {
		case string:
			if len(v) >= 6 {
				out = append(out, v)
			}
		case []any:
			for _, e := range v {
				walk(e)
			}
		case map[string]any:
			for _, e := range v {
				walk(e)
			}
		}
	}
	walk(v)
	return out
}

// TestEveryEventIsOneOfTheTableA15H40 plays a long story and compares its
// events with Kinds.
func TestEveryEventIsOneOfTheTableA15H40(t *testing.T) {
	l := primed(t, authn.Setting{Key: "hypr.pins.prompt_threshold", Value: "50"})
	for range 10 {
		l.typePIN(l.pin())
	}
	_, _ = l.phone().Unlock(wsName, false)
	l.redeliver(l.last("pin_set"))
	l.login()
	l.uplink[phoneSite] = authn.Down
	l.ok(l.phone().Tap(wsName, false))
	delete(l.uplink, phoneSite)
	l.ok(l.phone().NetworkChanged(func(string) bool { return true }))
	l.dropping(func() { l.tap() }, "unlock_request")
	_, err := l.phone().Cancel()
	l.ok(err)
	l.wait(31 * days)
	l.set("hypr.offline.enabled", "false")
	l.login()
	l.pair()
	l.dropping(func() { l.tap() }, "unlock_request")
	l.wait(time.Minute)
	table := map[authn.Kind]authn.KindSpec{}
	for _, k := range hypr.Kinds() {
		table[k.Kind] = k
	}
	// every family's; sim lists it
	table[authn.EventMessageRefused] = authn.KindSpec{Fields: []string{"message", "reason"}}
	seen := map[authn.Kind]bool{}
	for _, e := range l.events {
		k, ok := table[e.Kind]
		if !ok {
			t.Errorf("%s is not in the table", e.Kind)
			continue
		}
		seen[e.Kind] = true
		if k.Role != "" && k.Role != e.Site.Role() {
			t.Errorf("%s at %s, the table says at a %s", e.Kind, e.Site, k.Role)
		}
		for _, name := range slices.Sorted(maps.Keys(e.Fields)) {
			if !slices.Contains(k.Fields, name) {
				t.Errorf("%s has the field %q", e.Kind, name)
			}
			switch e.Fields[name].(type) {
			case string, int64, bool:
			default:
				t.Errorf("%s: %q is a %T", e.Kind, name, e.Fields[name])
			}
		}
		if e.Subject == "" || e.Result == "" {
			t.Errorf("%s has no subject or result: %+v", e.Kind, e)
		}
		if _, ok := authn.RuleByID(e.Rule); e.Rule != "" && !ok {
			t.Errorf("%s names the rule %q", e.Kind, e.Rule)
		}
	}
	for kind := range table {
		if elsewhere := []authn.Kind{"user_unlocked", "directory_unlocked", "directory_locked", "phone_revoked",
			"unpaired"}; !seen[kind] && !slices.Contains(elsewhere, kind) {
			t.Errorf("this story has no %s", kind)
		}
	}
}
