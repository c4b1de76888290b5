package onespan

import (
	"time"

	"github.com/offauth/offauth/authn"
)

// Settings are the policy's, as the server's administrator has them. Those of
// the client travel with every answer of the server.
type Settings struct {
	// Offline is the switch; off in the Base Policy (O1, O2).
	Offline bool `json:"offline"`
	// Backend is "none" or "always" (O3).
	Backend string `json:"backend"`
	// Days is the time window (O4), Uses the event window (O5).
	Days int `json:"days"`
	Uses int `json:"uses"`
	// PINRequired wants a server PIN before the OTP (O26), of at least
	// PINLength digits when it is new (O30).
	PINRequired bool `json:"pin_required"`
	PINLength   int  `json:"pin_length"`
	// PasswordRequired wants the static password first (O27), and
	// PasswordOffline offline too (O34).
	PasswordRequired bool `json:"password_required"`
	PasswordOffline  bool `json:"password_offline"`
	// Digits and StepSeconds are for authenticators that are assigned later.
	Digits      int `json:"digits"`
	StepSeconds int `json:"step_seconds"`
	// Window is how many steps each side are tried (O24), EventWindow how many
	// events after the last one (O22).
	Window      int `json:"window"`
	EventWindow int `json:"event_window"`
	// LockThreshold is the failure in a row that locks a user online; 0 is
	// never (O44).
	LockThreshold int `json:"lock_threshold"`
	// MaxFailures is the failure in a row that locks offline data (O36).
	MaxFailures int `json:"max_failures"`
	// NotifyDays and NotifyUses are how little is left when the user is told
	// so; 0 is never (O40, O41).
	NotifyDays int `json:"notify_days"`
	NotifyUses int `json:"notify_uses"`
	// Specific shows why an OTP was refused (O42).
	Specific bool `json:"specific"`
}

// The values of Back-End Authentication (O3).
const (
	BackendNone   = "none"
	BackendAlways = "always"
)

// DefaultSettings are those of a new server.
func DefaultSettings() Settings {
	return Settings{
		Backend: BackendNone, Days: 21, Uses: 300, PINLength: 4, Digits: 6, StepSeconds: 30,
		Window: 20, EventWindow: 20, LockThreshold: 3, MaxFailures: 3, NotifyDays: 3, NotifyUses: 10, Specific: true,
	}
}

// The keys of the settings, in the order of the table.
const (
	// KeyOffline is the one setting that a user can have of their own (O6).
	KeyOffline            authn.SettingKey = "onespan.offline.enabled"
	KeyBackend            authn.SettingKey = "onespan.backend.authentication"
	KeyWindowDays         authn.SettingKey = "onespan.offline.window_days"
	KeyOfflineEventWindow authn.SettingKey = "onespan.offline.event_window"
	KeyMaxFailures        authn.SettingKey = "onespan.offline.max_failures"
	KeyNotifyDays         authn.SettingKey = "onespan.offline.notify_days"
	KeyNotifyUses         authn.SettingKey = "onespan.offline.notify_uses"
	KeyPINRequired        authn.SettingKey = "onespan.server_pin.required"
	KeyPINMinLength       authn.SettingKey = "onespan.server_pin.min_length"
	KeyPasswordRequired   authn.SettingKey = "onespan.static_password.required"
	KeyPasswordOffline    authn.SettingKey = "onespan.static_password.offline"
	KeyOTPLength          authn.SettingKey = "onespan.otp.length"
	KeyOTPStep            authn.SettingKey = "onespan.otp.step"
	KeyOTPWindow          authn.SettingKey = "onespan.otp.window"
	KeyOTPEventWindow     authn.SettingKey = "onespan.otp.event_window"
	KeyLockThreshold      authn.SettingKey = "onespan.user.lock_threshold"
	KeySpecificMessages   authn.SettingKey = "onespan.messages.specific"
)

