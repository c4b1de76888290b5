package compose_test

import (
	"strings"
	"testing"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/encap"
	"github.com/offauth/offauth/authn/hypr"
	"github.com/offauth/offauth/scenarios/compose"
	"github.com/offauth/offauth/scenarios/story"
	"github.com/offauth/offauth/scenarios/syntax"
)

var (
	tap    = hypr.Tap{Phone: "pixel", Workstation: "LAPTOP-7"}
	unlock = hypr.Unlock{Phone: "pixel", Workstation: "LAPTOP-7"}
	lock   = authn.Lock{Workstation: "LAPTOP-7"}
)

func login(pin authn.Secret) hypr.Login {
	return hypr.Login{Workstation: "LAPTOP-7", User: "alice", PIN: pin}
}

func pinOf(out authn.Outcome) authn.Secret { return out.Result.(hypr.UnlockResult).PIN }

// TestASessionBecomesAStory checks that PINs become references, wrong PINs a text
// that is always wrong, passed time a wait, and a pending tap an await.
func TestASessionBecomesAStory(t *testing.T) {
	t.Parallel()
	s := office(t, 1)
	s.do(hypr.Pair{Phone: "pixel", Workstation: "LAPTOP-7"})
	s.do(tap)
	s.do(lock)
	s.pass(37*time.Second + 400*time.Millisecond)
	pin := pinOf(s.do(unlock))
	s.do(login(authn.NewSecret("22222222")))
	s.do(login(authn.NewSecret(strings.ToLower(pin.Reveal()[:4]) + " - " + pin.Reveal()[4:])))
	s.do(lock)
	s.do(login(pin))
	s.do(authn.AdvanceClock{By: 90 * time.Second})
	s.do(authn.SetLink{Site: authn.Workstation("LAPTOP-7"), State: authn.Down})
	s.do(tap)
	s.pass(5300 * time.Millisecond)
	s.do(authn.SetLink{Site: authn.Bluetooth("pixel", "LAPTOP-7"), State: authn.Down})
	s.do(authn.SetFault{Kind: authn.Drop, Message: "pin_set", Nth: 2})
	s.do(authn.SkewClock{Site: authn.Phone("pixel"), By: -7 * time.Minute})
	s.do(authn.SetPolicy{Settings: []authn.Setting{setting("hypr.pins.length", "6"), setting("hypr.offline.days", "14")}})
	s.do(authn.SetClock{To: monday.Add(24 * time.Hour)})
	s.do(authn.BackClock{By: time.Hour})
	s.do(hypr.Tap{Phone: "pixel", Workstation: "LAPTOP-7", Long: true})
	s.do(authn.RegisterDevice{Name: "tablet", User: "alice", Platform: "ios"})
	s.do(hypr.Unlock{Phone: "tablet", Workstation: "LAPTOP-7"})
	s.do(authn.SetLink{Site: authn.SiteServer, State: authn.Down})
	s.do(tap)
	text := golden(t, "hypr.yaml", s.scene())
	if strings.Contains(text, pin.Reveal()) {
		t.Error("the file holds a PIN")
	}
}

