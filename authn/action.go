package authn

import (
	"context"
	"strings"
	"time"
)

// Action is one thing that a person can do. A command, a line of a scenario and
// a key press are three ways to write the same Action. Each family defines its
// own; this file has the Actions that belong to no family. An Action is a
// value: applying it twice does it twice.
type Action interface {
	// Verb is the spelling of the Action in the verb table (authn/verb), such
	// as "device unlock".
	Verb() string
}

// Applier is the only way for Actions to enter a world; authn/sim.World
// implements it. The error is nil, a *Refusal (returned with an Outcome; its
// writes are kept) or a fault (nothing is kept).
type Applier interface {
	Apply(ctx context.Context, a Action) (Outcome, error)
}

// Uplink is the state of a site's network connection.
type Uplink string

// The states of an uplink. A Captive uplink looks up to the site, but no
// message gets through.
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

// The Actions of the world and of the admin, which belong to no family. The
// field comments describe the accepted values; any other value is a Fault with
// the code "bad_argument".
type (
	// AddUser makes a user in the server's directory ("admin user add").
	AddUser struct {
		Name string
		// Roaming is Web-to-workstation single registration (H38).
		Roaming bool
	}
	// RestartDevice restarts a phone's app ("device restart"): the app loses
	// its memory and keeps its stored records. Its result is a
	// RestartDeviceResult.
	RestartDevice struct{ Phone string }
	// RestartWorkstation reboots a workstation ("workstation restart"), which
	// leaves it locked. Its result is a RestartWorkstationResult.
	RestartWorkstation struct{ Workstation string }
	// Cancel cancels the taps and operations that a phone waits for ("device
	// cancel"). Its result is a CancelResult.
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
	// Either all of them are accepted, or none. Keys start with the family, as
	// in "hypr.pins.count"; values are the text that was typed. With a User,
	// the settings apply to that user alone and override the policy: only
	// onespan.offline.enabled can be set this way (O6), and the value "default"
	// removes the override.
	SetPolicy struct {
		User     string
		Settings []Setting
	}

	// Lock locks a workstation of any family ("workstation lock"). Locking a
	// locked one is no error. Its result is a LockResult.
	Lock struct{ Workstation string }

	// SetLink sets a site's uplink ("link set"). A Site made by
	// Bluetooth(phone, workstation) sets the Bluetooth link between the two,
	// which is Up or Down.
	SetLink struct {
		Site  Site
		State Uplink
	}
	// SetFault schedules a one-shot fault for the Nth next message of a kind,
	// counted from 1 ("link fault").
	SetFault struct {
		Kind    FaultKind `name:"fault"`
		Message string
		Nth     int
	}

	// AdvanceClock moves the world's clock forward and fires each due timer at
	// its own instant ("clock advance").
	AdvanceClock struct{ By time.Duration }
	// BackClock sets the world's clock back ("clock back"). Nothing that was
	// spent or has expired becomes valid again (rule A8).
	BackClock struct{ By time.Duration }
	// SetClock moves the world's clock to an instant, either way
	// ("clock set").
	SetClock struct{ To time.Time }
	// FreezeClock stops the world's clock ("clock freeze").
	FreezeClock struct{}
	// RunClock restarts a frozen clock, which then follows the host's ("clock
	// run").
	RunClock struct{}
	// SkewClock sets how far a site's clock is off the world's
	// ("clock skew"); negative is behind.
	SkewClock struct {
		Site Site
		By   time.Duration
	}
)

// UnlockUserResult is the result of UnlockUser.
type UnlockUserResult struct {
	User string
	// Reached lists the workstations that carried the unlock out, Waiting those
	// that will do so when they next talk to the server (H27).
	Reached, Waiting []string
}

// ReplaceResult is the result of ReplaceDevice.
type ReplaceResult struct {
	Old, New, User string
	// Dead lists the workstations where the old phone's PINs no longer work.
	// Waiting lists those that have not heard yet: a PIN that the old phone
	// shows still unlocks them until they talk to the server or the PIN
	// expires.
	Dead, Waiting []string
}

// LockResult is the result of Lock.
type LockResult struct {
	Workstation string
	// Already says that it was locked before.
	Already bool
}

// CancelResult is the result of Cancel.
type CancelResult struct {
	Phone string
	// Cancelled reports whether something was waiting.
	Cancelled bool
}

// RestartDeviceResult is the result of RestartDevice.
type RestartDeviceResult struct {
	Phone string
	// Hidden reports whether the restart wiped a visible PIN, which stays
	// spent.
	Hidden bool
	// Cancelled reports whether the restart cancelled a waiting tap or an open
	// operation (E17).
	Cancelled bool
}

// RestartWorkstationResult is the result of RestartWorkstation.
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

// SetCommand returns the command that gives the setting a value, for a hint.
func (k SettingKey) SetCommand(value string) string {
	return "offauth admin policy set " + string(k) + "=" + value
}

// SetForCommand returns the command that gives the setting a value for one
// user.
func (k SettingKey) SetForCommand(user, value string) string {
	return "offauth admin policy set --user " + user + " " + string(k) + "=" + value
}

// ExplainCommand returns the command that prints the setting's meaning and
// range.
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

// VerbRepair is the verb of authn/sim.AcceptRollback, which accepts a world
// after its files were restored from a backup. No front end makes the Action.
const VerbRepair = "world repair"

// Verb implements Action.
func (RestartWorkstation) Verb() string { return "workstation restart" }
