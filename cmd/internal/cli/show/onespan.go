package show

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/onespan"
	"github.com/offauth/offauth/cmd/internal/app"
)

// BroughtJSON describes the offline data after a logon or an update.
type BroughtJSON struct {
	// State is issued, renewed, not_due, none, kept or lost; Reason explains
	// none.
	State     string       `json:"state"`
	Reason    string       `json:"reason"`
	Type      onespan.Type `json:"type"`
	ExpiresAt *app.Stamp   `json:"expires_at"`
	DueAt     *app.Stamp   `json:"due_at"`
	Left      int          `json:"left"`
	Expiring  bool         `json:"expiring"`
}

// BroughtJSONOf returns the JSON form of what a logon or update brought.
func BroughtJSONOf(r onespan.UpdateResult) BroughtJSON {
	return BroughtJSON{State: r.Data, Reason: r.Reason, Type: r.Type, ExpiresAt: app.StampOf(r.ExpiresAt),
		DueAt: app.StampOf(r.DueAt), Left: r.Left, Expiring: r.Expiring}
}

// UpdateOf converts a logon's result to that of an update.
func UpdateOf(r onespan.LogonResult) onespan.UpdateResult {
	return onespan.UpdateResult{
		Workstation: r.Workstation, User: r.User, PINChanged: r.PINChanged, Data: r.Data, Reason: r.Reason, Type: r.Type,
		ExpiresAt: r.ExpiresAt, DueAt: r.DueAt, Left: r.Left, Expiring: r.Expiring,
	}
}

// broughtText words the result.
func broughtText(d *app.Deps, r onespan.UpdateResult, now time.Time) string {
	until := authn.Counted(r.Left, "use") + " left"
	if r.Type == onespan.TimeBased {
		until = "until " + d.When(r.ExpiresAt, now)
	}
	switch r.Data {
	case onespan.DataIssued:
		return "offline data: new, " + until
	case onespan.DataRenewed:
		return "offline data: renewed, " + until
	case onespan.DataNotDue:
		return "offline data: not due, " + until + "; it can be updated from " + d.When(r.DueAt, now)
	case onespan.DataLost:
		return "offline data: the new data did not arrive whole; the next logon or update brings it"
	case onespan.DataNone:
		return "offline data: none; " + WithheldText(r.Reason)
	}
	return "offline data: " + until
}

// WithheldText words why the server brings no data.
func WithheldText(reason string) string {
	switch reason {
	case onespan.ReasonDisabled:
		return "offline authentication is not enabled (O1)"
	case onespan.ReasonBackend:
		return "Back-End Authentication is not always (O3)"
	case onespan.ReasonOther:
		return "only the first authenticator works offline (O18)"
	case onespan.ReasonLocked:
		return "it is locked until the administrator deletes the server's record (O39)"
	}
	return "none was brought"
}

// ExpiringText returns a warning about data that expires soon (O40).
func ExpiringText(t string, days, left int) string {
	if t == string(onespan.EventBased) {
		return fmt.Sprintf("the offline data has %s left (O41); log on online, or update it", authn.Counted(left, "use"))
	}
	return fmt.Sprintf("the offline data expires in %s (O41); log on online, or update it", authn.Counted(days, "day"))
}

// BroughtReport fills in the common parts of a logon's and an update's report.
func BroughtReport(d *app.Deps, rep *app.Report, r onespan.UpdateResult) {
	rep.Lines = append(rep.Lines, broughtText(d, r, rep.Outcome.At))
	if r.PINChanged {
		rep.Lines = append(rep.Lines, "the server PIN was changed")
	}
	if r.Expiring {
		days := int((r.ExpiresAt.Sub(rep.Outcome.At) + authn.Day - 1) / authn.Day)
		rep.Outcome.Warnings = append(rep.Outcome.Warnings, ExpiringText(string(r.Type), days, r.Left))
	}
	if r.Reason == onespan.ReasonLocked {
		rep.Hints = append(rep.Hints, "offauth admin offline-data delete "+r.User+" --workstation "+r.Workstation)
	}
}

// CredentialsJSON lists the parts of a credential that policy requires, in
// typing order.
type CredentialsJSON struct {
	Online  []string `json:"online"`
	Offline []string `json:"offline"`
}

// CredentialsOf returns the parts that a workstation requires.
func CredentialsOf(v authn.WorkstationView) CredentialsJSON {
	return CredentialsJSON{Online: append([]string{}, v.Online...), Offline: append([]string{}, v.Offline...)}
}

// CredentialLines returns lines that list the required parts.
func CredentialLines(indent string, v authn.WorkstationView) []string {
	return []string{
		fmt.Sprintf("%sonline       %s", indent, joinedParts(v.Online)),
		fmt.Sprintf("%soffline      %s", indent, joinedParts(v.Offline)),
	}
}

// joinedParts joins the names of the parts of a credential.
func joinedParts(parts []string) string { return strings.Join(app.NamesOf(parts, partText), ", ") }

func partText(part string) string {
	switch part {
	case onespan.PartPassword:
		return "static password"
	case onespan.PartPIN:
		return "server PIN"
	}
	return "OTP"
}

// CredentialLabel returns the prompt's text: the parts that policy requires,
// and which of them apply only online or only offline.
func CredentialLabel(snap authn.Snapshot, view authn.WorkstationView, user string) string {
	var said []string
	for _, part := range []string{onespan.PartPassword, onespan.PartPIN, onespan.PartOTP} {
		switch online, offline := slices.Contains(view.Online, part), slices.Contains(view.Offline, part); {
		case online && offline:
			said = append(said, partText(part))
		case online:
			said = append(said, partText(part)+" (online only)")
		case offline:
			said = append(said, partText(part)+" (offline only)")
		}
	}
	for _, u := range snap.Users {
		if v := u.OneSpan; u.Name == user && v != nil && slices.Contains(view.Online, onespan.PartPIN) &&
			(v.PINForced || !v.HasPIN) {
			if !v.HasPIN {
				said = slices.DeleteFunc(said, func(s string) bool { return strings.HasPrefix(s, partText(onespan.PartPIN)) })
			}
			said = append(said, "new server PIN twice")
		}
	}
	return fmt.Sprintf("%s of %s at %s", strings.Join(said, ", "), user, view.Name)
}
