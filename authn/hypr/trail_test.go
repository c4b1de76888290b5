package hypr_test

import (
	"strings"
	"testing"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/hypr"
)

// TestALostReportLosesNoEventH41: a list of more than 200 is split into several
// reports. If the first is lost and the second arrives, the server must not
// treat the events of the first as delivered.
func TestALostReportLosesNoEventH41(t *testing.T) {
	l := primed(t)
	for range 205 {
		if code := l.typePIN(authn.NewSecret("2222")); code != hypr.CodeWrongPIN {
			t.Fatal(code)
		}
		l.events = append(l.events, authn.Event{Seq: uint64(len(l.events) + 1), At: l.now, Site: wsSite, Kind: "refused",
			Subject: "alice@LAPTOP-7", Result: "wrong_pin", Rule: "H24"})
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

// TestTheTrailNamesTheUserH39: the name of a user or a workstation may be an
// e-mail address.
func TestTheTrailNamesTheUserH39(t *testing.T) {
	for _, row := range []struct {
		event authn.Event
		user  string
	}{
		{authn.Event{Kind: "user_unlocked", Subject: "alice@example.com"}, "alice@example.com"},
		{authn.Event{Kind: "user_added", Subject: "alice"}, "alice"},
		{authn.Event{Kind: "phone_revoked", Subject: "alice@example.com", Fields: map[string]any{"phone": "pixel"}},
			"alice@example.com"},
		{authn.Event{Kind: "login_approved", Subject: "alice@PC@HOME",
			Fields: map[string]any{"phone": "pixel", "workstation": "PC@HOME"}}, "alice"},
		{authn.Event{Kind: "audited", Subject: "PC@HOME",
			Fields: map[string]any{"event": "pin_shown", "from": "phone/pixel", "workstation": "PC@HOME"}}, ""},
		{authn.Event{Kind: "audited", Subject: "alice@example.com@PC@HOME",
			Fields: map[string]any{"event": "unlocked", "from": "workstation/PC@HOME", "phone": "pixel"}}, "alice@example.com"},
	} {
		row.event.Site, row.event.Result = authn.SiteServer, "ok"
		v, ok := hypr.Trail(row.event)
		if !ok || v.FIDOUser != row.user {
			t.Errorf("%s of %q: the user is %q, want %q", row.event.Kind, row.event.Subject, v.FIDOUser, row.user)
		}
	}
}

// TestTheTrailTakesNoForeignWords_attack: a phone's report goes into the
// administrator's log. An attacker with a phone's key must not write arbitrary
// text there.
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
		if made := l.redeliver(authn.Message{From: phoneSite, To: authn.SiteServer, Kind: "audit_report",
			Body: body}); !strings.HasPrefix(made, "message_refused") {
			t.Errorf("%q was taken: %s", kind, made)
		}
	}
}
