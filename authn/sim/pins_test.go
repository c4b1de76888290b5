package sim_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/hypr"
)

const day = 24 * time.Hour

func set(key authn.SettingKey, value string) authn.SetPolicy {
	return authn.SetPolicy{Settings: []authn.Setting{{Key: key, Value: value}}}
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
	s.refused(unlock, "offline_disabled", "H1") // the phone has not heard of it
	s.saw(s.do(tap), "pins_issued", "pins_stored")
	s.do(unlock)
}

// Rules: H3, H4, H6, H7, H8, E1, E2, E6, E25, E28, E29, O2, O3, O4, O5, O24, O30, O36, O41, O42, O44.
func TestDefaultsH3H4H6H7H8(t *testing.T) {
	want := map[authn.SettingKey]string{
		"hypr.offline.enabled": "false", "hypr.pins.length": "8", "hypr.pins.count": "25", "hypr.offline.days": "30",
		"hypr.pins.display_timeout": "60s", "hypr.pins.prompt_threshold": "20", "hypr.profile": "classic", "hypr.directory.lockout": "0", "hypr.directory.lockout_minutes": "0", "hypr.rp_application": "workstations", "hypr.server.version": "latest",
		"encap.offline.methods": "none", "encap.otp.length": "unset", "encap.offline.session_ttl": "300s", "encap.offline.max_failures": "3",
		"encap.offline.lock_scope": "method", "encap.add.methods": "DEVICE:PIN",
		"onespan.offline.enabled": "false", "onespan.backend.authentication": "none", "onespan.offline.window_days": "21", "onespan.offline.event_window": "300",
		"onespan.offline.max_failures": "3", "onespan.offline.notify_days": "3", "onespan.offline.notify_uses": "10", "onespan.server_pin.required": "false",
		"onespan.server_pin.min_length": "4", "onespan.static_password.required": "false", "onespan.static_password.offline": "false", "onespan.otp.length": "6",
		"onespan.otp.step": "30s", "onespan.otp.window": "20", "onespan.otp.event_window": "20", "onespan.user.lock_threshold": "3", "onespan.messages.specific": "true",
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
	s.refused(authn.SetPolicy{Settings: []authn.Setting{{Key: "hypr.pins.count", Value: "50"}, {Key: "hypr.pins.length", Value: "5"}}}, "out_of_range", "H2")
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

// Rules: H10.
func TestIssuedPINsKeepTheirOldSettingsH10(t *testing.T) {
	s := primed(t)
	s.do(authn.SetPolicy{Settings: []authn.Setting{
		{Key: "hypr.pins.length", Value: "6"}, {Key: "hypr.offline.days", Value: "7"}, {Key: "hypr.pins.display_timeout", Value: "10s"},
	}})
	r := s.do(unlock).Result.(hypr.UnlockResult)
	if r.PIN.Len() != 8 || r.HiddenAt.Sub(r.ShownAt) != 60*time.Second || r.ExpiresAt.Sub(monday) != 30*day {
		t.Fatalf("an issued PIN took new settings: %+v", r)
	}
	s.do(tap)
	r = s.do(unlock).Result.(hypr.UnlockResult)
	if r.PIN.Len() != 6 || r.HiddenAt.Sub(r.ShownAt) != 10*time.Second || r.ExpiresAt.Sub(monday) != 7*day {
		t.Fatalf("a new set has the old settings: %+v", r)
	}
}

// Rules: H13.
func TestPINsComeFromTheAlphabetUniqueWithinASetH13(t *testing.T) {
	s := primed(t, authn.Setting{Key: "hypr.pins.count", Value: "100"}, authn.Setting{Key: "hypr.pins.length", Value: "6"})
	form := regexp.MustCompile(`^[2-9A-HJKMNP-Z]{6}$`)
	seen := map[string]bool{}
	for range 100 {
		pin := s.pin().Reveal()
		if !form.MatchString(pin) || seen[pin] {
			t.Fatalf("PIN %d of a set is malformed or not the first of its kind", len(seen))
		}
		seen[pin] = true
	}
	if len(hypr.Alphabet) != 31 || strings.ContainsAny(hypr.Alphabet, "01ILO") {
		t.Fatal("the alphabet is not H13's")
	}
}

// Rules: H14.
func TestPINEntryIgnoresCaseBlanksAndHyphensH14(t *testing.T) {
	s := primed(t)
	pin := s.pin().Reveal()
	s.do(login(authn.NewSecret(" " + strings.ToLower(pin[:4]) + "- " + pin[4:] + "\t")))
}

// Rules: H18.
func TestADisplayedPINIsHiddenByTimeH18(t *testing.T) {
	s := primed(t)
	s.do(unlock)
	s.wait(59*time.Second + 999*time.Millisecond)
	if s.computer().Shown == nil {
		t.Fatal("hidden before the display timeout")
	}
	s.saw(s.wait(time.Millisecond), "pin_hidden")
	if s.computer().Shown != nil {
		t.Fatal("visible after the display timeout")
	}
}

// Rules: H18.
func TestADisplayedPINIsHiddenByANewSetH18(t *testing.T) {
	s := primed(t)
	s.do(unlock)
	s.saw(s.do(tap), "pin_hidden", "pins_stored")
	if s.computer().Shown != nil {
		t.Fatal("visible after the phone took a new set")
	}
}

// Rules: H18.
func TestADisplayedPINIsHiddenByExpiryH18(t *testing.T) {
	s := primed(t)
	s.wait(30*day - 10*time.Second)
	r := s.do(unlock).Result.(hypr.UnlockResult)
	if !r.HiddenAt.Equal(r.ExpiresAt) {
		t.Fatalf("it says that it is visible until %s, past its expiry %s", r.HiddenAt, r.ExpiresAt)
	}
	s.saw(s.wait(10*time.Second), "pin_hidden", "pins_expired")
}

// Rules: H19.
func TestAskingAgainShowsTheSamePINH19(t *testing.T) {
	s := primed(t)
	first := s.do(unlock).Result.(hypr.UnlockResult)
	again := s.do(unlock).Result.(hypr.UnlockResult)
	if !again.Same || !again.PIN.Equal(first.PIN) || again.Left != first.Left || !again.HiddenAt.Equal(first.HiddenAt) {
		t.Fatalf("asking again: %+v, first: %+v", again, first)
	}
	s.saw(s.do(hide), "pin_hidden")
	next := s.do(unlock).Result.(hypr.UnlockResult)
	if next.Same || next.PIN.Equal(first.PIN) || next.Left != first.Left-1 {
		t.Fatal("after hide the next PIN is given")
	}
}

// Rules: H20, H21.
func TestDisplaySpendsOnThePhoneAndNotOnTheWorkstationH20H21(t *testing.T) {
	s := primed(t)
	var pins []authn.Secret
	for range 4 {
		pins = append(pins, s.pin())
	}
	snap := s.snap()
	if left := snap.Phones[0].Computers[0].Set.Left; left != 6 {
		t.Fatalf("the phone has %d left, want 6", left)
	}
	if unused := snap.Workstations[0].Accounts[0].Sets[0].Left; unused != 10 {
		t.Fatalf("the workstation has %d unused, want 10", unused)
	}
	s.wait(29 * day)                      // H21: until used, expired or replaced
	for _, i := range []int{2, 0, 3, 1} { // H22: in any order
		s.do(login(pins[i]))
		s.do(lock)
	}
}

// Rules: H24, H25.
func TestAWrongPINLocksAndSpendsNothingH24H25(t *testing.T) {
	s := primed(t)
	pin := s.pin()
	before := s.snap()
	r := s.refused(login(authn.NewSecret("######")), "wrong_pin", "H24") // H44: outside the alphabet, yet only wrong
	s.refused(login(authn.NewSecret("2")), "wrong_pin", "H24")
	if r.Shown != "PIN is incorrect." || !s.locked() {
		t.Fatal("the error or the lock is missing")
	}
	after := s.snap()
	if before.Phones[0].Computers[0].Set.Left != after.Phones[0].Computers[0].Set.Left ||
		before.Workstations[0].Accounts[0].Sets[0].Left != after.Workstations[0].Accounts[0].Sets[0].Left {
		t.Fatal("a wrong PIN spent one")
	}
	if n := after.Workstations[0].Accounts[0].Failures; n != 2 {
		t.Fatalf("%d failures counted, want 2 (A6)", n)
	}
	s.do(login(pin))
	if n := s.snap().Workstations[0].Accounts[0].Failures; n != 0 {
		t.Fatalf("%d failures after a login, want 0", n)
	}
}

// Rules: H28, H29, H30, H31.
func TestWarningsBelowTheThresholdThenExhaustionThenReplenishmentH28H29H30H31(t *testing.T) {
	s := primed(t) // 10 PINs, 20 %
	for range 8 {
		s.do(hide)
		s.sawNo(s.do(unlock), "pins_low", "pins_exhausted") // 9 to 2 left: 2 x 100 is not below 20 x 10
	}
	s.do(hide)
	out := s.do(unlock)
	s.saw(out, "pins_low")
	if r := out.Result.(hypr.UnlockResult); !r.Low || r.Left != 1 {
		t.Fatalf("at one left: %+v", r)
	}
	s.do(hide)
	out = s.do(unlock)
	s.saw(out, "pins_exhausted")
	s.sawNo(out, "pins_low")
	s.do(hide)
	s.refused(unlock, "no_pins_left", "H30")
	s.wait(29 * day)
	s.refused(unlock, "no_pins_left", "H30")
	s.saw(s.do(tap), "pins_issued", "pins_stored")
	c := s.computer()
	if c.Set.Left != 10 || c.Set.ExpiresAt.Sub(monday) != 59*day {
		t.Fatalf("not replenished: %+v", c.Set)
	}
}

// Rules: H8, H29.
func TestTheThresholdZeroNeverWarnsH8H29(t *testing.T) {
	s := primed(t, authn.Setting{Key: "hypr.pins.prompt_threshold", Value: "0"})
	for range 9 {
		s.do(hide)
		s.sawNo(s.do(unlock), "pins_low")
	}
}

// Rules: H32.
func TestANewSetKillsEveryOlderPINH32(t *testing.T) {
	s := primed(t)
	shown, typed := s.pin(), s.pin()
	s.do(login(typed))
	s.saw(s.do(tap), "pins_issued", "pins_confirmed", "pins_deleted")
	s.do(lock)
	s.refused(login(shown), "wrong_pin", "H24")
	s.refused(login(typed), "wrong_pin", "H24") // H44: told from wrong only until its set is replaced
}

// Rules: H33, H34, H35.
func TestASetExpiresAtItsInstantOnBothSidesH33H34H35(t *testing.T) {
	s := primed(t)
	early, late, unshown := s.pin(), s.pin(), authn.NewSecret("22222222")
	s.wait(30*day - time.Millisecond)
	s.do(login(early))
	s.do(lock)
	s.saw(s.wait(time.Millisecond), "pins_expired", "pins_expired")
	r := s.refused(login(late), "pin_expired", "H33")
	if r.Shown != "PIN is expired." {
		t.Fatalf("the lock screen shows %q", r.Shown)
	}
	s.refused(login(early), "pin_expired", "H33") // used or not (H44)
	s.refused(login(unshown), "wrong_pin", "H24") // an expired set is never "none left"
	s.refused(unlock, "pin_expired", "H33")
	s.do(tap)
	s.do(lock)
	s.do(login(s.pin()))
}

// Rules: H34.
func TestAnyPINWhenNoneIsLeftIsExpiredH34(t *testing.T) {
	s := primed(t)
	var last authn.Secret
	for range 10 {
		last = s.pin()
		s.do(login(last))
		s.do(lock)
	}
	s.refused(login(last), "pin_expired", "H34")
	s.refused(login(authn.NewSecret("22222222")), "pin_expired", "H34")
	s.wait(31 * day)
	s.refused(login(last), "pin_expired", "H33")
	s.refused(login(authn.NewSecret("22222222")), "wrong_pin", "H24")
}

// Rules: H42.
func TestSwitchingOffDeletesAtTheNextOnlineLoginH42(t *testing.T) {
	s := primed(t)
	kept := s.pin()
	s.do(set("hypr.offline.enabled", "false"))
	s.do(login(kept)) // not before
	s.do(hide)
	s.do(unlock)
	out := s.do(tap)
	s.saw(out, "pins_deleted", "pin_hidden", "pins_deleted")
	s.do(lock)
	s.refused(unlock, "offline_disabled", "H1")
	s.refused(login(kept), "offline_disabled", "H42")
}
