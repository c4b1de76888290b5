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

// ClockJSON is the world's clock in JSON; the offset is null while it is frozen.
type ClockJSON struct {
	Now           app.Stamp `json:"now"`
	Frozen        bool      `json:"frozen"`
	OffsetSeconds *float64  `json:"offset_seconds"`
}

// ClockReport words the clock.
func ClockReport(d *app.Deps, w *app.World, snap authn.Snapshot) app.Report {
	now := snap.Now.UTC().Format(time.RFC3339)
	j := ClockJSON{Now: app.Stamp(snap.Now), Frozen: snap.Clock.Frozen}
	line := now + ", frozen"
	if !snap.Clock.Frozen {
		offset := snap.Clock.Offset.Seconds()
		j.OffsetSeconds = &offset
		line = now + ", running" + offsetText(snap.Clock.Offset)
	}
	return app.Report{World: w.Name, Outcome: authn.Outcome{At: snap.Now}, Result: j, Lines: []string{line},
		Bare: []string{now}}
}

func offsetText(by time.Duration) string {
	switch {
	case by >= time.Second:
		return ", " + app.SpanText(by) + " ahead of the host"
	case by <= -time.Second:
		return ", " + app.SpanText(-by) + " behind the host"
	}
	return " with the host"
}

// SkewText words how far a site's clock is off the world's.
func SkewText(by time.Duration) string {
	switch {
	case by > 0:
		return app.SpanText(by) + " ahead"
	case by < 0:
		return app.SpanText(-by) + " behind"
	}
	return "right"
}

// ClockOffJSON is a site's clock that is noticeably off.
type ClockOffJSON struct {
	Site        authn.Site `json:"site"`
	SkewSeconds int        `json:"skew_seconds"`
}

// noticedSkew is the largest skew that is not reported.
const noticedSkew = time.Minute

// ClocksOff returns the clocks that are off, of the server and of the sites
// that concern selects, and a line about each.
func ClocksOff(snap authn.Snapshot, concerns func(authn.Site) bool) ([]ClockOffJSON, []string) {
	clocks, lines := []ClockOffJSON{}, []string(nil)
	for _, l := range snap.ClocksOff {
		if l.By.Abs() <= noticedSkew || l.Site != authn.SiteServer && !concerns(l.Site) {
			continue
		}
		clocks = append(clocks, ClockOffJSON{l.Site, int(l.By / time.Second)})
		lines = append(lines, fmt.Sprintf("clock off     %s is %s: %s", l.Site, SkewText(l.By), l.Repair()))
	}
	return clocks, lines
}

// Notes beside values whose real format is not public (rule A10).

// SimulatedData is printed beside values in a format of offauth's own (rule
// A10).
const SimulatedData = "simulated: Encap's own format is not public; verification data and code are offauth's (A10)"

// SimulatedDigipass is printed beside values that are not OneSpan's own (rule
// A10).
const SimulatedDigipass = "simulated: the codes are those of RFC 4226 and 6238, not of OneSpan's own algorithm (A10)"

// LockedJSON is a lock on something of a user's, with the code of its refusals.
type LockedJSON struct {
	Code        authn.Code   `json:"code"`
	Rule        authn.RuleID `json:"rule"`
	User        string       `json:"user"`
	Workstation string       `json:"workstation"`
	Phone       string       `json:"phone"`
	// Method is empty if every method of the phone is locked.
	Method   string `json:"method"`
	Failures int    `json:"failures"`
	// Since is the time of the lock, for a method or phone of Encap; null for
	// others.
	Since *app.Stamp `json:"since"`
	// Waits reports whether the administrator has ended the lock and the
	// workstation does not know yet.
	Waits bool `json:"unlock_waits"`
}

// LocksOf returns the locks of a user, or of all users.
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
				add(LockedJSON{Code: hypr.CodeDirectoryLocked, Rule: "H27", User: a.User, Workstation: w.Name, Failures: a.Failures,
					Waits: a.UnlockWaits})
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
				add(LockedJSON{Code: code, Rule: "E27", User: u.Name, Phone: l.Phone, Method: l.Method, Failures: l.Failures,
					Since: app.StampOf(l.Since)})
			}
		}
	}
	for _, p := range snap.Phones {
		if p.Encap != nil && p.Encap.BiometricsLocked {
			add(LockedJSON{Code: encap.CodeBiometricsLocked, Rule: "E34", User: p.User, Phone: p.Name,
				Failures: p.Encap.BiometricFailures})
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
				add(LockedJSON{Code: onespan.CodeDataLocked, Rule: "O35", User: v.User, Workstation: w.Name, Failures: v.Failures,
					Waits: v.Pardoned})
			}
		}
	}
	return locks
}

// What words what is locked.
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

// line words the lock at length: the user, the wrong tries, and its progress.
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
