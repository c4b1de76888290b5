package show

import (
	"fmt"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/onespan"
	"github.com/offauth/offauth/cmd/internal/app"
)

// BroughtJSON says what offline data there is after a logon or an update.
type BroughtJSON struct {
	// State is issued, renewed, not_due, none, kept or lost; Reason says why
	// there is none.
	State     string       `json:"state"`
	Reason    string       `json:"reason"`
	Type      onespan.Type `json:"type"`
	ExpiresAt *app.Stamp   `json:"expires_at"`
	DueAt     *app.Stamp   `json:"due_at"`
	Left      int          `json:"left"`
	Expiring  bool         `json:"expiring"`
}

// BroughtJSONOf returns what a logon or an update brought.
func BroughtJSONOf(r onespan.UpdateResult) BroughtJSON {
	return BroughtJSON{State: r.Data, Reason: r.Reason, Type: r.Type, ExpiresAt: app.StampOf(r.ExpiresAt), DueAt: app.StampOf(r.DueAt), Left: r.Left, Expiring: r.Expiring}
}

// UpdateOf takes what a logon says of the data.
func UpdateOf(r onespan.LogonResult) onespan.UpdateResult {
	return onespan.UpdateResult{
		Workstation: r.Workstation, User: r.User, PINChanged: r.PINChanged, Data: r.Data, Reason: r.Reason, Type: r.Type,
		ExpiresAt: r.ExpiresAt, DueAt: r.DueAt, Left: r.Left, Expiring: r.Expiring,
	}
}

// broughtText says it to a person.
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

// WithheldText says why the server brings no data.
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

// ExpiringText warns of data that ends soon (O40).
func ExpiringText(t string, days, left int) string {
	if t == string(onespan.EventBased) {
		return fmt.Sprintf("the offline data has %s left (O41); log on online, or update it", authn.Counted(left, "use"))
	}
	return fmt.Sprintf("the offline data expires in %s (O41); log on online, or update it", authn.Counted(days, "day"))
}

// BroughtReport fills in what a logon and an update say alike.
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
