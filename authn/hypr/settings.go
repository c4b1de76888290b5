package hypr

import (
	"fmt"
	"time"

	"github.com/offauth/offauth/authn"
)

// Settings are the administrator's settings, as in HYPR's Workstation Settings.
type Settings struct {
	// OfflineMode enables Offline Mode; off by default (H1).
	OfflineMode bool `json:"offline_mode"`
	// Profile is "classic" or "current"; it determines the range of Days (H5,
	// H6).
	Profile string `json:"profile"`
	// Length is the length of a PIN (H2, H3).
	Length int `json:"length"`
	// Count is the number of PINs in a set (H4).
	Count int `json:"count"`
	// Days is the life of a set, in days of 24 hours (H5, H6).
	Days int `json:"days"`
	// DisplaySeconds is how long a PIN stays on the screen (H7).
	DisplaySeconds int `json:"display_seconds"`
	// ThresholdPercent is the share of PINs left below which the phone warns
	// (H8).
	ThresholdPercent int `json:"threshold_percent"`
	// Lockout is the number of consecutive wrong PINs after which the
	// directory's account policy locks a user out; 0 means never (H26, H27).
	Lockout int `json:"lockout"`
	// LockoutMinutes is the number of minutes after which such a lock-out
	// expires; 0 means never (H50).
	LockoutMinutes int `json:"lockout_minutes,omitempty"`
	// RPApplication is the label of the RP Application that the settings belong
	// to; it appears in the audit trail (H39).
	RPApplication string `json:"rp_application,omitempty"`
	// ServerVersion is the server's version, such as "3.6", or "latest" (H43).
	ServerVersion string `json:"server_version"`
}

// The profiles.
const (
	ProfileClassic = "classic"
	ProfileCurrent = "current"
)

// DefaultSettings returns the settings of a new server.
func DefaultSettings() Settings {
	return Settings{
		Profile: ProfileClassic, Length: 8, Count: 25, Days: 30,
		DisplaySeconds: 60, ThresholdPercent: 20, ServerVersion: authn.NewestVersion,
		RPApplication: "workstations",
	}
}

// life returns the life of a set made under these settings (H33).
func (s Settings) life() time.Duration { return time.Duration(s.Days) * 24 * time.Hour }

// display returns how long a PIN stays visible (H18).
func (s Settings) display() time.Duration { return time.Duration(s.DisplaySeconds) * time.Second }

// low reports whether the PINs left are below the threshold (H29).
func (s Settings) low(left, of int) bool { return left*100 < s.ThresholdPercent*of }

// The keys of the settings, in the order of the table.
const (
	KeyRPApplication   authn.SettingKey = "hypr.rp_application"
	KeyOffline         authn.SettingKey = "hypr.offline.enabled"
	KeyProfile         authn.SettingKey = "hypr.profile"
	KeyPINLength       authn.SettingKey = "hypr.pins.length"
	KeyPINCount        authn.SettingKey = "hypr.pins.count"
	KeyDays            authn.SettingKey = "hypr.offline.days"
	KeyDisplayTimeout  authn.SettingKey = "hypr.pins.display_timeout"
	KeyPromptThreshold authn.SettingKey = "hypr.pins.prompt_threshold"
	KeyLockout         authn.SettingKey = "hypr.directory.lockout"
	KeyLockoutMinutes  authn.SettingKey = "hypr.directory.lockout_minutes"
	KeyServerVersion   authn.SettingKey = "hypr.server.version"
)

// table returns the table of settings, which SetPolicy, the views and the docs
// read.
func table() []authn.PolicyRow[Settings] {
	number := authn.NumberRow[Settings]
	return []authn.PolicyRow[Settings]{
		{
			Key: KeyRPApplication, Rule: "H39",
			Doc:   "the RP Application that these are the settings of; the audit trail names it",
			Range: authn.Range{Text: "a name"},
			Show:  func(s Settings) string { return s.RPApplication },
			Read:  func(s *Settings, v string) error { s.RPApplication = v; return authn.CheckName(v) },
		},
		authn.FlagRow(KeyOffline, "H1", "Offline Mode: whether workstations make offline PINs",
			func(s *Settings) *bool { return &s.OfflineMode }),
		profileSetting(),
		number(KeyPINLength, "H2", "symbols in a PIN", 6, 13, func(s *Settings) *int { return &s.Length }),
		number(KeyPINCount, "H4", "PINs in a set", 10, 100, func(s *Settings) *int { return &s.Count }),
		daysSetting(),
		authn.SecondsRow(KeyDisplayTimeout, "H7", "how long a PIN stays on the phone's screen", 10, 300,
			func(s *Settings) *int { return &s.DisplaySeconds }),
		number(KeyPromptThreshold, "H8", "percentage of PINs left below which the phone warns", 0, 100,
			func(s *Settings) *int { return &s.ThresholdPercent }),
		number(KeyLockout, "H27", "wrong PINs in a row after which the directory locks the user out; 0 is never", 0, 999,
			func(s *Settings) *int { return &s.Lockout }),
		number(KeyLockoutMinutes, "H50", "minutes after which the directory's lock-out ends by itself; 0 is never", 0, 99999,
			func(s *Settings) *int { return &s.LockoutMinutes }),
		{
			Key: KeyServerVersion, Rule: "H43", Doc: "the server's version; below 3.6 there is no Offline Mode",
			Range: authn.Range{Text: "a version such as 3.6, or " + authn.NewestVersion},
			Show:  func(s Settings) string { return s.ServerVersion },
			Read:  func(s *Settings, v string) error { s.ServerVersion = v; return authn.CheckVersion(v) },
			Judge: func(s Settings) bool { return authn.CheckVersion(s.ServerVersion) == nil },
		},
	}
}

// The days that a set may live, by profile (H5, H6).
var (
	daysClassic = authn.Range{Low: 7, High: 30}
	daysCurrent = authn.Range{Low: 7, High: 90}
)

// profileSetting accepts lower case only.
func profileSetting() authn.PolicyRow[Settings] {
	doc := fmt.Sprintf("which range of days is accepted: %s %s, %s %s", ProfileClassic, daysClassic, ProfileCurrent,
		daysCurrent)
	row := authn.WordRow(KeyProfile, "H6", doc, []string{ProfileClassic, ProfileCurrent},
		func(s *Settings) *string { return &s.Profile })
	row.Read = func(s *Settings, v string) error { s.Profile = v; return nil }
	return row
}

// daysSetting has a range that depends on the profile.
func daysSetting() authn.PolicyRow[Settings] {
	row := authn.NumberRow(KeyDays, "H5", "days that a PIN set lives", daysClassic.Low, daysClassic.High,
		func(s *Settings) *int { return &s.Days })
	row.RangeNow = func(s Settings) authn.Range {
		if s.Profile == ProfileCurrent {
			return daysCurrent
		}
		return daysClassic
	}
	row.RuleNow = func(s Settings) authn.RuleID {
		if s.Profile == ProfileCurrent {
			return "H6"
		}
		return "H5"
	}
	row.Because = func(s Settings) string { return "with the profile " + s.Profile }
	return row
}

// With returns the settings with changes, see authn.ChangePolicy.
func (s Settings) With(changes []authn.Setting) (Settings, error) {
	return authn.ChangePolicy(table(), s, changes)
}

// View returns the settings for display.
func (s Settings) View() []authn.SettingView {
	return authn.ViewPolicy(table(), s, DefaultSettings())
}
