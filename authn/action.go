package authn

import (
	"context"
	"strings"
	"time"
)

// Action is one thing that a person can do. A command, a line of a scenario
// and a press of a key are three ways of writing the same Action. The
// families define their own; those that belong to no family stand in this
// file. An Action is a value: applying it twice does it twice.
type Action interface {
	// Verb is the spelling of the Action in the verb table (authn/verb), such
	// as "device unlock".
	Verb() string
}

// Applier is the one door through which Actions enter a world;
// authn/sim.World implements it. The error is nil, a *Refusal (which comes
// with its Outcome: what it wrote is kept) or a fault (nothing is kept).
type Applier interface {
	Apply(ctx context.Context, a Action) (Outcome, error)
}

// Uplink is a site's way to everything else.
type Uplink string

// The states of an uplink. Captive is up to the site itself, but nothing
// gets through.
const (
	Up      Uplink = "up"
	Down    Uplink = "down"
	Captive Uplink = "captive"
)

// FaultKind is what a one-shot fault does to a message.
type FaultKind string

// The one-shot faults.
const (
	Drop   FaultKind = "drop"
	Replay FaultKind = "replay"
	Tamper FaultKind = "tamper"
)

// Everything below is an Action of the world itself or of the admin, of no
// family. The field comments give the shapes; what is out of shape is a Fault
// with the code "bad_argument".
type (
	// AddUser makes a user in the server's directory ("admin user add").
	AddUser struct {
		Name string
		// Roaming is Web-to-workstation single registration (H38).
		Roaming bool
	}
	// RestartDevice starts a phone's app again ("device restart"): what it had in
	// memory is gone, what it keeps stays. Its result is a RestartDeviceResult.
	RestartDevice struct{ Phone string }
	// RestartWorkstation boots a workstation again ("workstation restart"). It is
	// locked then. Its result is a RestartWorkstationResult.
	RestartWorkstation struct{ Workstation string }
	// Cancel gives up what a phone waits for ("device cancel"). Its result is
	// a CancelResult.
	Cancel struct{ Phone string }
	// UnlockUser ends a user's lock-outs ("admin user unlock"). Its result is
	// an UnlockUserResult.
	UnlockUser struct{ Name string }
	// AddWorkstation makes a workstation ("workstation add"). Version is the
	// client's, such as "2.6"; empty means the newest.
	AddWorkstation struct {
		Name    string
		Family  FamilyName
		Version string
		// NoTray leaves OneSpan's Tray Agent out (O56).
		NoTray bool `name:"no_tray"`
	}
	// AddProvider makes a service provider's site ("provider add").
	AddProvider struct{ Name string }
	// RegisterDevice gives a user a phone with the authenticator app
	// ("device register"). Platform is "android" or "ios"; empty means
	// android. An empty Version means the newest.
	RegisterDevice struct {
		Name     string
		User     string
		Platform string
		Version  string
	}
	// ReplaceDevice gives a user a new phone for a lost one
	// ("device replace"). Its result is a ReplaceResult.
	ReplaceDevice struct {
		Old, New string
		Platform string
		Version  string
	}
	// SetPolicy changes the administrator's settings ("admin policy set").
	// All of them are taken, or none. Keys carry the family, as in
	// "hypr.pins.count"; values are the text that was typed.
	// With a User they are that user's own and stand before the policy: only
	// onespan.offline.enabled can be (O6), and "default" takes it away.
	SetPolicy struct {
		User     string
		Settings []Setting
	}

	// Lock locks a workstation of any family ("workstation lock"); a locked
	// one stays so. Its result is a LockResult.
	Lock struct{ Workstation string }

	// SetLink sets a site's uplink ("link set"), or the Bluetooth between a
	// phone and a workstation, which is Up or Down: its Site is
	// Bluetooth(phone, workstation).
	SetLink struct {
		Site  Site
		State Uplink
	}
	// SetFault lets the Nth next message (from 1) of a kind meet a one-shot
	// fault ("link fault").
	SetFault struct {
		Kind    FaultKind `name:"fault"`
		Message string
		Nth     int
	}

	// AdvanceClock moves the world's clock forward; due timers fire on the
	// way, each at its own instant ("clock advance").
	AdvanceClock struct{ By time.Duration }
	// BackClock sets the world's clock back ("clock back"). It revives
	// nothing (rule A8).
	BackClock struct{ By time.Duration }
	// SetClock moves the world's clock to an instant, either way
	// ("clock set").
	SetClock struct{ To time.Time }
	// FreezeClock stops the world's clock ("clock freeze").
	FreezeClock struct{}
	// RunClock lets the world's clock run on with the host's ("clock run").
	RunClock struct{}
	// SkewClock sets how far a site's clock is off the world's
	// ("clock skew"); negative is behind.
	SkewClock struct {
		Site Site
		By   time.Duration
	}
)

