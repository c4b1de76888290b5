package sim_test

import (
	"testing"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/encap"
)

var (
	onlinePIN  = authn.NewSecret("2580")
	offlinePIN = authn.NewSecret("1357")
	shop       = authn.Provider("shop")
	activate   = encap.Activate{Phone: "pixel", Methods: []encap.Method{encap.Device, encap.DevicePIN}, PIN: onlinePIN}
	auth       = encap.Auth{Phone: "pixel", Method: encap.DevicePIN, PIN: onlinePIN}
	challenge  = encap.Challenge{Provider: "shop", Phone: "pixel", Method: encap.OfflinePIN, Content: payment}
)

const payment = "Pay 120 EUR to Fjord AS"

func add(method encap.Method, pin authn.Secret) encap.AddMethod {
	return encap.AddMethod{Phone: "pixel", Methods: []encap.Method{method}, PIN: pin}
}

func setting(key authn.SettingKey, value string) authn.Setting {
	return authn.Setting{Key: key, Value: value}
}

// bare returns a world with a phone and a shop, and every offline method
// allowed.
func bare(t testing.TB, settings ...authn.Setting) *stage {
	t.Helper()
	s := empty(t)
	s.do(authn.AddUser{Name: "alice"})
	s.do(authn.RegisterDevice{Name: "pixel", User: "alice"})
	s.do(authn.AddProvider{Name: "shop"})
	s.do(authn.SetPolicy{Settings: append([]authn.Setting{
		setting("encap.offline.methods", "OFFLINE,OFFLINE:PIN,OFFLINE:ANDROID_FINGERPRINT,OFFLINE:IOS_FACE_ID"),
		setting("encap.otp.length", "6"),
	}, settings...)})
	return s
}

// ready returns bare with the methods of the fixture encap-ready, and OFFLINE.
func ready(t testing.TB, settings ...authn.Setting) *stage {
	t.Helper()
	s := bare(t, settings...)
	s.do(activate)
	s.add(encap.OfflinePIN, offlinePIN)
	s.add(encap.Offline, authn.Secret{})
	return s
}

// add authenticates and adds.
func (s *stage) add(method encap.Method, pin authn.Secret) encap.AddResult {
	s.t.Helper()
	s.do(auth)
	return s.do(add(method, pin)).Result.(encap.AddResult)
}

// ask starts a session.
func (s *stage) ask(c encap.Challenge) encap.ChallengeResult {
	s.t.Helper()
	return s.do(c).Result.(encap.ChallengeResult)
}

// scan opens an operation, with the phone's network cut.
func (s *stage) scan(data string) encap.ScanResult {
	s.t.Helper()
	s.link(phone, authn.Down)
	return s.do(encap.Scan{Phone: "pixel", Data: data}).Result.(encap.ScanResult)
}

// code scans and approves without a network, and returns the code.
func (s *stage) code(c encap.ChallengeResult, pin authn.Secret) authn.Secret {
	s.t.Helper()
	s.scan(c.Data)
	a := encap.Approve{Phone: "pixel", Method: c.Method, PIN: pin, Biometric: encap.BiometricOK}
	r := s.do(a).Result.(encap.ApproveResult)
	s.link(phone, authn.Up)
	return r.Code
}

func verify(c encap.ChallengeResult, code authn.Secret) encap.Verify {
	return encap.Verify{Provider: c.Provider, Session: c.Session, Code: code}
}

// wrong returns a code that differs from the right one.
func wrong(code authn.Secret) authn.Secret {
	text := []byte(code.Reveal())
	text[0] = '0' + (text[0]-'0'+1)%10
	return authn.NewSecret(string(text))
}

// Rules: E1, E2, E3, E4, E5, E9, E19, E20, E21, E30, A2.
func TestAQRCodeBecomesACodeThatIsTakenOnce(t *testing.T) {
	for _, digits := range []string{"4", "6", "9"} {
		s := ready(t, setting("encap.otp.length", digits))
		c := s.ask(challenge)
		s.link(authn.SiteServer, authn.Down)
		got := s.scan(c.Data)
		if got.Content != payment || got.Method != encap.OfflinePIN || got.Provider != "shop" || got.MIME != "text/plain" ||
			got.Session != c.Session {
			t.Fatalf("%+v", got)
		}
		view := s.snap().Phones[0].Encap.Operation
		if view == nil || view.Content != payment || !view.Until.Equal(monday.Add(5*time.Minute)) {
			t.Fatalf("the phone shows %+v", view)
		}
		out := s.do(encap.Approve{Phone: "pixel", Method: encap.OfflinePIN, PIN: offlinePIN})
		s.saw(out, "code_given")
		code := out.Result.(encap.ApproveResult).Code
		if code.Len() != int(digits[0]-'0') || s.snap().Phones[0].Encap.Operation != nil {
			t.Fatalf("%d digits, want %s", code.Len(), digits)
		}
		for _, d := range s.snap().Deadlines {
			if d.Kind == "encap.operation" {
				t.Fatalf("a timer is left: %+v", d)
			}
		}
		s.link(authn.SiteServer, authn.Up)
		typed := authn.NewSecret(" " + code.Reveal()[:2] + "-" + code.Reveal()[2:])
		s.saw(s.do(encap.Verify{Provider: "shop", Code: typed}), "session_approved")
		s.refused(verify(c, code), "session_closed", "E30")
		s.refused(verify(c, wrong(code)), "session_closed", "E30")
	}
}

