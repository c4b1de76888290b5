package watch_test

import (
	"strings"
	"testing"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/encap"
	"github.com/offauth/offauth/authn/hypr"
	"github.com/offauth/offauth/scenarios/invariant"
	"github.com/offauth/offauth/scenarios/invariant/watch"
)

var monday = time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)

const (
	day = 24 * time.Hour
	ws  = authn.Site("workstation/LAPTOP-7")
	ph  = authn.Site("phone/pixel")
	srv = authn.SiteServer
)

// forge writes the history of a world that never was.
type forge struct {
	seen []invariant.Seen
	seq  uint64
	now  time.Time
	left int64 // on the phone
	kept int64 // at the workstation
	set  int64
	tap  int64
	look *authn.Snapshot
}

// fields are pairs of a name and a value.
func ev(site authn.Site, kind authn.Kind, subject string, fields ...any) authn.Event {
	e := authn.Event{Site: site, Kind: kind, Subject: subject, Result: "ok", Fields: map[string]any{}}
	for i := 0; i+1 < len(fields); i += 2 {
		v := fields[i+1]
		if n, ok := v.(int); ok {
			v = int64(n)
		}
		e.Fields[fields[i].(string)] = v
	}
	return e
}

// do writes an Action with what it left.
func (f *forge) do(a authn.Action, result any, refused authn.Code, events ...authn.Event) {
	s := invariant.Seen{N: len(f.seen) + 1, Action: a}
	for _, e := range events {
		f.seq++
		e.Seq = f.seq
		if e.At.IsZero() {
			e.At = f.now
		}
		s.Outcome.Events = append(s.Outcome.Events, e)
	}
	s.Outcome.At, s.Outcome.Result = f.now, result
	if refused != "" {
		s.Refusal = &authn.Refusal{Code: refused, Message: "no"}
	}
	if f.look != nil {
		look := *f.look
		s.Look = func() (authn.Snapshot, error) { return look, nil }
	}
	f.seen = append(f.seen, s)
}

func set(key, value string) (authn.Action, authn.Event) {
	return authn.SetPolicy{Settings: []authn.Setting{{Key: authn.SettingKey(key), Value: value}}},
		ev(srv, "policy_set", key, "key", key, "value", value)
}

func (f *forge) policy(key, value string) {
	a, e := set(key, value)
	f.do(a, nil, "", e)
}

func (f *forge) wait(d time.Duration, events ...authn.Event) {
	f.now = f.now.Add(d)
	f.do(authn.AdvanceClock{By: d}, nil, "", append(events, ev("world", "clock_advanced", "world", "by", d.String()))...)
}

func (f *forge) back(d time.Duration, events ...authn.Event) {
	f.now = f.now.Add(-d)
	f.do(authn.BackClock{By: d}, nil, "", append(events, ev("world", "clock_set_back", "world", "by", d.String()))...)
}

// pins begins a world of hypr with a phone that is paired.
func pins() *forge {
	f := &forge{now: monday}
	f.policy("hypr.offline.enabled", "true")
	f.policy("hypr.pins.count", "10")
	f.policy("hypr.offline.days", "7")
	f.do(authn.RegisterDevice{Name: "pixel", User: "alice"}, nil, "",
		ev(ph, "phone_registered", "alice", "phone", "pixel"))
	f.do(hypr.Pair{Phone: "pixel", Workstation: "LAPTOP-7"}, nil, "",
		ev(ws, "paired", "alice@LAPTOP-7", "phone", "pixel", "workstation", "LAPTOP-7"))
	return f
}

func (f *forge) tapped() authn.Event {
	f.tap++
	return ev(ph, "tapped", "LAPTOP-7", "workstation", "LAPTOP-7", "tap", int(f.tap))
}

func onlineTap() authn.Event {
	return ev(ws, "online_authenticated", "alice@LAPTOP-7", "phone", "pixel")
}

// issue returns the events of a new set.
func (f *forge) issue() []authn.Event {
	f.set++
	f.left, f.kept = 10, 10
	return []authn.Event{
		ev(ws, "pins_issued", "alice@LAPTOP-7", "phone", "pixel", "number", int(f.set), "count", 10, "days", 7,
			"expires_at", f.now.Add(7*day).Format(time.RFC3339Nano)),
		ev(ws, "unlocked", "alice@LAPTOP-7", "phone", "pixel", "mode", "online"),
		ev(ph, "pins_stored", "LAPTOP-7", "phone", "pixel", "number", int(f.set), "count", 10),
		f.confirmed("phone"),
	}
}

func (f *forge) confirmed(by string) authn.Event {
	return ev(ws, "pins_confirmed", "alice@LAPTOP-7", "phone", "pixel", "number", int(f.set), "by", by)
}

// login is a tap that is an online login.
func (f *forge) login() {
	f.do(hypr.Tap{Phone: "pixel", Workstation: "LAPTOP-7"}, hypr.TapResult{Outcome: hypr.TapLogin}, "",
		append([]authn.Event{f.tapped(), onlineTap()}, f.issue()...)...)
}

// show is a PIN that is shown, with the warning that is due.
func (f *forge) show(pin string) {
	f.left--
	events := []authn.Event{ev(ph, "pin_shown", "LAPTOP-7", "workstation", "LAPTOP-7", "number", int(f.set), "left",
		int(f.left), "of", 10)}
	switch {
	case f.left == 0:
		events = append(events, ev(ph, "pins_exhausted", "LAPTOP-7", "of", 10))
	case f.left < 2:
		events = append(events, ev(ph, "pins_low", "LAPTOP-7", "left", int(f.left), "of", 10))
	}
	f.do(hypr.Unlock{Phone: "pixel", Workstation: "LAPTOP-7"}, hypr.UnlockResult{PIN: authn.NewSecret(pin)}, "", events...)
}