// UnlockUserResult is what UnlockUser gives.
type UnlockUserResult struct {
	User string
	// Reached are the workstations that have heard of it, Waiting those that
	// hear when server and workstation next talk (H27).
	Reached, Waiting []string
}

// ReplaceResult is what ReplaceDevice gives: what dies and what lives.
type ReplaceResult struct {
	Old, New, User string
	// Dead are the workstations where the old phone's PINs are dead; Waiting
	// those that have not heard yet: there a PIN that the old phone shows
	// still unlocks, until they talk to the server or it expires.
	Dead, Waiting []string
}

// LockResult is what Lock gives.
type LockResult struct {
	Workstation string
	// Already says that it was locked before.
	Already bool
}

// CancelResult is what Cancel gives.
type CancelResult struct {
	Phone string
	// Cancelled reports whether something was waiting.
	Cancelled bool
}

// RestartDeviceResult is what RestartDevice gives.
type RestartDeviceResult struct {
	Phone string
	// Hidden says that a PIN was visible, which is wiped now; it stays spent.
	Hidden bool
	// Cancelled says that a tap waited or an operation was open, which is given
	// up now (E17).
	Cancelled bool
}

// RestartWorkstationResult is what RestartWorkstation gives.
type RestartWorkstationResult struct {
	Workstation string
	// Already says that it was locked before.
	Already bool
}

// SettingKey is the name of a setting, such as "hypr.pins.count"; its first
// word is the family.
type SettingKey string

// Cut returns the family of the setting and its name in the family.
func (k SettingKey) Cut() (family FamilyName, name string) {
	before, name, _ := strings.Cut(string(k), ".")
	return FamilyName(before), name
}

// SetCommand is the command that sets it, for a hint.
func (k SettingKey) SetCommand(value string) string {
	return "offauth admin policy set " + string(k) + "=" + value
}

// SetForCommand is the command that sets it for one user.
func (k SettingKey) SetForCommand(user, value string) string {
	return "offauth admin policy set --user " + user + " " + string(k) + "=" + value
}

// ExplainCommand is the command that prints its meaning and range.
func (k SettingKey) ExplainCommand() string { return "offauth admin policy explain " + string(k) }

// Setting is one key and value of the policy. The value is the text that was
// typed.
type Setting struct {
	Key   SettingKey
	Value string
}

// Verb implements Action.
func (AddUser) Verb() string        { return "admin user add" }
func (AddWorkstation) Verb() string { return "workstation add" }
func (AddProvider) Verb() string    { return "provider add" }
func (RegisterDevice) Verb() string { return "device register" }
func (ReplaceDevice) Verb() string  { return "device replace" }
func (UnlockUser) Verb() string     { return "admin user unlock" }
func (RestartDevice) Verb() string  { return "device restart" }
func (Cancel) Verb() string         { return "device cancel" }
func (SetPolicy) Verb() string      { return "admin policy set" }
func (Lock) Verb() string           { return "workstation lock" }
func (SetLink) Verb() string        { return "link set" }
func (SetFault) Verb() string       { return "link fault" }
func (AdvanceClock) Verb() string   { return "clock advance" }
func (BackClock) Verb() string      { return "clock back" }
func (SetClock) Verb() string       { return "clock set" }
func (FreezeClock) Verb() string    { return "clock freeze" }
func (RunClock) Verb() string       { return "clock run" }
func (SkewClock) Verb() string      { return "clock skew" }

// VerbRepair is the verb of an Action that no front end makes: it lets a world
// whose files were copied back go on (authn/sim.AcceptRollback).
const VerbRepair = "world repair"

// Verb implements Action.
func (RestartWorkstation) Verb() string { return "workstation restart" }
