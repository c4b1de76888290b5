package sim_test

import (
	"slices"
	"testing"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/encap"
)

// Rules: E1, E2, E6. All settings are accepted or none, across families.
func TestEncapsSettingsAreTakenAllOrNone(t *testing.T) {
	s := empty(t)
	for _, row := range []struct {
		key   authn.SettingKey
		value string
		rule  authn.RuleID
	}{
		{"encap.offline.methods", "DEVICE", "E1"}, {"encap.offline.methods", "OFFLINE,pin", "E1"},
		{"encap.otp.length", "0", "E2"},
		{"encap.add.methods", "OFFLINE", "E6"}, {"encap.add.methods", "none", "E6"},
	} {
		s.refused(authn.SetPolicy{Settings: []authn.Setting{setting("hypr.pins.count", "50"),
			setting("encap.otp.length", "4"), setting(row.key, row.value)}}, "out_of_range", row.rule)
	}
	for _, bad := range []authn.Setting{
		setting("encap.offline.methods", "TELEPATHY"), setting("encap.otp.length", "six"),
		setting("encap.offline.max_failures", ""), setting("encap.offline.session_ttl", "1.5s"),
	} {
		s.fault(authn.SetPolicy{Settings: []authn.Setting{setting("hypr.pins.count", "50"), bad}}, "bad_argument")
	}
	s.fault(set("encap.nothing", "1"), "no_such_setting")
	s.refused(authn.SetPolicy{Settings: []authn.Setting{setting("encap.otp.length", "4"),
		setting("hypr.pins.length", "5")}}, "out_of_range", "H2")
	for _, v := range s.snap().Policy {
		if v.Value != v.Default {
			t.Errorf("%s=%s: half of a refused change was taken", v.Key, v.Value)
		}
	}
	s.do(authn.SetPolicy{Settings: []authn.Setting{
		setting("encap.otp.length", "4"), setting("hypr.pins.count", "50"),
		setting("encap.offline.methods", " offlinePin, OFFLINE_DEVICE"), setting("encap.offline.lock_scope", "Device"),
	}})
	got := map[authn.SettingKey]string{}
	for _, v := range s.snap().Policy {
		got[v.Key] = v.Value
	}
	if got["encap.otp.length"] != "4" || got["hypr.pins.count"] != "50" ||
		got["encap.offline.methods"] != "OFFLINE,OFFLINE:PIN" || got["encap.offline.lock_scope"] != "device" {
		t.Fatalf("%v", got)
	}
	s.do(set("encap.otp.length", "unset"))
}

func TestArgumentsThatCannotBeMeant(t *testing.T) {
	s := ready(t)
	s.do(authn.AddUser{Name: "bob"})
	long := challenge
	long.Content = string(make([]byte, 10_000))
	s.fault(long, "context_too_long")
	for _, c := range []encap.Challenge{
		{Provider: "shop", Method: encap.OfflinePIN}, {Provider: "shop", Phone: "pixel", Method: encap.DevicePIN},
		{Provider: "shop", Phone: "pixel"},
		{Provider: "shop", Phone: "pixel", User: "bob", Method: encap.Offline},
		{Provider: "shop", Phone: "pixel", Method: encap.Offline, MIME: "text"},
		{Provider: "shop", Phone: "pixel", Method: encap.Offline, Content: "\xff"},
	} {
		s.fault(c, "bad_argument")
	}
	s.fault(encap.Challenge{Provider: "nobody", Phone: "pixel", Method: encap.Offline}, "no_such_provider")
	s.fault(encap.Challenge{Provider: "shop", User: "bob", Method: encap.Offline}, "no_such_phone")
	s.fault(encap.Challenge{Provider: "shop", User: "carol", Method: encap.Offline}, "no_such_user")
	s.fault(encap.Verify{Provider: "nobody"}, "no_such_provider")
	s.fault(encap.Auth{Phone: "pixel", Method: encap.DevicePIN}, "bad_argument")
	s.fault(encap.Auth{Phone: "pixel", Method: "X"}, "bad_argument")
	s.fault(encap.Activate{Phone: "pixel"}, "bad_argument")
	s.fault(encap.Activate{Phone: "pixel", Methods: []encap.Method{encap.DevicePIN}}, "bad_argument")
	s.fault(add(encap.OfflinePIN, authn.Secret{}), "bad_argument")
	for _, a := range []authn.Action{
		encap.Activate{Phone: "x"}, encap.Auth{Phone: "x"}, encap.AddMethod{Phone: "x"}, encap.Scan{Phone: "x"},
		encap.Approve{Phone: "x"}, encap.Passcode{Phone: "x"},
	} {
		s.fault(a, "no_such_phone")
	}
	s.fault(authn.AddProvider{Name: "shop"}, "already_there")
	s.fault(authn.AddProvider{Name: "a b"}, "bad_argument")
	s.fault(authn.SetLink{Site: authn.Provider("nobody"), State: authn.Down}, "no_such_provider")
	if r := s.ask(encap.Challenge{Provider: "shop", User: "alice", Method: encap.Offline}); r.Phone != "pixel" {
		t.Fatalf("%+v", r)
	}
	s.do(authn.RegisterDevice{Name: "tablet", User: "alice"})
	if r := s.ask(encap.Challenge{Provider: "shop", User: "alice", Method: encap.Offline}); r.Phone != "pixel" {
		t.Fatalf("%+v", r)
	}
	s.do(encap.Activate{Phone: "tablet", Methods: []encap.Method{encap.Device}})
	s.fault(encap.Challenge{Provider: "shop", User: "alice", Method: encap.Offline}, "bad_argument")
	roster, err := s.world.Roster(t.Context())
	if err != nil || !slices.Equal(roster.Providers, []string{"shop"}) || len(roster.Workstations) != 0 ||
		len(roster.Phones) != 2 {
		t.Fatalf("%+v %v", roster, err)
	}
}
