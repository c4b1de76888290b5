package admin

import (
	"fmt"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/onespan"
	"github.com/offauth/offauth/cmd/internal/cli/show"
)

// onespanUserJSON is what OneSpan's server has of a user.
type onespanUserJSON struct {
	// Offline is the user's own setting, "true" or "false", or empty (O6).
	Offline  string `json:"offline"`
	Failures int    `json:"failures"`
	// Allowed is the failure that locks; 0 is never.
	Allowed        int                       `json:"allowed"`
	Locked         bool                      `json:"locked"`
	HasPassword    bool                      `json:"has_password"`
	HasPIN         bool                      `json:"has_pin"`
	PINForced      bool                      `json:"pin_forced"`
	Authenticators []serverAuthenticatorJSON `json:"authenticators"`
	// Withheld says why the server makes no offline data: disabled (O1, O6),
	// backend (O3), or empty.
	Withheld string `json:"withheld"`
}

type serverAuthenticatorJSON struct {
	Serial       string `json:"serial"`
	Phone        string `json:"phone"`
	Type         string `json:"type"`
	DriftSeconds int    `json:"drift_seconds"`
	Counter      uint64 `json:"counter"`
}

// onespanUserOf returns it, and lines about it.
func onespanUserOf(u authn.UserView) (*onespanUserJSON, []string) {
	v := u.OneSpan
	if v == nil {
		return nil, nil
	}
	j := &onespanUserJSON{Offline: v.Offline, Failures: v.Failures, Allowed: v.Allowed, Locked: v.Locked, HasPassword: v.HasPassword, HasPIN: v.HasPIN, PINForced: v.PINForced,
		Authenticators: []serverAuthenticatorJSON{}, Withheld: v.Withheld.Reason}
	var lines []string
	for _, a := range v.Authenticators {
		j.Authenticators = append(j.Authenticators, serverAuthenticatorJSON{Serial: a.Serial, Phone: a.Phone, Type: a.Type, DriftSeconds: int(a.Drift.Seconds()), Counter: a.Counter})
		at := fmt.Sprintf("clock off by %s (O47)", a.Drift)
		if a.Type == string(onespan.EventBased) {
			at = fmt.Sprintf("next event %d", a.Counter)
		}
		lines = append(lines, fmt.Sprintf("authenticator %s on %s, %s-based, %s", a.Serial, a.Phone, a.Type, at))
	}
	pin := "not set"
	switch {
	case v.PINForced:
		pin = "set, to be changed at the next logon (O28)"
	case v.HasPIN:
		pin = "set"
	}
	password := "not set"
	if v.HasPassword {
		password = "set"
	}
	lines = append(lines, "server PIN    "+pin, "password      "+password, wrongLogons(v))
	if v.Withheld.Reason != "" {
		lines = append(lines, "offline data  none is made: "+show.WithheldText(v.Withheld.Reason))
	}
	if v.Offline != "" {
		lines = append(lines, "offline       "+v.Offline+", the user's own setting (O6)")
	}
	return j, lines
}

// wrongLogons tells how near the user is to the lock (O44).
func wrongLogons(v *authn.OneSpanUserView) string {
	text := fmt.Sprintf("wrong logons  %d online, in a row", v.Failures)
	if v.Allowed > 0 {
		text += fmt.Sprintf("; number %d locks", v.Allowed)
	}
	return text
}