// TestATransactionBecomesAStory checks that verification data, sessions and codes
// become references, and PINs that a person chose variables, one for each PIN.
func TestATransactionBecomesAStory(t *testing.T) {
	t.Parallel()
	s := newStage(t, 2)
	for _, a := range []authn.Action{authn.AddUser{Name: "alice"}, authn.RegisterDevice{Name: "pixel", User: "alice"},
		authn.AddProvider{Name: "bank"}} {
		s.do(a)
	}
	s.moves = nil
	s.do(authn.SetPolicy{Settings: []authn.Setting{setting("encap.offline.methods", "OFFLINE, OFFLINE:PIN"),
		setting("encap.otp.length", "6")}})
	online, offline := authn.NewSecret("2581"), authn.NewSecret("97531")
	s.do(encap.Activate{Phone: "pixel", Methods: []encap.Method{encap.Device, encap.DevicePIN}, PIN: online})
	s.do(encap.Auth{Phone: "pixel", Method: encap.DevicePIN, PIN: authn.NewSecret("9999")})
	s.do(encap.Auth{Phone: "pixel", Method: encap.DevicePIN, PIN: online})
	s.do(encap.AddMethod{Phone: "pixel", Methods: []encap.Method{encap.OfflinePIN}, PIN: offline})
	asked := s.do(encap.Challenge{Provider: "bank", User: "alice", Phone: "pixel", Method: encap.OfflinePIN,
		Content: "Pay 1 \u202eEUR: ${a}"}).Result.(encap.ChallengeResult)
	s.do(encap.Scan{Phone: "pixel", Data: asked.Data + "!"})
	s.do(encap.Scan{Phone: "pixel", Data: asked.Data})
	code := s.do(encap.Approve{Phone: "pixel", Method: encap.OfflinePIN, PIN: offline}).Result.(encap.ApproveResult).Code
	s.do(encap.Verify{Provider: "bank", Session: asked.Session, Code: authn.NewSecret("12")})
	s.do(encap.Verify{Provider: "bank", Session: strings.ToLower(asked.Session),
		Code: authn.NewSecret(code.Reveal()[:3] + " " + code.Reveal()[3:])})
	s.pass(301 * time.Second)
	s.do(encap.Verify{Provider: "bank", Code: code})
	scene := s.scene()
	scene.Profile, scene.Policy, scene.Description = "encap", nil, "a QR code: scanned, and answered"
	scene.Actors = []story.Actor{{Name: "pixel", Role: authn.RolePhone, User: "alice"},
		{Name: "bank", Role: authn.RoleProvider}}
	text := golden(t, "encap.yaml", scene)
	for what, secret := range map[string]string{"online PIN": "2581", "offline PIN": "97531", "wrong PIN": "9999",
		"code": code.Reveal(), "session": asked.Session, "data": asked.Data} {
		if strings.Contains(text, secret) {
			t.Errorf("the file holds the %s", what)
		}
	}
}

func TestACrashAndARestartAreStepsOfTheirOwn(t *testing.T) {
	t.Parallel()
	s := office(t, 3)
	s.do(hypr.Pair{Phone: "pixel", Workstation: "LAPTOP-7"})
	s.moves = append(s.moves, compose.Move{Restart: authn.Phone("pixel")}, compose.Move{Crash: 2})
	s.do(tap)
	s.moves[len(s.moves)-1].Refusal = nil
	s.do(lock)
	s.moves[len(s.moves)-1].Expect = syntax.Mapping(syntax.Pair{Key: "state",
		Value: syntax.Mapping(syntax.Pair{Key: "workstation.locked", Value: syntax.Literal("true")})})
	text := golden(t, "crash.yaml", s.scene())
	if !strings.Contains(text, "expect: {crashed: true}") {
		t.Error("nothing expects the crash")
	}
}

func TestAMoveThatNoScenarioCanTellIsNamed(t *testing.T) {
	t.Parallel()
	_, err := compose.Write(compose.Scene{Name: "x", Profile: "hypr", Moves: []compose.Move{{Action: repair{}}}})
	if err == nil || !strings.Contains(err.Error(), "move 1: world repair") {
		t.Errorf("got %v", err)
	}
}

type repair struct{}

func (repair) Verb() string { return "world repair" }

// TestOneUsersSettingsStayHis checks that the settings of one user do not become
// the policy of all users (O6).
func TestOneUsersSettingsStayHis(t *testing.T) {
	t.Parallel()
	s := newStage(t, 3)
	s.do(authn.AddUser{Name: "alice"})
	s.moves = nil
	s.do(authn.SetPolicy{User: "alice", Settings: []authn.Setting{setting("onespan.offline.enabled", "true")}})
	scene := s.scene()
	scene.Profile = "onespan"
	text, err := compose.Write(scene)
	if err != nil {
		t.Fatal(err)
	}
	if want := "admin policy set: {user: alice, settings: {offline: {enabled: true}}}"; !strings.Contains(string(text),
		want) {
		t.Errorf("no %q in\n%s", want, text)
	}
}
