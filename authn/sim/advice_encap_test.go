package sim_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/encap"
)

// Rules: E26, E35. The wrong try that locks says so and names the command that
// helps.
func TestTheTryThatLocksSaysSo(t *testing.T) {
	for scope, what := range map[string]string{"method": "OFFLINE:PIN", "device": "every method"} {
		s := ready(t, setting("encap.offline.lock_scope", scope))
		c := s.ask(challenge)
		right := s.code(c, offlinePIN)
		for n := range 3 {
			_, err := s.apply(verify(c, wrong(right)))
			r, _ := authn.AsRefusal(err)
			if r == nil || r.Code != "wrong_code" {
				t.Fatal(err)
			}
			if locks := strings.HasSuffix(r.Message,
				"; 3 wrong tries in a row have locked "+what+" on pixel (E26)"); locks != (n == 2) {
				t.Errorf("%s, try %d: %q", scope, n+1, r.Message)
			}
			if helps := r.Hints[0] == "offauth admin user unlock alice"; helps != (n == 2) {
				t.Errorf("%s, try %d: hints %q", scope, n+1, r.Hints)
			}
		}
		r := s.refused(verify(c, right), authn.Code(scope+"_locked"), "E27")
		if !slices.Equal(r.Hints, []string{"offauth admin user unlock alice"}) {
			t.Errorf("%s: hints %q", scope, r.Hints)
		}
		locks := s.snap().Users[0].Locks
		if l := locks[0]; !l.Locked || l.Failures != 3 || !l.Since.Equal(s.snap().Now) {
			t.Errorf("%s: %+v", scope, locks)
		}
	}
}

// Rules: E1, E5, E6, E16, E18. Every hint is possible in this world: the policy
// allows it, and the phone has the method.
func TestHintsAreWhatThisPolicyAndThisPhoneLeavePossible(t *testing.T) {
	s := bare(t, setting("encap.offline.methods", "OFFLINE:ANDROID_FINGERPRINT"))
	s.do(encap.Activate{Phone: "pixel", Methods: []encap.Method{encap.Device}})
	hints := func(a authn.Action, code authn.Code, rule authn.RuleID, want ...string) {
		t.Helper()
		if r := s.refused(a, code, rule); !slices.Equal(r.Hints, want) {
			t.Errorf("%s, %s: hints %q, want %q", a.Verb(), code, r.Hints, want)
		}
	}
	offline := add(encap.Offline, authn.Secret{})
	hints(offline, "method_not_allowed", "E1",
		"offauth admin policy set encap.offline.methods=OFFLINE:ANDROID_FINGERPRINT,OFFLINE")
	s.do(set("encap.offline.methods", "OFFLINE"))
	hints(auth, "method_not_activated", "E18", "offauth device activate --methods DEVICE,DEVICE:PIN")
	byDevice := []string{"offauth admin policy set encap.add.methods=DEVICE:PIN,DEVICE",
		"offauth device auth --method DEVICE", "offauth device method add OFFLINE"}
	hints(offline, "online_auth_required", "E5", byDevice...)
	s.do(encap.Auth{Phone: "pixel", Method: encap.Device})
	hints(offline, "online_auth_required", "E6", byDevice...)
	hints(encap.Challenge{Provider: "shop", Phone: "pixel", Method: encap.Offline}, "method_not_activated", "E18",
		byDevice...)
	s.do(activate)
	hints(offline, "online_auth_required", "E5", "offauth device auth --method DEVICE:PIN",
		"offauth device method add OFFLINE")
}

// Rules: E16. The refusal of a replaced phone says so, and its hint is not the
// command that was refused.
func TestAReplacedPhoneNamesTheOneThatTookItsPlace(t *testing.T) {
	s := ready(t)
	s.do(authn.ReplaceDevice{Old: "pixel", New: "pixel-2"})
	r := s.refused(activate, "not_activated", "E16")
	if !strings.HasSuffix(r.Message, "; it was replaced by pixel-2") ||
		!slices.Equal(r.Hints, []string{"offauth device activate --phone pixel-2"}) {
		t.Errorf("%q, hints %q", r.Message, r.Hints)
	}
	again := activate
	again.Phone = "pixel-2"
	s.do(again)
	if r := s.refused(activate, "not_activated", "E16"); !slices.Equal(r.Hints,
		[]string{"offauth device status --phone pixel-2"}) {
		t.Errorf("hints %q", r.Hints)
	}
}

// Rules: E16 E30. A session that ended with its phone says so and names the
// phone in use, even after two replacements.
func TestASessionOfAReplacedPhoneNamesTheOneInItsPlace(t *testing.T) {
	s := ready(t)
	asked := s.ask(encap.Challenge{Provider: "shop", Phone: "pixel", Method: encap.Offline})
	code := s.code(asked, authn.Secret{})
	s.do(authn.ReplaceDevice{Old: "pixel", New: "pixel-2"})
	s.do(authn.ReplaceDevice{Old: "pixel-2", New: "pixel-3"})
	r := s.refused(verify(asked, code), "session_closed", "E30")
	want := []string{"offauth device activate --phone pixel-3",
		"offauth provider challenge shop --method OFFLINE --phone pixel-3"}
	if !strings.HasSuffix(r.Message, "; phone pixel was replaced by pixel-2") || !slices.Equal(r.Hints, want) {
		t.Errorf("%q, hints %q", r.Message, r.Hints)
	}
}

// Rules: E19 O12 O51. A refusal for a missing answer names the link that is
// down.
func TestNoAnswerNamesTheLineThatIsCut(t *testing.T) {
	s := ready(t)
	for _, site := range []authn.Site{authn.Phone("pixel"), authn.SiteServer} {
		s.link(site, authn.Down)
		r := s.refused(activate, "server_unreachable", "E19")
		if want := []string{"offauth link set " + string(site) + " up"}; !slices.Equal(r.Hints, want) {
			t.Errorf("%q, want %q", r.Hints, want)
		}
		s.link(site, authn.Up)
	}
}
