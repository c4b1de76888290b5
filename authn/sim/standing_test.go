package sim_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/hypr"
)

// Rules: H43. The phone, the lock screen and the status name the side that is
// too old, its version and the minimum.
func TestTheSideThatIsTooOldIsNamedH43(t *testing.T) {
	for _, row := range []struct{ server, client, platform, app, want string }{
		{"3.5", "latest", "android", "latest", "the server has 3.5, and Offline Mode begins with 3.6"},
		{"latest", "2.5.9", "android", "latest", "LAPTOP-7 has 2.5.9, and Offline Mode begins with 2.6"},
		{"latest", "latest", "android", "4.2", "pixel has 4.2, and Offline Mode begins with 4.3"},
		{"latest", "2.5", "ios", "3.6",
			"LAPTOP-7 has 2.5, and Offline Mode begins with 2.6; pixel has 3.6, and Offline Mode begins with 3.7"},
	} {
		s := empty(t)
		s.do(authn.AddUser{Name: "alice"})
		s.do(authn.AddWorkstation{Name: "LAPTOP-7", Family: authn.FamilyHYPR, Version: row.client})
		s.do(authn.RegisterDevice{Name: "pixel", User: "alice", Platform: row.platform, Version: row.app})
		s.do(set("hypr.offline.enabled", "true"))
		s.do(set("hypr.server.version", row.server))
		s.do(hypr.Pair{Phone: "pixel", Workstation: "LAPTOP-7", Passkey: true})
		s.refused(near, "version_too_old", "H49")
		s.do(tap)
		s.do(lock)
		for _, a := range []authn.Action{unlock, long, login(authn.NewSecret("ABCD2345"))} {
			if r := s.refused(a, "version_too_old", "H43"); !strings.HasPrefix(r.Message, row.want) {
				t.Errorf("%s: %s, want %s", a.Verb(), r.Message, row.want)
			}
		}
		if c := s.computer(); c.OfflineMode || c.NoOfflineMode != "version_too_old" || c.Why != row.want {
			t.Errorf("the status says %+v", c)
		}
	}
}

// Rules: H38. The status gives the true reason for a roaming user, who can
// still use a passkey.
func TestARoamingUserIsToldSoH38(t *testing.T) {
	s := empty(t)
	s.do(authn.AddUser{Name: "alice", Roaming: true})
	s.do(authn.AddWorkstation{Name: "LAPTOP-7", Family: authn.FamilyHYPR})
	s.do(authn.RegisterDevice{Name: "pixel", User: "alice"})
	s.do(set("hypr.offline.enabled", "true"))
	s.do(hypr.Pair{Phone: "pixel", Workstation: "LAPTOP-7", Passkey: true})
	s.do(tap)
	s.do(lock)
	if c := s.computer(); c.NoOfflineMode != "roaming_user" {
		t.Fatalf("%+v", c)
	}
	s.do(near)
}

// Rules: H27. The try that locks says so to helpdesk, but not on the lock
// screen.
func TestTheTryThatLocksSaysSoH27(t *testing.T) {
	s := primed(t, authn.Setting{Key: "hypr.directory.lockout", Value: "2"})
	wrong := login(authn.NewSecret("22222222"))
	if r := s.refused(wrong, "wrong_pin", "H24"); r.Fields["locked"] != nil {
		t.Fatalf("%+v", r)
	}
	r := s.refused(wrong, "wrong_pin", "H24")
	if r.Shown != "PIN is incorrect." || r.Fields["locked"] != true || !strings.Contains(r.Message, "wrong PIN 2 of 2") ||
		!strings.Contains(strings.Join(r.Hints, " "), "admin user unlock alice") {
		t.Fatalf("%+v", r)
	}
}

