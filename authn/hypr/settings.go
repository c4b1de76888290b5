package hypr

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/offauth/offauth/authn"
)

// Settings are the administrator's, as HYPR's Workstation Settings have them.
type Settings struct {
	// OfflineMode is the switch; off by default (H1).
	OfflineMode bool `json:"offline_mode"`
	// Profile is "classic" or "current"; it decides how many days are
	// accepted (H5, H6).
	Profile string `json:"profile"`
	// Length is that of a PIN, 6 to 13 (H2, H3).
	Length int `json:"length"`
	// Count is the number of PINs of a set, 10 to 100 (H4).
	Count int `json:"count"`
	// Days is how many times 24 hours a set lives, 7 to 30 or 90 (H5, H6).
	Days int `json:"days"`
	// DisplaySeconds is how long a PIN stays on the screen, 10 to 300 (H7).
	DisplaySeconds int `json:"display_seconds"`
	// ThresholdPercent is below which share of PINs the phone warns, 0 to
	// 100 (H8).
	ThresholdPercent int `json:"threshold_percent"`
	// Lockout is after how many wrong PINs in a row the directory's account
	// policy locks a user out, 0 to 999; 0 is never (H26, H27).
	Lockout int `json:"lockout"`
	// ServerVersion is the server's, such as "3.6", or "latest" (H43).
	ServerVersion string `json:"server_version"`
}

// The profiles.
const (
	ProfileClassic = "classic"
	ProfileCurrent = "current"
)

// DefaultSettings are those of a new server.
func DefaultSettings() Settings {
	return Settings{
		Profile: ProfileClassic, Length: 8, Count: 25, Days: 30,
		DisplaySeconds: 60, ThresholdPercent: 20, ServerVersion: newest,
	}
}

// life is how long a set made under these settings lives (H33).
func (s Settings) life() time.Duration { return time.Duration(s.Days) * 24 * time.Hour }

// display is how long a PIN stays visible (H18).
func (s Settings) display() time.Duration { return time.Duration(s.DisplaySeconds) * time.Second }

// low says whether the PINs left are below the threshold (H29).
func (s Settings) low(left, of int) bool { return left*100 < s.ThresholdPercent*of }

// setting is one row of the table below: how a setting is spelled, read,
// written and judged.
type setting struct {
	key, doc string
	rule     authn.RuleID
	show     func(Settings) string
	read     func(*Settings, string) error
	limits   func(Settings) string
	judge    func(Settings) bool
}

// table is the policy's spelling; SetPolicy, the views and the docs read it.
func table() []setting {
	return []setting{
		{
			key: "hypr.offline.enabled", rule: "H1", doc: "Offline Mode: whether workstations make offline PINs",
			show:   func(s Settings) string { return strconv.FormatBool(s.OfflineMode) },
			read:   func(s *Settings, v string) error { return readSwitch(&s.OfflineMode, v) },
			limits: func(Settings) string { return "true or false" },
			judge:  func(Settings) bool { return true },
		},
		{
			key: "hypr.profile", rule: "H6", doc: "which range of days is accepted: classic 7 to 30, current 7 to 90",
			show:   func(s Settings) string { return s.Profile },
			read:   func(s *Settings, v string) error { s.Profile = v; return nil },
			limits: func(Settings) string { return ProfileClassic + " or " + ProfileCurrent },
			judge:  func(s Settings) bool { return s.Profile == ProfileClassic || s.Profile == ProfileCurrent },
		},
		number("hypr.pins.length", "H2", "symbols in a PIN", 6, 13, func(s *Settings) *int { return &s.Length }),
		number("hypr.pins.count", "H4", "PINs in a set", 10, 100, func(s *Settings) *int { return &s.Count }),
		daysSetting(),
		secondsSetting(),
		number("hypr.pins.prompt_threshold", "H8", "percentage of PINs left below which the phone warns", 0, 100,
			func(s *Settings) *int { return &s.ThresholdPercent }),
		number("hypr.directory.lockout", "H27", "wrong PINs in a row after which the directory locks the user out; 0 is never", 0, 999,
			func(s *Settings) *int { return &s.Lockout }),
		{
			key: "hypr.server.version", rule: "H43", doc: "the server's version; below 3.6 there is no Offline Mode",
			show:   func(s Settings) string { return s.ServerVersion },
			read:   func(s *Settings, v string) error { s.ServerVersion = v; return CheckVersion(v) },
			limits: func(Settings) string { return "a version such as 3.6, or " + newest },
			judge:  func(s Settings) bool { return CheckVersion(s.ServerVersion) == nil },
		},
	}
}

// number is a row for a plain integer.
func number(key string, rule authn.RuleID, doc string, low, high int, field func(*Settings) *int) setting {
	return setting{
		key: key, rule: rule, doc: doc,
		show:   func(s Settings) string { return strconv.Itoa(*field(&s)) },
		read:   func(s *Settings, v string) error { return readNumber(field(s), v) },
		limits: func(Settings) string { return fmt.Sprintf("%d to %d", low, high) },
		judge:  func(s Settings) bool { return *field(&s) >= low && *field(&s) <= high },
	}
}