// Rules: A8. Expired sessions stay expired on both sides, and an open operation
// is closed.
func TestAClockSetBackRevivesNoSession(t *testing.T) {
	s := ready(t)
	c := s.ask(challenge)
	code := s.code(c, offlinePIN)
	s.scan(c.Data)
	s.saw(s.wait(5*time.Minute), "session_expired", "operation_closed")
	s.do(authn.BackClock{By: 4 * time.Minute})
	s.refused(encap.Scan{Phone: "pixel", Data: c.Data}, "session_expired", "E29")
	s.refused(verify(c, code), "session_expired", "E29")
	s.link(phone, authn.Up)
	s.do(auth)
	s.wait(5 * time.Minute)
	s.do(authn.BackClock{By: 4 * time.Minute})
	s.refused(add(encap.Offline, authn.Secret{}), "online_auth_required", "E5") // A8
	s.scan(s.ask2().Data)
	out := s.do(authn.BackClock{By: time.Second})
	s.saw(out, "operation_closed")
	s.refused(encap.Approve{Phone: "pixel", Method: encap.OfflinePIN, PIN: offlinePIN}, "wrong_state", "E15")
}

// ask2 starts a session with the phone's network up.
func (s *stage) ask2() encap.ChallengeResult {
	s.t.Helper()
	s.link(phone, authn.Up)
	return s.ask(challenge)
}

// Rules: E11, E18.
func TestOnlyWhatTheServerSignedForThisRegistrationIsScanned(t *testing.T) {
	s := ready(t)
	c := s.ask(challenge)
	for _, bad := range []string{"", "!", c.Data + "!", c.Data[:len(c.Data)-1], "OFFAUTH2:" + c.Data[9:], c.Data[9:],
		c.Data[:40] + "A" + c.Data[41:] + "A"} {
		r := s.refused(encap.Scan{Phone: "pixel", Data: bad}, "invalid_input", "E11")
		if r.Native != "105 clientErrorInvalidInputFormat" {
			t.Fatalf("native %q", r.Native)
		}
	}
	for i := range len(c.Data) {
		changed := []byte(c.Data)
		changed[i] = "AB"[min(1, max(0, int('B')-int(changed[i])))]
		if string(changed) == c.Data {
			continue
		}
		s.refused(encap.Scan{Phone: "pixel", Data: string(changed)}, "invalid_input", "E11")
	}
	other := ready(t) // the same streams give the same world
	if d := other.ask(challenge); d.Data != c.Data {
		t.Fatal("the same actions, other data")
	}
	s.do(authn.RegisterDevice{Name: "tablet", User: "alice"})
	s.do(encap.Activate{Phone: "tablet", Methods: []encap.Method{encap.Device}})
	s.refused(encap.Scan{Phone: "tablet", Data: c.Data}, "invalid_input", "E18")
	s.do(activate) // a new registration, to which the old data is strange
	s.refused(encap.Scan{Phone: "pixel", Data: c.Data}, "invalid_input", "E18")
	s.refused(challenge, "method_not_activated", "E18")
}

// Rules: E13, E14, E15, E16, E17, E18.
func TestStartAndFinishInTheirOrder(t *testing.T) {
	s := bare(t)
	approve := encap.Approve{Phone: "pixel", Method: encap.OfflinePIN, PIN: offlinePIN}
	scan := encap.Scan{Phone: "pixel", Data: "OFFAUTH1:"}
	s.refused(scan, "not_activated", "E16")
	s.refused(auth, "not_activated", "E16")
	s.refused(add(encap.Offline, authn.Secret{}), "not_activated", "E16")
	s.refused(challenge, "not_activated", "E16")
	if r := s.refused(approve, "wrong_state", "E15"); r.Native != "110 clientErrorWrongState" {
		t.Fatalf("native %q", r.Native)
	}
	s = ready(t)
	c := s.ask(challenge)
	s.scan(c.Data)
	scan.Data = c.Data
	s.refused(scan, "operation_in_progress", "E17")
	s.refused(auth, "operation_in_progress", "E17")
	s.refused(activate, "operation_in_progress", "E17")
	s.refused(add(encap.Offline, authn.Secret{}), "operation_in_progress", "E17")
	if r := s.refused(encap.Approve{Phone: "pixel", Method: encap.Offline}, "wrong_method",
		"E14"); r.Native != "127 clientErrorInvalidAuthParameters" {
		t.Fatalf("native %q", r.Native)
	}
	s.fault(encap.Approve{Phone: "pixel", Method: encap.OfflinePIN}, "bad_argument")
	s.do(encap.Approve{Phone: "pixel", Method: "offlinePin", PIN: offlinePIN})
	s.refused(approve, "wrong_state", "E15")
	s.do(scan)
	out := s.do(authn.Cancel{Phone: "pixel"})
	s.saw(out, "operation_closed")
	if !out.Result.(authn.CancelResult).Cancelled {
		t.Fatal("not cancelled")
	}
	s.do(scan)
	s.saw(s.wait(5*time.Minute), "operation_closed")
	s.refused(approve, "wrong_state", "E15")
	s.refused(encap.Auth{Phone: "pixel", Method: encap.Offline}, "wrong_method", "E5")
}
