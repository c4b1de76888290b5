package hypr_test

import (
	"testing"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/hypr"
)

// TestEverySettingRoundTripsThroughItsView: what is shown may be typed.
func TestEverySettingRoundTripsThroughItsView(t *testing.T) {
	other := map[string]string{
		"hypr.offline.enabled": "true", "hypr.profile": "current", "hypr.pins.length": "13", "hypr.pins.count": "100",
		"hypr.offline.days": "7", "hypr.pins.display_timeout": "300s", "hypr.pins.prompt_threshold": "0",
		"hypr.directory.lockout": "3", "hypr.directory.lockout_minutes": "30", "hypr.server.version": "3.5", "hypr.rp_application": "Laptops",
	}
	views := hypr.DefaultSettings().View()
	if len(views) != len(other) {
		t.Fatalf("%d settings are shown, this test knows %d", len(views), len(other))
	}
	all := []authn.Setting{}
	for _, v := range views {
		if v.Value != v.Default || v.Doc == "" || v.Range.String() == "" {
			t.Errorf("%s: %+v", v.Key, v)
		}
		if _, ok := authn.RuleByID(v.Rule); !ok {
			t.Errorf("%s names the rule %q", v.Key, v.Rule)
		}
		same, err := hypr.DefaultSettings().With([]authn.Setting{{Key: v.Key, Value: v.Value}})
		if err != nil || same != hypr.DefaultSettings() {
			t.Errorf("%s=%s changes something: %+v %v", v.Key, v.Value, same, err)
		}
		changed, err := hypr.DefaultSettings().With([]authn.Setting{{Key: v.Key, Value: other[v.Key]}})
		if err != nil || changed == hypr.DefaultSettings() {
			t.Errorf("%s=%s changes nothing: %v", v.Key, other[v.Key], err)
		}
		for _, w := range changed.View() {
			if want := v.Default; w.Key == v.Key && w.Value != other[v.Key] || w.Key != v.Key && w.Default != defaultOf(views, w.Key) {
				t.Errorf("%s shows as %s (was %s)", w.Key, w.Value, want)
			}
		}
		all = append(all, authn.Setting{Key: v.Key, Value: other[v.Key]})
	}
	if s, err := hypr.DefaultSettings().With(all); err != nil || !s.OfflineMode || s.Count != 100 || s.DisplaySeconds != 300 {
		t.Errorf("all at once: %+v %v", s, err)
	}
}

func defaultOf(views []authn.SettingView, key string) string {
	for _, v := range views {
		if v.Key == key {
			return v.Default
		}
	}
	return ""
}

func TestSettingsAcceptTheirRangesH2H4H5H6H7H8(t *testing.T) {
	const ok, refused, fault = "ok", "refused", "fault"
	rows := []struct {
		changes []authn.Setting
		want    string
		rule    authn.RuleID
	}{
		{[]authn.Setting{{Key: "hypr.pins.length", Value: "6"}}, ok, ""},
		{[]authn.Setting{{Key: "hypr.pins.length", Value: "13"}}, ok, ""},
		{[]authn.Setting{{Key: "hypr.pins.length", Value: "5"}}, refused, "H2"},
		{[]authn.Setting{{Key: "hypr.pins.length", Value: "14"}}, refused, "H2"},
		{[]authn.Setting{{Key: "hypr.pins.count", Value: "9"}}, refused, "H4"},
		{[]authn.Setting{{Key: "hypr.pins.count", Value: "101"}}, refused, "H4"},
		{[]authn.Setting{{Key: "hypr.offline.days", Value: "6"}}, refused, "H5"},
		{[]authn.Setting{{Key: "hypr.offline.days", Value: "31"}}, refused, "H5"},
		{[]authn.Setting{{Key: "hypr.offline.days", Value: "90"}, {Key: "hypr.profile", Value: "current"}}, ok, ""},
		{[]authn.Setting{{Key: "hypr.profile", Value: "current"}, {Key: "hypr.offline.days", Value: "91"}}, refused, "H6"},
		{[]authn.Setting{{Key: "hypr.profile", Value: "modern"}}, refused, "H6"},
		{[]authn.Setting{{Key: "hypr.pins.display_timeout", Value: "10"}}, ok, ""},
		{[]authn.Setting{{Key: "hypr.pins.display_timeout", Value: "5m"}}, ok, ""},
		{[]authn.Setting{{Key: "hypr.pins.display_timeout", Value: "9"}}, refused, "H7"},
		{[]authn.Setting{{Key: "hypr.pins.display_timeout", Value: "5m1s"}}, refused, "H7"},
		{[]authn.Setting{{Key: "hypr.pins.display_timeout", Value: "10.5s"}}, fault, ""},
		{[]authn.Setting{{Key: "hypr.pins.prompt_threshold", Value: "101"}}, refused, "H8"},
		{[]authn.Setting{{Key: "hypr.pins.prompt_threshold", Value: "-1"}}, refused, "H8"},
		{[]authn.Setting{{Key: "hypr.pins.prompt_threshold", Value: "20%"}}, fault, ""},
		{[]authn.Setting{{Key: "hypr.pins.count", Value: ""}}, fault, ""},
		{[]authn.Setting{{Key: "hypr.pins.count", Value: "99999999999999999999"}}, fault, ""},
		{[]authn.Setting{{Key: "hypr.pins.count", Value: "4294967321"}}, fault, ""}, // 25 modulo 2^32
		{[]authn.Setting{{Key: "hypr.offline.enabled", Value: "maybe"}}, fault, ""},
		{[]authn.Setting{{Key: "hypr.pins.colour", Value: "red"}}, fault, ""},
		{[]authn.Setting{{Key: "pins.count", Value: "20"}}, fault, ""},
		{[]authn.Setting{{Key: "", Value: ""}}, fault, ""},
		{[]authn.Setting{{Key: "HYPR.PINS.COUNT", Value: "20"}}, fault, ""},
		{[]authn.Setting{{Key: "hypr.pins.count", Value: "50"}, {Key: "hypr.pins.length", Value: "5"}}, refused, "H2"},
		{nil, ok, ""},
	}
	for _, row := range rows {
		before := hypr.DefaultSettings()
		_, err := before.With(row.changes)
		got, rule := ok, authn.RuleID("")
		if r, is := authn.AsRefusal(err); is {
			got, rule = refused, r.Rule
			if r.Code != hypr.CodeOutOfRange {
				t.Errorf("%v: code %s", row.changes, r.Code)
			}
		} else if _, is := authn.AsFault(err); is {
			got = fault
		} else if err != nil {
			t.Errorf("%v: neither refusal nor fault: %v", row.changes, err)
		}
		if got != row.want || rule != row.rule {
			t.Errorf("%v: %s %s (%v), want %s %s", row.changes, got, rule, err, row.want, row.rule)
		}
		if before != hypr.DefaultSettings() {
			t.Fatal("With changed its receiver")
		}
	}
}

// TestTheServerKeepsNothingOfARefusedChange: all of them, or none.
func TestTheServerKeepsNothingOfARefusedChange(t *testing.T) {
	l := newLine(t)
	for _, bad := range []authn.Setting{{Key: "hypr.pins.length", Value: "5"}, {Key: "hypr.pins.length", Value: "x"}, {Key: "x", Value: "5"}} {
		if _, err := l.server().Set([]authn.Setting{{Key: "hypr.pins.count", Value: "50"}, bad}); err == nil {
			t.Fatalf("%v was taken", bad)
		}
	}
	if s, err := l.server().Settings(); err != nil || s != hypr.DefaultSettings() {
		t.Fatalf("%+v %v", s, err)
	}
}