// daysSetting has a range that the profile decides.
func daysSetting() setting {
	row := number("hypr.offline.days", "H5", "days that a PIN set lives", 7, 30, func(s *Settings) *int { return &s.Days })
	row.limits = func(s Settings) string { return fmt.Sprintf("7 to %d", maxDays(s)) }
	row.judge = func(s Settings) bool { return s.Days >= 7 && s.Days <= maxDays(s) }
	return row
}

// maxDays is 30 in the classic profile (H5) and 90 in the current one (H6).
func maxDays(s Settings) int {
	if s.Profile == ProfileCurrent {
		return 90
	}
	return 30
}

// secondsSetting is read with or without a unit: HYPR's own setting is in
// seconds.
func secondsSetting() setting {
	row := number("hypr.pins.display_timeout", "H7", "how long a PIN stays on the phone's screen", 10, 300,
		func(s *Settings) *int { return &s.DisplaySeconds })
	row.show = func(s Settings) string { return fmt.Sprintf("%ds", s.DisplaySeconds) }
	row.limits = func(Settings) string { return "10s to 300s" }
	row.read = func(s *Settings, v string) error {
		if readNumber(&s.DisplaySeconds, v) == nil {
			return nil
		}
		d, err := time.ParseDuration(v)
		if err != nil || d%time.Second != 0 {
			return fmt.Errorf("want whole seconds, such as 60s")
		}
		s.DisplaySeconds = int(d / time.Second)
		return nil
	}
	return row
}

func readNumber(into *int, v string) error {
	n, err := strconv.ParseInt(v, 10, 32)
	if err != nil {
		return fmt.Errorf("want a whole number")
	}
	*into = int(n)
	return nil
}

func readSwitch(into *bool, v string) error {
	switch strings.ToLower(v) {
	case "true", "on", "yes":
		*into = true
	case "false", "off", "no":
		*into = false
	default:
		return fmt.Errorf("want true or false")
	}
	return nil
}

// With gives the settings with others put in, all of them or none. A value
// out of its range is a Refusal with the code "out_of_range"; one that is no
// value at all, or an unknown key, is a Fault.
func (s Settings) With(changes []authn.Setting) (Settings, error) {
	rows := table()
	changed := map[string]bool{}
	for _, c := range changes {
		row, ok := find(rows, c.Key)
		if !ok {
			return s, &authn.Fault{Code: "no_such_setting", Message: fmt.Sprintf("no setting is called %q", c.Key), Hints: []string{"offauth admin policy show"}}
		}
		if err := row.read(&s, c.Value); err != nil {
			return s, &authn.Fault{Code: "bad_argument", Message: fmt.Sprintf("%s=%s: %v", c.Key, plain(c.Value), err), Hints: []string{"offauth admin policy explain " + c.Key}}
		}
		changed[c.Key] = true
	}
	for _, row := range rows {
		if row.judge(s) {
			continue
		}
		return s, outOfRange(row, s, changed[row.key])
	}
	return s, nil
}

// outOfRange words the refusal of a value; direct is false where the value
// was accepted before and another setting took its range away.
func outOfRange(row setting, s Settings, direct bool) *authn.Refusal {
	rule := row.rule
	if row.key == "hypr.offline.days" && s.Profile == ProfileCurrent {
		rule = "H6"
	}
	message := fmt.Sprintf("%s accepts %s, not %s", row.key, row.limits(s), plain(row.show(s)))
	if !direct {
		message = fmt.Sprintf("with the profile %s %s", plain(s.Profile), message)
	}
	return &authn.Refusal{
		Code: CodeOutOfRange, Rule: rule, Site: authn.SiteServer, Subject: row.key, Message: message,
		Hints:  []string{"offauth admin policy explain " + row.key},
		Fields: map[string]any{"key": row.key, "accepted": row.limits(s)},
	}
}

// plain gives a typed value back for a message: as it is, or quoted where it
// has signs that a terminal would not show.
func plain(value string) string {
	if strings.ContainsFunc(value, func(r rune) bool { return r <= ' ' || r >= 0x7f }) {
		return strconv.Quote(value)
	}
	return value
}

func find(rows []setting, key string) (setting, bool) {
	for _, row := range rows {
		if row.key == key {
			return row, true
		}
	}
	return setting{}, false
}

// View lists the settings for showing.
func (s Settings) View() []authn.SettingView {
	views := []authn.SettingView{}
	for _, row := range table() {
		views = append(views, authn.SettingView{
			Key: row.key, Value: row.show(s), Default: row.show(DefaultSettings()),
			Range: row.limits(s), Rule: row.rule, Doc: row.doc,
		})
	}
	return views
}
