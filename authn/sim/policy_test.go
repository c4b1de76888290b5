package sim_test

import (
	"testing"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/hypr"
)

const day = 24 * time.Hour

func set(key authn.SettingKey, value string) authn.SetPolicy {
	return authn.SetPolicy{Settings: []authn.Setting{{Key: key, Value: value}}}
}

// Rules: H3, H4, H6, H7, H8, E1, E2, E6, E25, E28, E29, O2, O3, O4, O5, O24, O30, O36, O41, O42, O44.
func TestDefaultsH3H4H6H7H8(t *testing.T) {
	want := map[authn.SettingKey]string{
		"hypr.offline.enabled": "false", "hypr.pins.length": "8", "hypr.pins.count": "25", "hypr.offline.days": "30",
		"hypr.pins.display_timeout": "60s", "hypr.pins.prompt_threshold": "20", "hypr.profile": "classic",
		"hypr.directory.lockout": "0", "hypr.directory.lockout_minutes": "0", "hypr.rp_application": "workstations",
		"hypr.server.version":   "latest",
		"encap.offline.methods": "none", "encap.otp.length": "unset", "encap.offline.session_ttl": "300s",
		"encap.offline.max_failures": "3",
		"encap.offline.lock_scope":   "method", "encap.add.methods": "DEVICE:PIN",
		"onespan.offline.enabled": "false", "onespan.backend.authentication": "none", "onespan.offline.window_days": "21",
		"onespan.offline.event_window": "300",
		"onespan.offline.max_failures": "3", "onespan.offline.notify_days": "3", "onespan.offline.notify_uses": "10",
		"onespan.server_pin.required":   "false",
		"onespan.server_pin.min_length": "4", "onespan.static_password.required": "false",
		"onespan.static_password.offline": "false", "onespan.otp.length": "6",
		"onespan.otp.step": "30s", "onespan.otp.window": "20", "onespan.otp.event_window": "20",
		"onespan.user.lock_threshold": "3", "onespan.messages.specific": "true",
	}
	views := empty(t).snap().Policy
	if len(views) != len(want) {
		t.Fatalf("%d settings, want %d", len(views), len(want))
	}
	for _, v := range views {
		if v.Value != want[v.Key] || v.Default != v.Value {
			t.Errorf("%s is %s (default %s), want %s", v.Key, v.Value, v.Default, want[v.Key])
		}
	}
}

func TestSettingsAreTakenAllOrNone(t *testing.T) {
	s := empty(t)
	s.refused(authn.SetPolicy{Settings: []authn.Setting{{Key: "hypr.pins.count", Value: "50"},
		{Key: "hypr.pins.length", Value: "5"}}}, "out_of_range", "H2")
	for _, v := range s.snap().Policy {
		if v.Key == "hypr.pins.count" && v.Value != "25" {
			t.Fatal("half of a refused change was taken")
		}
	}
	s.do(set("hypr.profile", "current"))
	s.do(set("hypr.offline.days", "90"))
	s.refused(set("hypr.profile", "classic"), "out_of_range", "H5")
	s.fault(set("hypr.pins.colour", "red"), "no_such_setting")
	s.fault(authn.SetPolicy{}, "bad_argument")
}

// Rules: H1.
func TestOfflineModeIsOffUntilEnabledH1(t *testing.T) {
	s := fresh(t, authn.Setting{Key: "hypr.offline.enabled", Value: "false"})
	s.do(hypr.Pair{Phone: "pixel", Workstation: "LAPTOP-7"})
	s.sawNo(s.do(tap), "pins_issued", "pins_stored")
	s.refused(unlock, "offline_disabled", "H1")
	s.link(phone, authn.Down)
	s.refused(tap, "offline_disabled", "H1")
	s.link(phone, authn.Up)
	s.do(lock)
	s.refused(login(authn.NewSecret("22222222")), "offline_disabled", "H1")
	s.do(set("hypr.offline.enabled", "true"))
	s.refused(unlock, "offline_disabled", "H1") // the phone has not heard of the change
	s.saw(s.do(tap), "pins_issued", "pins_stored")
	s.do(unlock)
}