// Rules: H50. A lock-out expires to the second, and only once.
func TestALockOutEndsAfterItsMinutesH50(t *testing.T) {
	s := primed(t, authn.Setting{Key: "hypr.directory.lockout", Value: "1"},
		authn.Setting{Key: "hypr.directory.lockout_minutes", Value: "30"})
	pin, wrong := s.pin(), login(authn.NewSecret("22222222"))
	account := func() authn.AccountView { return s.snap().Workstations[0].Accounts[0] }
	s.refused(wrong, "wrong_pin", "H24")
	if a := account(); a.LockedUntil == nil || !a.LockedUntil.Equal(monday.Add(30*time.Minute)) {
		t.Fatalf("%+v", a)
	}
	s.wait(30*time.Minute - time.Nanosecond)
	if r := s.refused(login(pin), "directory_locked", "H27"); !strings.Contains(r.Message, "until 2026-03-02 08:30:00Z") {
		t.Fatal(r.Message)
	}
	s.saw(s.wait(time.Nanosecond), "directory_unlocked")
	if a := account(); a.LockedOut || a.Failures != 0 || a.LockedUntil != nil {
		t.Fatalf("%+v", a)
	}
	s.do(login(pin))
	s.do(lock)
	s.refused(wrong, "wrong_pin", "H24")
	s.wait(20 * time.Minute)
	s.saw(s.do(authn.UnlockUser{Name: "alice"}), "directory_unlocked")
	s.refused(wrong, "wrong_pin", "H24")
	s.sawNo(s.wait(29*time.Minute), "directory_unlocked") // the timer of the previous lock is stopped
	s.saw(s.wait(time.Minute), "directory_unlocked")
}

// Rules: H51. A refusal of a revoked phone says so, and the hints name the
// phone that replaced it.
func TestARevokedPhoneIsCalledSoH51(t *testing.T) {
	s := primed(t)
	pin := s.pin()
	s.do(authn.ReplaceDevice{Old: "pixel", New: "pixel-2"})
	s.do(authn.ReplaceDevice{Old: "pixel-2", New: "pixel-3"})
	r := s.refused(login(pin), "phone_revoked", "H51")
	if want := []string{"offauth device pair LAPTOP-7 --phone pixel-3",
		"offauth device tap LAPTOP-7 --phone pixel-3"}; !slices.Equal(r.Hints, want) {
		t.Fatalf("%q", r.Hints)
	}
	s.do(hypr.Pair{Phone: "pixel-3", Workstation: "LAPTOP-7"})
	s.do(authn.ReplaceDevice{Old: "pixel-3", New: "pixel-4"})
	if r := s.refused(login(pin), "phone_revoked", "H51"); !strings.HasPrefix(r.Message,
		"phones pixel, pixel-3 were replaced, and their PINs were deleted;") {
		t.Fatal(r.Message)
	}
	s.link(laptop, authn.Down)
	s.refused(hypr.Pair{Phone: "pixel", Workstation: "LAPTOP-7"}, "phone_revoked", "H51") // the server is reachable
	s.link(authn.SiteServer, authn.Down)
	s.refused(hypr.Pair{Phone: "pixel", Workstation: "LAPTOP-7"}, "workstation_unreachable", "H46")
}

// Rules: H1. Once Offline Mode is on again, only an online login is missing:
// the status says when it was off, and no hint enables it again.
func TestOfflineModeThatIsOnAgainWantsALoginAloneH1(t *testing.T) {
	s := primed(t)
	s.do(set("hypr.offline.enabled", "false"))
	s.do(tap)
	s.do(lock)
	both := []string{"offauth admin policy set hypr.offline.enabled=true", "offauth device tap LAPTOP-7"}
	if r := s.refused(unlock, "offline_disabled", "H1"); !slices.Equal(r.Hints, both) {
		t.Errorf("%q", r.Hints)
	}
	s.do(set("hypr.offline.enabled", "true"))
	if r := s.refused(unlock, "offline_disabled", "H1"); !slices.Equal(r.Hints, both[1:]) {
		t.Errorf("%q", r.Hints)
	}
	if why := s.computer().Why; why != "Offline Mode was off at the last online login" {
		t.Error(why)
	}
}
