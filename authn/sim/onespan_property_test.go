package sim_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/onespan"
	"github.com/offauth/offauth/authn/sim"
)

// inRapid lets a stage fail as a property does, so that rapid can shrink it.
type inRapid struct {
	testing.TB
	rapid *rapid.T
}

func (t inRapid) Fatal(args ...any)                 { t.rapid.Fatal(args...) }
func (t inRapid) Fatalf(format string, args ...any) { t.rapid.Fatalf(format, args...) }
func (t inRapid) Helper()                           {}

// digipassLife is a random life of a Digipass at two workstations, and what is
// known of it. Two workstations that cannot reach the server cannot tell each
// other what was used; so a code is of one workstation here.
type digipassLife struct {
	*stage
	rt   *rapid.T
	kind onespan.Type
	// shown are the codes that were ever shown, with the workstation that each
	// may be typed at.
	shown []shownOTP
	// accepted are those that unlocked.
	accepted map[string]bool
	// wrong counts the offline failures in a row, by workstation; locked says
	// that they deleted the data, and cleared that the administrator has deleted
	// the record since the data was made. Whether that was before the lock or
	// after, the server cannot know.
	wrong           map[string]int
	locked, cleared map[string]bool
	issued          map[string]time.Time
	highest         map[string]uint64
}

type shownOTP struct{ code, ws string }

var desks = []string{"DESKTOP-3", "DESKTOP-4"}

func (l *digipassLife) act(a authn.Action) (authn.Outcome, *authn.Refusal) {
	out, err := l.stage.apply(a)
	r, ok := authn.AsRefusal(err)
	if err != nil && !ok {
		l.rt.Fatalf("%s: %v", a.Verb(), err)
	}
	for _, e := range out.Events {
		l.observe(e, out.At)
	}
	return out, r
}

// observe holds what events say against the rules.
func (l *digipassLife) observe(e authn.Event, at time.Time) {
	ws := e.Site.Name()
	switch e.Kind {
	case "data_issued", "data_renewed":
		if l.locked[ws] && !l.cleared[ws] {
			l.rt.Fatalf("data came to %s, which is locked, before the administrator deleted the record (O38, O39)", ws)
		}
		was, there := l.issued[ws]
		if early := at.Sub(was) < 24*time.Hour && !at.Before(was); there && early && l.kind == onespan.TimeBased &&
			e.Kind == "data_renewed" && !l.cleared[ws] {
			l.rt.Fatalf("data of %s was renewed after %s (O9)", ws, at.Sub(was))
		}
		number := uint64(e.Fields["number"].(int64))
		if number <= l.highest[ws] {
			l.rt.Fatalf("data %d came after %d", number, l.highest[ws])
		}
		l.highest[ws], l.issued[ws], l.locked[ws], l.cleared[ws], l.wrong[ws] = number, at, false, false, 0
	case "data_deleted", "data_expired":
		delete(l.issued, ws)
		if e.Fields["reason"] == "locked" {
			l.locked[ws] = true
		}
	}
}

// types types a password at a workstation and judges what came of it.
func (l *digipassLife) types(ws, password string) {
	l.act(authn.Lock{Workstation: ws})
	before := l.snap()
	out, refusal := l.act(onespan.Logon{Workstation: ws, User: "alice", Password: authn.NewSecret(password)})
	if refusal != nil {
		l.refusedBy(refusal, ws, before)
		return
	}
	r := out.Result.(onespan.LogonResult)
	known := false
	for _, s := range l.shown {
		known = known || s.code == password && s.ws == ws
	}
	switch {
	case !known:
		l.rt.Fatalf("%s took %q, which was never shown for it", ws, password)
	case l.accepted[password]:
		l.rt.Fatalf("%s took a code %s for the second time (A2, O21)", ws, r.Mode)
	}
	l.accepted[password] = true
	reachable := up(before, authn.Workstation(ws)) && up(before, authn.SiteServer)
	if r.Mode == "online" && !reachable || r.Mode == "offline" && reachable && len(before.Faults) == 0 {
		l.rt.Fatalf("%s logged on %s; reachable: %v (O14)", ws, r.Mode, reachable)
	}
	if r.Mode == "offline" {
		for _, d := range dataOf(before, ws) {
			if !d.Present || d.Locked || d.Type == "time" && !out.At.Before(d.ExpiresAt) || d.Type == "event" && d.Left == 0 {
				l.rt.Fatalf("%s logged on offline by %+v at %s (O15, O25)", ws, d, out.At)
			}
		}
	}
	l.wrong[ws] = 0
}

func (l *digipassLife) refusedBy(r *authn.Refusal, ws string, before authn.Snapshot) {
	if r.Site == authn.SiteServer {
		return
	}
	offline := r.Fields["windows_event"] == int64(2021) || r.Fields["windows_event"] == int64(2022)
	if offline && (r.Code == "wrong_code" || r.Code == "code_replayed" || r.Fields["windows_event"] == int64(2022)) {
		l.wrong[ws]++
	}
	if (r.Fields["windows_event"] == int64(2022)) != (offline && l.wrong[ws] == 3 && l.locked[ws] &&
		r.Code == "data_locked" && len(dataOf(before, ws)) > 0 && dataOf(before, ws)[0].Present) {
		l.rt.Fatalf("%s after %d wrong tries in a row: %s %v (O35, O36)", ws, l.wrong[ws], r.Code, r.Fields)
	}
	if l.locked[ws] {
		l.wrong[ws] = 0
	}
}

