package watch_test

import (
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/onespan"
)

const (
	dt    = authn.Site("workstation/DESKTOP-3")
	token = "OFA0000001"
)

// digipass begins a world of onespan with a time-based authenticator that has
// logged on once.
func digipass(kind onespan.Type) *forge {
	f := &forge{now: monday}
	f.policy("onespan.offline.enabled", "true")
	f.policy("onespan.offline.window_days", "2")
	f.policy("onespan.offline.event_window", "5")
	f.do(onespan.Assign{Phone: "pixel", Type: kind}, onespan.AssignResult{}, "",
		ev(srv, "authenticator_assigned", "alice", "phone", "pixel", "serial", token, "type", string(kind)))
	return f
}

// primed is one that has logged on once.
func primed(kind onespan.Type) *forge {
	f := digipass(kind)
	f.otp("11111111")
	f.online("11111111", f.brings("data_issued", kind)...)
	return f
}

// otp shows a code half a minute later.
func (f *forge) otp(code string) {
	f.wait(30 * time.Second)
	f.otpNow(code)
}

func (f *forge) otpNow(code string) {
	f.do(onespan.OTP{Phone: "pixel"}, onespan.OTPResult{Phone: "pixel", Serial: token, Code: authn.NewSecret(code)}, "",
		ev(ph, "otp_shown", "alice", "serial", token, "type", "time"))
}

func logon(password string) onespan.Logon {
	return onespan.Logon{Workstation: "DESKTOP-3", User: "alice", Password: authn.NewSecret(password)}
}

// brings returns the event of data that comes.
func (f *forge) brings(kind authn.Kind, of onespan.Type) []authn.Event {
	f.set++
	if of == onespan.EventBased {
		f.left = 5
		return []authn.Event{ev(dt, kind, "alice@DESKTOP-3", "serial", token, "number", int(f.set), "uses", 5)}
	}
	return []authn.Event{ev(dt, kind, "alice@DESKTOP-3", "serial", token, "number", int(f.set), "days", 2,
		"expires_at", f.now.Add(2*day).Format(time.RFC3339Nano))}
}

func accepted() authn.Event {
	return ev(srv, "otp_accepted", "alice", "workstation", "DESKTOP-3", "serial", token)
}

func opened(mode string, fields ...any) authn.Event {
	return ev(dt, "unlocked", "alice@DESKTOP-3", append([]any{"mode", mode}, fields...)...)
}

// online is a logon that the server accepts.
func (f *forge) online(password string, came ...authn.Event) {
	events := append([]authn.Event{accepted()}, came...)
	f.do(logon(password), onespan.LogonResult{}, "", append(events, opened("online"))...)
}

// update is an update of the Tray Agent that the server accepts.
func (f *forge) update(password string, came ...authn.Event) {
	f.do(onespan.Update{Workstation: "DESKTOP-3", User: "alice", Password: authn.NewSecret(password)},
		onespan.UpdateResult{}, "",
		append([]authn.Event{accepted()}, came...)...)
}

// offline is a logon that the workstation accepts.
func (f *forge) offline(password string, fields ...any) {
	f.do(logon(password), onespan.LogonResult{}, "", opened("offline", fields...))
}

// cut takes the network away, and mend brings it back.
func (f *forge) cut()  { f.link("down") }
func (f *forge) mend() { f.link("up") }

func (f *forge) link(state string) {
	f.do(authn.SetLink{Site: dt, State: authn.Uplink(state)}, nil, "", ev("world", "link_set", string(dt), "state", state))
}

// miss is a wrong code that a workstation counts as the n-th.
func (f *forge) miss(n int, after ...authn.Event) {
	e := ev(dt, "failure_counted", "alice@DESKTOP-3", "failures", n, "allowed", 3)
	f.do(logon("00000000"), nil, "wrong_code", append([]authn.Event{e},
		append(after, f.refusedOTP("wrong_code", 2021))...)...)
}

// missOnline is one that the server does.
func (f *forge) missOnline(n int, after ...authn.Event) {
	e := ev(srv, "failure_counted", "alice", "failures", n, "allowed", 3)
	f.do(logon("00000000"), nil, "wrong_code", append([]authn.Event{e},
		append(after, f.refusedOTP("wrong_code", 2020))...)...)
}

func (f *forge) refusedOTP(code string, windows int) authn.Event {
	e := ev(dt, "refused", "alice@DESKTOP-3", "action", "workstation login", "windows_event", windows)
	e.Result = code
	return e
}

// denied is a code that is refused, online (2020) or offline (2021).
func (f *forge) denied(code string, as authn.Code, windows int) {
	f.do(logon(code), nil, as, f.refusedOTP(string(as), windows))
}

func dataLock() authn.Event {
	return ev(dt, "data_deleted", "alice@DESKTOP-3", "number", 1, "reason", "locked")
}

// locks locks the data by three wrong codes.
func (f *forge) locks() {
	f.cut()
	f.miss(1)
	f.miss(2)
	f.miss(3, dataLock())
	f.mend()
}

func (f *forge) clears() {
	f.do(onespan.DeleteData{User: "alice"}, onespan.DeleteDataResult{}, "",
		ev(srv, "data_record_deleted", "alice", "workstation", "DESKTOP-3", "serial", token, "number", 1))
}