// table is the policy's spelling; SetPolicy, the views and the docs read it.
func table() []authn.PolicyRow[Settings] {
	flag, number := authn.FlagRow[Settings], authn.NumberRow[Settings]
	return []authn.PolicyRow[Settings]{
		flag(KeyOffline, "O1", "whether there is offline authentication; a user's own setting stands before it",
			func(s *Settings) *bool { return &s.Offline }),
		authn.WordRow(KeyBackend, "O3", "Back-End Authentication; offline data is made only if it is always",
			[]string{BackendNone, BackendAlways}, func(s *Settings) *string { return &s.Backend }),
		number(KeyWindowDays, "O4", "days that time-based offline data lives", 1, 99,
			func(s *Settings) *int { return &s.Days }),
		number(KeyOfflineEventWindow, "O5", "uses that event-based offline data has", 1, 2999,
			func(s *Settings) *int { return &s.Uses }),
		number(KeyMaxFailures, "O36", "the offline failure in a row that deletes the data and locks", 1, 99,
			func(s *Settings) *int { return &s.MaxFailures }),
		number(KeyNotifyDays, "O41", "days left at which the user is told; 0 is never", 0, 99,
			func(s *Settings) *int { return &s.NotifyDays }),
		number(KeyNotifyUses, "O41", "uses left at which the user is told; 0 is never", 0, 2999,
			func(s *Settings) *int { return &s.NotifyUses }),
		flag(KeyPINRequired, "O26", "whether a server PIN is typed before the one-time password",
			func(s *Settings) *bool { return &s.PINRequired }),
		number(KeyPINMinLength, "O30", "digits that a new server PIN has at least", 1, maxPIN,
			func(s *Settings) *int { return &s.PINLength }),
		flag(KeyPasswordRequired, "O27", "whether the static password is typed first",
			func(s *Settings) *bool { return &s.PasswordRequired }),
		flag(KeyPasswordOffline, "O34", "whether the static password is checked offline too",
			func(s *Settings) *bool { return &s.PasswordOffline }),
		number(KeyOTPLength, "O32", "digits of a one-time password, of authenticators assigned from now on", 6, 8,
			func(s *Settings) *int { return &s.Digits }),
		stepRow(),
		number(KeyOTPWindow, "O24", "time steps each side that are tried", 1, 100,
			func(s *Settings) *int { return &s.Window }),
		number(KeyOTPEventWindow, "O22", "events after the last one that are tried", 1, 100,
			func(s *Settings) *int { return &s.EventWindow }),
		number(KeyLockThreshold, "O44", "the online failure in a row that locks the user; 0 is never", 0, 99,
			func(s *Settings) *int { return &s.LockThreshold }),
		flag(KeySpecificMessages, "O42", "whether the user is shown why a one-time password was refused",
			func(s *Settings) *bool { return &s.Specific }),
	}
}

// stepRow is the length of a time step. A day is a whole number of them, since
// it is the unit of offline data, and not so many that a block of a day would
// be too long for a message.
func stepRow() authn.PolicyRow[Settings] {
	row := authn.SecondsRow(KeyOTPStep, "A5", "length of a time step, of authenticators assigned from now on", 30, 300,
		func(s *Settings) *int { return &s.StepSeconds })
	row.Range.Text = "a day being a whole number of them"
	row.Judge = func(s Settings) bool { return daySeconds%s.StepSeconds == 0 }
	return row
}

// day is the unit of time-based offline data (O9, O10).
const (
	day        = 24 * time.Hour
	daySeconds = 86_400
)

// With returns the settings with others put in, see authn.ChangePolicy.
func (s Settings) With(changes []authn.Setting) (Settings, error) {
	return authn.ChangePolicy(table(), s, changes)
}

// View lists the settings for showing.
func (s Settings) View() []authn.SettingView {
	return authn.ViewPolicy(table(), s, DefaultSettings())
}

// clientSettings are the settings that a workstation received last and judges by.
type clientSettings struct {
	PINRequired, PasswordRequired, PasswordOffline, Specific bool
	Window, EventWindow, MaxFailures, NotifyDays, NotifyUses int
}

// client returns the client's settings.
func (s Settings) client() clientSettings {
	return clientSettings{
		PINRequired: s.PINRequired, PasswordRequired: s.PasswordRequired, PasswordOffline: s.PasswordOffline,
		Specific: s.Specific,
		Window:   s.Window, EventWindow: s.EventWindow, MaxFailures: s.MaxFailures, NotifyDays: s.NotifyDays,
		NotifyUses: s.NotifyUses,
	}
}

func (c *clientSettings) fields(f authn.Fields) {
	f.Bool(&c.PINRequired, &c.PasswordRequired, &c.PasswordOffline, &c.Specific)
	f.Int16(&c.Window, &c.EventWindow, &c.MaxFailures, &c.NotifyDays, &c.NotifyUses)
}
