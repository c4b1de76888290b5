package encap

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/offauth/offauth/authn"
)

// Settings are the application's, as the server's administrator has them.
type Settings struct {
	// Offline are the offline methods that are allowed; none at first (E1).
	Offline []Method `json:"offline,omitempty"`
	// OTPLength is that of a one-time password; nil until it is set (E2).
	OTPLength *int `json:"otp_length,omitempty"`
	// SessionSeconds is how long a session lives (E29).
	SessionSeconds int `json:"session_seconds"`
	// MaxFailures is the consecutive failure that locks (E25, E26).
	MaxFailures int `json:"max_failures"`
	// LockScope is ScopeMethod or ScopeDevice (E27, E28).
	LockScope string `json:"lock_scope"`
	// Authorising are the methods that may authorise adding another (E6).
	Authorising []Method `json:"authorising"`
}

// The scopes of a lock (E27).
const (
	ScopeMethod = "method"
	ScopeDevice = "device"
)

// unset is the spelling of a length that is not set.
const unset = "unset"

// DefaultSettings are those of a new server.
func DefaultSettings() Settings {
	return Settings{SessionSeconds: 300, MaxFailures: 3, LockScope: ScopeMethod, Authorising: []Method{DevicePIN}}
}

// life returns how long a session lives (E29).
func (s Settings) life() time.Duration { return time.Duration(s.SessionSeconds) * time.Second }

// The keys of the settings, in the order of the table.
const (
	KeyOfflineMethods authn.SettingKey = "encap.offline.methods"
	KeyOTPLength      authn.SettingKey = "encap.otp.length"
	KeySessionTTL     authn.SettingKey = "encap.offline.session_ttl"
	KeyMaxFailures    authn.SettingKey = "encap.offline.max_failures"
	KeyLockScope      authn.SettingKey = "encap.offline.lock_scope"
	KeyAddMethods     authn.SettingKey = "encap.add.methods"
)

// table is the policy's spelling; SetPolicy, the views and the docs read it.
func table() []authn.PolicyRow[Settings] {
	return []authn.PolicyRow[Settings]{
		methodsRow(KeyOfflineMethods, "E1", "the offline methods that phones may add and providers may ask for",
			"none, or any of "+commaList(OfflineMethods()), func(s *Settings) *[]Method { return &s.Offline },
			func(m []Method) bool { return !slices.ContainsFunc(m, Method.Online) }),
		lengthRow(),
		authn.SecondsRow(KeySessionTTL, "E29", "how long a session lives", 10, 3600,
			func(s *Settings) *int { return &s.SessionSeconds }),
		authn.NumberRow(KeyMaxFailures, "E25", "the wrong code or PIN in a row that locks", 1, 999,
			func(s *Settings) *int { return &s.MaxFailures }),
		authn.WordRow(KeyLockScope, "E27", "what a lock covers: the method that failed, or the whole device",
			[]string{ScopeMethod, ScopeDevice}, func(s *Settings) *string { return &s.LockScope }),
		methodsRow(KeyAddMethods, "E6", "the methods that may authorise adding another",
			commaList(Methods()[:2])+", or both", func(s *Settings) *[]Method { return &s.Authorising },
			func(m []Method) bool { return len(m) > 0 && !slices.ContainsFunc(m, Method.Offline) }),
	}
}

// methodsRow is a row for a list of methods.
func methodsRow(key authn.SettingKey, rule authn.RuleID, doc, limits string, field func(*Settings) *[]Method,
	judge func([]Method) bool) authn.PolicyRow[Settings] {
	return authn.PolicyRow[Settings]{
		Key: key, Rule: rule, Doc: doc,
		Show: func(s Settings) string {
			if len(*field(&s)) == 0 {
				return "none"
			}
			return commaList(*field(&s))
		},
		Range: authn.Range{Text: limits},
		Read:  func(s *Settings, v string) error { return readMethods(field(s), v) },
		Judge: func(s Settings) bool { return judge(*field(&s)) },
	}
}

// readMethods reads a list with commas, or none.
func readMethods(into *[]Method, v string) error {
	*into = nil
	if v == "" || strings.EqualFold(v, "none") {
		return nil
	}
	named := []Method{}
	for name := range strings.SplitSeq(v, ",") {
		named = append(named, Method(strings.TrimSpace(name)))
	}
	methods, err := parseMethods(named)
	*into = methods
	return err
}

// otpDigits is how many digits a one-time password may have (E2).
var otpDigits = authn.Range{Low: 4, High: 9}

// lengthRow is a number that has no default.
func lengthRow() authn.PolicyRow[Settings] {
	row := authn.NumberRow(KeyOTPLength, "E2", "digits of a one-time password; it must be set before offline methods work",
		otpDigits.Low, otpDigits.High,
		func(s *Settings) *int { return s.OTPLength })
	row.Show = func(s Settings) string {
		if s.OTPLength == nil {
			return unset
		}
		return strconv.Itoa(*s.OTPLength)
	}
	row.Read = func(s *Settings, v string) error {
		s.OTPLength = nil
		if strings.EqualFold(v, unset) {
			return nil
		}
		n := 0
		s.OTPLength = &n
		if err := authn.ReadNumber(&n, v); err != nil {
			return fmt.Errorf("want %s, or %s", row.Range, unset)
		}
		return nil
	}
	return row
}

// With returns the settings with others put in, see authn.ChangePolicy.
func (s Settings) With(changes []authn.Setting) (Settings, error) {
	return authn.ChangePolicy(table(), s, changes)
}

// View lists the settings for showing.
func (s Settings) View() []authn.SettingView {
	return authn.ViewPolicy(table(), s, DefaultSettings())
}