func dataOf(s authn.Snapshot, ws string) []authn.DataView {
	for _, w := range s.Workstations {
		if w.Name == ws {
			return w.Data
		}
	}
	return nil
}

// counters holds the counts that the workstations show against the tries.
func (l *digipassLife) counters(t *rapid.T) {
	snap := l.snap()
	for _, ws := range desks {
		for _, d := range dataOf(snap, ws) {
			if d.Failures != l.wrong[ws] && d.Present {
				t.Fatalf("%s counts %d, there were %d (A6)", ws, d.Failures, l.wrong[ws])
			}
			if d.Locked != l.locked[ws] {
				t.Fatalf("%s locked: %v, want %v", ws, d.Locked, l.locked[ws])
			}
		}
	}
}

// TestNoOrderOfOTPsBreaksTheSpine plays random lives of a Digipass: right,
// wrong, old and used codes, online and offline, cuts and faults, the clock
// forward and back. It holds O9, O14, O15, O21 to O25, O35, O36, O38, O39, A2,
// A6, A8, A11 and A12 together.
func TestNoOrderOfOTPsBreaksTheSpine(tt *testing.T) {
	rapid.Check(tt, func(t *rapid.T) {
		kind := rapid.SampledFrom([]onespan.Type{onespan.TimeBased, onespan.EventBased}).Draw(t, "type")
		l := &digipassLife{
			stage: desktop(inRapid{TB: tt, rapid: t}, kind, setting("onespan.offline.window_days", "2"),
				setting("onespan.offline.event_window", "15"), setting("onespan.user.lock_threshold", "0"),
				setting("onespan.otp.length", "8")),
			rt: t, kind: kind, accepted: map[string]bool{}, wrong: map[string]int{}, locked: map[string]bool{},
			cleared: map[string]bool{},
			issued:  map[string]time.Time{}, highest: map[string]uint64{},
		}
		l.alone(t)
		l.do(onespan.Assign{Phone: "pixel", Type: kind}) // with codes of eight digits, of which hardly two are alike
		l.do(authn.AddWorkstation{Name: "DESKTOP-4", Family: authn.FamilyOneSpan})
		desk := func() string { return rapid.SampledFrom(desks).Draw(t, "ws") }
		fresh := func(ws string) string {
			l.wait(30 * time.Second)
			code := l.otp()
			l.shown = append(l.shown, shownOTP{code, ws})
			return code
		}
		t.Repeat(map[string]func(*rapid.T){
			"":         l.counters,
			"log on":   func(*rapid.T) { ws := desk(); l.types(ws, fresh(ws)) },
			"log on 2": func(*rapid.T) { ws := desk(); l.types(ws, fresh(ws)) },
			"type it again": func(t *rapid.T) {
				if len(l.shown) == 0 {
					t.Skip()
				}
				s := rapid.SampledFrom(l.shown).Draw(t, "shown")
				l.types(s.ws, s.code)
			},
			"type nonsense": func(t *rapid.T) {
				l.types(desk(), rapid.SampledFrom([]string{"", "0", "00000000", "abcdefgh", "123456789"}).Draw(t, "typed"))
			},
			"show one and wait": func(*rapid.T) { fresh(desk()) },
			"tray": func(*rapid.T) {
				ws := desk()
				if _, refusal := l.act(onespan.Update{Workstation: ws, User: "alice",
					Password: authn.NewSecret(l.nextOTP())}); refusal == nil {
					l.wrong[ws] = 0
				}
			},
			"delete the record": func(*rapid.T) {
				l.act(onespan.DeleteData{User: "alice"})
				for _, ws := range desks {
					l.cleared[ws] = true
				}
			},
			"link": func(t *rapid.T) {
				site := rapid.SampledFrom([]authn.Site{authn.SiteServer, "workstation/DESKTOP-3", "workstation/DESKTOP-4"}).Draw(t,
					"site")
				l.act(authn.SetLink{Site: site,
					State: rapid.SampledFrom([]authn.Uplink{authn.Up, authn.Up, authn.Down, authn.Captive}).Draw(t, "state")})
			},
			"fault": func(t *rapid.T) {
				l.act(authn.SetFault{
					Kind:    rapid.SampledFrom([]authn.FaultKind{authn.Drop, authn.Replay, authn.Tamper}).Draw(t, "fault"),
					Message: rapid.SampledFrom([]string{"onespan_logon", "onespan_answer", "onespan_part"}).Draw(t, "message"),
					Nth:     rapid.IntRange(1, 2).Draw(t, "nth"),
				})
			},
			"forward": func(t *rapid.T) {
				l.act(authn.AdvanceClock{By: rapid.SampledFrom([]time.Duration{time.Minute, 20 * time.Minute, 25 * time.Hour,
					48 * time.Hour}).Draw(t, "by")})
			},
			"back":    func(*rapid.T) { l.act(authn.BackClock{By: 11 * time.Minute}) },
			"restart": func(*rapid.T) { l.world = sim.Open(l.cfg) },
		})
	})
}
