package sim_test

import (
	"slices"
	"testing"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/encap"
	"github.com/offauth/offauth/authn/sim"
)

// Rules: E34. Five consecutive failures lock biometrics until the passcode is
// entered.
func TestFiveBiometricFailuresLockBiometrics(t *testing.T) {
	s := ready(t)
	s.do(auth)
	s.refused(encap.AddMethod{Phone: "pixel", Methods: []encap.Method{encap.OfflineAndroidFingerprint}, Biometric: "fail"},
		"biometric_failed", "E34")
	s.do(add("offlineFingerprint", authn.Secret{}))
	s.do(auth)
	s.fault(add(encap.OfflineIOSFaceID, authn.Secret{}), "bad_argument")
	c := challenge
	c.Method = encap.OfflineAndroidFingerprint
	d := s.ask(c)
	s.scan(d.Data)
	fail := encap.Approve{Phone: "pixel", Method: d.Method, Biometric: encap.BiometricFail}
	ok := encap.Approve{Phone: "pixel", Method: d.Method, Biometric: encap.BiometricOK}
	s.fault(encap.Approve{Phone: "pixel", Method: d.Method}, "bad_argument")
	for range 4 {
		s.refused(fail, "biometric_failed", "E34")
	}
	s.do(ok) // a success resets the count
	s.do(encap.Scan{Phone: "pixel", Data: d.Data})
	for range 4 {
		s.refused(fail, "biometric_failed", "E34")
	}
	if s.snap().Phones[0].Encap.BiometricsLocked {
		t.Fatal("locked after four")
	}
	out, _ := s.apply(fail)
	s.saw(out, "biometrics_locked")
	s.refused(ok, "biometrics_locked", "E34")
	if v := s.snap().Phones[0].Encap; !v.BiometricsLocked || v.BiometricFailures != 5 || v.Operation == nil {
		t.Fatalf("%+v", v)
	}
	if r := s.do(encap.Passcode{Phone: "pixel"}).Result.(encap.PasscodeResult); !r.Unlocked {
		t.Fatalf("%+v", r)
	}
	s.do(ok)
	s.link(phone, authn.Up)
	for range 5 {
		_, _ = s.apply(encap.AddMethod{Phone: "pixel", Methods: []encap.Method{d.Method}, Biometric: "fail"})
	}
	s.refused(add(d.Method, authn.Secret{}), "biometrics_locked", "E34")
}

// Rules: A6, E25, E26, E27, E28, E35.
func TestTheThirdFailureInARowLocks(t *testing.T) {
	for _, scope := range []string{encap.ScopeMethod, encap.ScopeDevice} {
		s := ready(t, setting("encap.offline.lock_scope", scope))
		c := s.ask(challenge)
		right := s.code(c, offlinePIN)
		s.refused(verify(c, wrong(right)), "wrong_code", "E24")
		s.refused(verify(c, wrong(right)), "wrong_code", "E31")
		s.do(verify(c, right)) // a success resets the count
		c = s.ask(challenge)
		right = s.code(c, offlinePIN)
		s.refused(verify(c, wrong(right)), "wrong_code", "E24")
		c = s.ask(challenge) // counted across sessions
		right = s.code(c, offlinePIN)
		s.refused(verify(c, wrong(right)), "wrong_code", "E24")
		s.world = sim.Open(s.cfg) // and across processes
		out, err := s.apply(verify(c, wrong(right)))
		kind := authn.Kind(scope + "_locked")
		if r, _ := authn.AsRefusal(err); r == nil || r.Code != "wrong_code" || r.Rule != "E31" {
			t.Fatalf("the third: %v", err)
		}
		s.saw(out, "failure_counted", kind)
		for _, e := range out.Events {
			if e.Kind == kind && (e.Rule != "E26" || e.Fields["failures"] != int64(3)) {
				t.Fatalf("%+v", e)
			}
		}
		s.refused(verify(c, right), authn.Code(scope+"_locked"), "E27")
		online := encap.Auth{Phone: "pixel", Method: encap.Device}
		if scope == encap.ScopeMethod {
			s.do(online)
			s.add(encap.OfflinePIN, offlinePIN) // a new PIN does not end a lock
			s.refused(verify(c, right), "method_locked", "E27")
		} else {
			s.refused(online, "device_locked", "E27")
		}
		locks := s.snap().Users[0].Locks
		if !slices.ContainsFunc(locks,
			func(l authn.LockView) bool { return l.Locked && (l.Method == "") == (scope == encap.ScopeDevice) }) {
			t.Fatalf("%+v", locks)
		}
		s.do(activate) // nor does a new registration
		if scope == encap.ScopeDevice {
			s.refused(auth, "device_locked", "E27")
		}
		s.saw(s.do(authn.UnlockUser{Name: "alice"}), "locks_cleared")
		s.do(auth)
		s.do(authn.UnlockUser{Name: "alice"})
	}
}

// Rules: E16, E35. A lost phone authenticates nowhere.
func TestALostPhoneIsRevoked(t *testing.T) {
	s := ready(t)
	c := s.ask(challenge)
	code := s.code(c, offlinePIN)
	s.saw(s.do(authn.ReplaceDevice{Old: "pixel", New: "pixel-2"}), "session_closed", "registration_dropped")
	s.refused(verify(c, code), "session_closed", "E30")
	s.refused(auth, "not_activated", "E16")
	s.refused(add(encap.Offline, authn.Secret{}), "not_activated", "E16")
	s.refused(activate, "not_activated", "E16")
	s.refused(encap.Challenge{Provider: "shop", User: "alice", Method: encap.Offline}, "not_activated", "E16")
}
