package sim_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/family"
	"github.com/offauth/offauth/authn/hypr"
	"github.com/offauth/offauth/authn/sim"
)

func (s *stage) trail() []hypr.Envelope {
	s.t.Helper()
	var trail []hypr.Envelope
	err := s.world.Read(s.t.Context(), func(sites family.Sites) (err error) {
		trail, err = hypr.Audit(sites, authn.EventQuery{})
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return trail
}

func count(trail []hypr.Envelope, name string) (n int) {
	for _, v := range trail {
		if v.EventName == name {
			n++
		}
	}
	return n
}

// Rules: H39, H40, H41.
func TestOfflineEventsReachTheTrailAtTheNextOnlineLogin(t *testing.T) {
	s := primed(t)
	s.link(phone, authn.Down)
	s.link(laptop, authn.Down)
	s.wait(time.Hour)
	s.do(login(s.pin()))
	s.do(lock)
	s.refused(login(authn.NewSecret("2222")), "wrong_pin", "H24")
	if n := count(s.trail(), "OFFLINE_PIN_DISPLAYED"); n != 0 {
		t.Fatalf("%d offline events at the server while everything is cut", n)
	}
	s.wait(time.Hour)
	s.link(phone, authn.Up)
	s.link(laptop, authn.Up)
	if n := count(s.trail(), "OFFLINE_PIN_DISPLAYED"); n != 0 {
		t.Fatal("delivered before the next online authentication")
	}
	s.do(tap)
	trail := s.trail()
	var offline *hypr.Envelope
	for i, v := range trail {
		if v.EventName == "WORKSTATION_UNLOCKED" && v.EventTimeInUTC == monday.Add(time.Hour).UnixMilli() {
			offline = &trail[i]
		}
	}
	if count(trail, "OFFLINE_PIN_DISPLAYED") != 1 || count(trail, "OFFLINE_ACTION_REFUSED") != 1 || offline == nil {
		t.Fatalf("the offline events are not there once: %+v", trail)
	}
	if offline.LoggedTimeInUTC != monday.Add(2*time.Hour).UnixMilli() || offline.Type != "AUDIT" ||
		!offline.IsSuccessful ||
		offline.MachineID != "LAPTOP-7" || offline.DeviceID != "pixel" || offline.FIDOUser != "alice" ||
		offline.AdditionalDetails["eventNameIsOurs"] != true {
		t.Fatalf("the envelope: %+v", offline)
	}
	raw, err := json.Marshal(offline)
	var fields map[string]any
	if err != nil || json.Unmarshal(raw, &fields) != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"id", "version", "type", "message", "subName", "eventLoggedBy", "eventTimeInUTC",
		"loggedTimeInUTC", "tenantId",
		"remoteIP", "userAgent", "traceId", "additionalDetails", "isSuccessful", "errorCode", "errorSeverity", "deviceType",
		"rpAppId", "deviceId",
		"machineId", "sessionId", "fidoUser"} {
		if _, ok := fields[name]; !ok {
			t.Errorf("the envelope has no %s (H39)", name)
		}
	}
}

// Rules: H41. Each event reaches the server once, in order, whatever faults hit
// reports and their receipts.
func TestEveryEventIsDeliveredOnceAndInOrder(t *testing.T) {
	for _, kind := range []string{"audit_report", "audit_taken", "unlock_result"} {
		for _, fault := range []authn.FaultKind{authn.Drop, authn.Replay, authn.Tamper} {
			for nth := 1; nth <= 2; nth++ {
				s := primed(t)
				s.do(authn.SetFault{Kind: fault, Message: kind, Nth: nth})
				for range 3 {
					s.do(authn.Cancel{Phone: "pixel"})
					s.do(hide)
					s.do(unlock)
					s.do(tap)
					s.do(lock)
				}
				s.wait(time.Minute)
				s.do(tap)
				checkTrail(t, s)
			}
		}
	}
}

// checkTrail checks that the trail has every event of a site up to its last
// report, once and in order.
func checkTrail(t *testing.T, s *stage) {
	t.Helper()
	ids, last := map[string]bool{}, map[string]int64{}
	events, err := s.world.Events(t.Context(), authn.EventQuery{Kind: "audited"})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range events {
		from, number := e.Fields["from"].(string), e.Fields["number"].(int64)
		if number <= last[from] {
			t.Fatalf("event %d of %s came after %d", number, from, last[from])
		}
		last[from] = number
	}
	for _, v := range s.trail() {
		if ids[v.ID] {
			t.Fatalf("%s is there twice", v.ID)
		}
		ids[v.ID] = true
	}
	shown, err := s.world.Events(t.Context(), authn.EventQuery{Kind: "pin_shown"})
	if err != nil {
		t.Fatal(err)
	}
	if n := count(s.trail(), "OFFLINE_PIN_DISPLAYED"); n != len(shown) {
		t.Fatalf("%d of %d shown PINs are in the trail", n, len(shown))
	}
}

// repair has the verb of the Action that only AcceptRollback makes.
type repair struct{}

func (repair) Verb() string { return "world repair" }

// Rules: A14.
func TestAcceptingARollbackDeletesEveryPIN(t *testing.T) {
	s := primed(t)
	pin := s.pin()
	out, err := sim.AcceptRollback(t.Context(), s.world)
	if err != nil {
		t.Fatal(err)
	}
	if bad := note(repair{}, out, err); bad != nil {
		t.Fatal(bad)
	}
	s.saw(out, "pin_hidden", "pins_deleted", "pins_deleted", "rollback_accepted")
	s.refused(login(pin), "not_primed", "H9")
	s.refused(unlock, "not_primed", "H9")
	s.do(tap)
	s.do(lock)
	s.do(login(s.pin()))
}

// TestALostReportLosesNoEventH41: more than 200 events are split into several
// reports, and the first of them is lost.
func TestALostReportLosesNoEventH41(t *testing.T) {
	for _, fault := range []authn.FaultKind{authn.Drop, authn.Tamper} {
		s := primed(t)
		for range 205 {
			s.refused(login(authn.NewSecret("2222")), "wrong_pin", "H24")
		}
		s.do(authn.SetFault{Kind: fault, Message: "audit_report", Nth: 1})
		s.do(tap)
		s.do(tap)
		s.do(tap)
		if n := count(s.trail(), "OFFLINE_ACTION_REFUSED"); n != 205 {
			t.Errorf("%s: the trail has %d of 205 refusals", fault, n)
		}
	}
}

// TestTheTrailHasEachEventOnceWhateverTheReplay: it reports 205 events, and
// every report and receipt arrives twice.
func TestTheTrailHasEachEventOnceWhateverTheReplay(t *testing.T) {
	s := primed(t)
	for range 205 {
		s.refused(login(authn.NewSecret("2222")), "wrong_pin", "H24")
	}
	for nth := 1; nth <= 4; nth++ {
		s.do(authn.SetFault{Kind: authn.Replay, Message: "audit_report", Nth: nth})
		s.do(authn.SetFault{Kind: authn.Replay, Message: "audit_taken", Nth: nth})
	}
	s.do(tap)
	s.do(tap)
	checkTrail(t, s)
	if n := count(s.trail(), "OFFLINE_ACTION_REFUSED"); n != 205 {
		t.Errorf("the trail has %d of 205 refusals", n)
	}
}

// TestTheTrailNamesAUserWithAnAddressH39: user names may be e-mail addresses,
// as in directories.
func TestTheTrailNamesAUserWithAnAddressH39(t *testing.T) {
	s := empty(t)
	s.do(authn.AddUser{Name: "alice@example.com"})
	s.do(authn.UnlockUser{Name: "alice@example.com"})
	for _, v := range s.trail() {
		if v.FIDOUser != "alice@example.com" {
			t.Errorf("%s is of %q", v.EventName, v.FIDOUser)
		}
	}
}