func (f *forge) hide() {
	f.do(hypr.Hide{Phone: "pixel"}, hypr.HideResult{}, "", ev(ph, "pin_hidden", "LAPTOP-7", "reason", "asked"))
}

// typePIN is an accepted PIN at a workstation that is locked before.
func (f *forge) typePIN(pin string) {
	f.do(authn.Lock{Workstation: "LAPTOP-7"}, authn.LockResult{}, "", ev(ws, "locked", "LAPTOP-7", "already", false))
	f.typeUnlocked(pin)
}

// typeUnlocked is an accepted PIN at a workstation as it is.
func (f *forge) typeUnlocked(pin string) {
	f.kept--
	f.do(typed(pin), hypr.LoginResult{}, "", ev(ws, "unlocked", "alice@LAPTOP-7", "phone", "pixel", "mode", "offline",
		"left", int(f.kept)))
}

func typed(pin string) hypr.Login {
	return hypr.Login{Workstation: "LAPTOP-7", User: "alice", PIN: authn.NewSecret(pin)}
}

// refuse is a PIN that is judged wrong for the n-th time.
func (f *forge) refuse(pin string, code authn.Code, n int, before ...authn.Event) {
	e := ev(ws, "refused", "alice@LAPTOP-7", "action", "workstation login", "failures", n)
	e.Result, e.Rule = string(code), "H24"
	f.do(typed(pin), nil, code, append(before, e)...)
}

// shop begins a world of encap with a phone that has OFFLINE:PIN.
func shop() *forge {
	f := &forge{now: monday}
	f.do(authn.RegisterDevice{Name: "pixel", User: "alice"}, nil, "",
		ev(ph, "phone_registered", "alice", "phone", "pixel"))
	f.authenticate()
	f.addMethod()
	return f
}

func (f *forge) authenticate() {
	f.do(encap.Auth{Phone: "pixel", Method: encap.DevicePIN, PIN: authn.NewSecret("2580")}, encap.AuthResult{}, "",
		ev(srv, "device_authenticated", "alice", "phone", "pixel", "method", "DEVICE:PIN"))
}

func (f *forge) addMethod() {
	f.do(encap.AddMethod{Phone: "pixel", PIN: authn.NewSecret("1357")}, encap.AddResult{}, "",
		ev(srv, "method_added", "alice", "phone", "pixel", "method", "OFFLINE:PIN"))
}

func (f *forge) event(kind authn.Kind, site authn.Site, session string, more ...any) authn.Event {
	return ev(site, kind, "alice", append([]any{"phone", "pixel", "provider", "shop", "method", "OFFLINE:PIN", "session",
		session}, more...)...)
}

func (f *forge) challenge(session string, before ...authn.Event) {
	f.do(encap.Challenge{Provider: "shop", Phone: "pixel"}, encap.ChallengeResult{Session: session}, "",
		append(before, f.event("session_started", srv, session, "expires_at",
			f.now.Add(5*time.Minute).Format(time.RFC3339Nano)))...)
}

// answer is a code that the phone gives.
func (f *forge) answer(session, pin, code string) {
	f.do(encap.Scan{Phone: "pixel"}, encap.ScanResult{}, "", f.event("operation_started", ph, session))
	f.do(encap.Approve{Phone: "pixel", PIN: authn.NewSecret(pin)}, encap.ApproveResult{Code: authn.NewSecret(code)}, "",
		f.event("code_given", ph, session))
}

func (f *forge) verify(session, code string, events ...authn.Event) {
	f.do(encap.Verify{Provider: "shop", Session: session, Code: authn.NewSecret(code)},
		encap.VerifyResult{Session: session}, "", events...)
}

// wrong is a code that is judged wrong for the n-th time.
func (f *forge) wrong(session string, n int, after ...authn.Event) {
	f.do(encap.Verify{Provider: "shop", Session: session, Code: authn.NewSecret("000000")}, nil, "wrong_code",
		append([]authn.Event{ev(srv, "failure_counted", "alice", "phone", "pixel", "method", "OFFLINE:PIN", "failures", n,
			"allowed", 3)}, after...)...)
}

// refuseCode is a code that the provider is told to be wrong.
func (f *forge) refuseCode(session, code string) {
	e := f.event("refused", authn.Provider("shop"), session, "action", "provider verify")
	e.Result = "wrong_code"
	f.do(encap.Verify{Provider: "shop", Session: session, Code: authn.NewSecret(code)}, nil, "wrong_code", e)
}

func lockEvent() authn.Event {
	return ev(srv, "method_locked", "alice", "phone", "pixel", "method", "OFFLINE:PIN")
}

// judge returns what a history breaks.
func judge(t *testing.T, family authn.FamilyName, names []string, f *forge) []invariant.Broken {
	t.Helper()
	w, err := watch.New(family, names)
	if err != nil {
		t.Fatal(err)
	}
	var found []invariant.Broken
	for _, s := range f.seen {
		found = append(found, w.See(s)...)
	}
	return append(found, w.End()...)
}

func ids(found []invariant.Broken) string {
	var list []string
	for _, b := range found {
		list = append(list, b.ID+": "+b.What)
	}
	return strings.Join(list, "\n")
}
