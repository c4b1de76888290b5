package show

import (
	"fmt"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/encap"
	"github.com/offauth/offauth/authn/hypr"
	"github.com/offauth/offauth/authn/onespan"
	"github.com/offauth/offauth/cmd/internal/app"
)

// LockedJSON is something that is locked for a user, under the code by which it
// refuses.
type LockedJSON struct {
	Code        authn.Code   `json:"code"`
	Rule        authn.RuleID `json:"rule"`
	User        string       `json:"user"`
	Workstation string       `json:"workstation"`
	Phone       string       `json:"phone"`
	// Method is empty where every method of the phone is locked.
	Method   string `json:"method"`
	Failures int    `json:"failures"`
	// Since is when a method or a phone of Encap's was locked; null for others.
	Since *app.Stamp `json:"since"`
	// Waits says that the administrator has ended it, and that the workstation
	// has not heard of that yet.
	Waits bool `json:"unlock_waits"`
}

// LocksOf returns what is locked for a user, or for everybody.
func LocksOf(snap authn.Snapshot, user string) []LockedJSON {
	locks := []LockedJSON{}
	add := func(l LockedJSON) {
		if user == "" || l.User == user {
			locks = append(locks, l)
		}
	}
	for _, w := range snap.Workstations {
		for _, a := range w.Accounts {
			if a.LockedOut {
				add(LockedJSON{Code: hypr.CodeDirectoryLocked, Rule: "H27", User: a.User, Workstation: w.Name, Failures: a.Failures, Waits: a.UnlockWaits})
			}
		}
	}
	for _, u := range snap.Users {
		for _, l := range u.Locks {
			code := encap.CodeMethodLocked
			if l.Method == "" {
				code = encap.CodeDeviceLocked
			}
			if l.Locked {
				add(LockedJSON{Code: code, Rule: "E27", User: u.Name, Phone: l.Phone, Method: l.Method, Failures: l.Failures, Since: app.StampOf(l.Since)})
			}
		}
	}
	for _, p := range snap.Phones {
		if p.Encap != nil && p.Encap.BiometricsLocked {
			add(LockedJSON{Code: encap.CodeBiometricsLocked, Rule: "E34", User: p.User, Phone: p.Name, Failures: p.Encap.BiometricFailures})
		}
	}
	for _, u := range snap.Users {
		if v := u.OneSpan; v != nil && v.Locked {
			add(LockedJSON{Code: onespan.CodeUserLocked, Rule: "O44", User: u.Name, Failures: v.Failures})
		}
	}
	for _, w := range snap.Workstations {
		for _, v := range w.Data {
			if v.Locked {
				add(LockedJSON{Code: onespan.CodeDataLocked, Rule: "O35", User: v.User, Workstation: w.Name, Failures: v.Failures, Waits: v.Pardoned})
			}
		}
	}
	return locks
}

// What says in a few words what is locked.
func (l LockedJSON) What() string {
	switch l.Code {
	case hypr.CodeDirectoryLocked:
		return "by the directory at " + l.Workstation
	case encap.CodeMethodLocked:
		return l.Method + " on " + l.Phone
	case encap.CodeDeviceLocked:
		return "every method on " + l.Phone
	case encap.CodeBiometricsLocked:
		return "biometrics on " + l.Phone
	case onespan.CodeDataLocked:
		return "offline data at " + l.Workstation
	}
	return "at OneSpan's server"
}

// line says it at length: of whom, after how many tries, and what is under way.
func (l LockedJSON) line() string {
	text := fmt.Sprintf("locked        %s, for %s", l.What(), l.User)
	if l.Failures > 0 { // data that is locked keeps no count
		text += ": " + authn.Counted(l.Failures, "wrong try") + " in a row"
	}
	if l.Since != nil {
		text += ", since " + l.Since.Time().UTC().Format(time.RFC3339)
	}
	text += fmt.Sprintf(" (%s)", l.Rule)
	switch {
	case l.Waits && l.Code == hypr.CodeDirectoryLocked:
		text += "; it is unlocked when " + l.Workstation + " and the server next talk"
	case l.Waits:
		text += "; the server's record is deleted, and an online logon brings new data"
	}
	return text
}

// LockLines tells of locks, one a line.
func LockLines(locks []LockedJSON) []string { return app.NamesOf(locks, LockedJSON.line) }
