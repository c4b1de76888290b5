package cli

import (
	"fmt"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/onespan"
)

// broughtJSON says what offline data there is after a logon or an update.
type broughtJSON struct {
	// State is issued, renewed, not_due, none, kept or lost; Reason says why
	// there is none.
	State     string       `json:"state"`
	Reason    string       `json:"reason"`
	Type      onespan.Type `json:"type"`
	ExpiresAt *stamp       `json:"expires_at"`
	DueAt     *stamp       `json:"due_at"`
	Left      int          `json:"left"`
	Expiring  bool         `json:"expiring"`
}

func broughtJSONOf(r onespan.UpdateResult) broughtJSON {
	return broughtJSON{State: r.Data, Reason: r.Reason, Type: r.Type, ExpiresAt: stampOf(r.ExpiresAt), DueAt: stampOf(r.DueAt), Left: r.Left, Expiring: r.Expiring}
}

// updateOf takes what a logon says of the data.
func updateOf(r onespan.LogonResult) onespan.UpdateResult {
	return onespan.UpdateResult{
		Workstation: r.Workstation, User: r.User, PINChanged: r.PINChanged, Data: r.Data, Reason: r.Reason, Type: r.Type,
		ExpiresAt: r.ExpiresAt, DueAt: r.DueAt, Left: r.Left, Expiring: r.Expiring,
	}
}

// broughtText says it to a person.
func (d *Deps) broughtText(r onespan.UpdateResult, now time.Time) string {
	until := authn.Counted(r.Left, "use") + " left"
	if r.Type == onespan.TimeBased {
		until = "until " + d.when(r.ExpiresAt, now)
	}
	switch r.Data {
	case onespan.DataIssued:
		return "offline data: new, " + until
	case onespan.DataRenewed:
		return "offline data: renewed, " + until
	case onespan.DataNotDue:
		return "offline data: not due, " + until + "; it can be updated from " + d.when(r.DueAt, now)
	case onespan.DataLost:
		return "offline data: the new data did not arrive whole; the next logon or update brings it"
	case onespan.DataNone:
		return "offline data: none; " + withheldText(r.Reason)
	}
	return "offline data: " + until
}

// withheldText says why the server brings no data.
func withheldText(reason string) string {
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

// expiringText warns of data that ends soon (O40).
func expiringText(t string, days, left int) string {
	if t == string(onespan.EventBased) {
		return fmt.Sprintf("the offline data has %s left (O41); log on online, or update it", authn.Counted(left, "use"))
	}
	return fmt.Sprintf("the offline data expires in %s (O41); log on online, or update it", authn.Counted(days, "day"))
}

// broughtReport fills in what a logon and an update say alike.
func (d *Deps) broughtReport(rep *report, r onespan.UpdateResult) {
	rep.lines = append(rep.lines, d.broughtText(r, rep.outcome.At))
	if r.PINChanged {
		rep.lines = append(rep.lines, "the server PIN was changed")
	}
	if r.Expiring {
		days := int((r.ExpiresAt.Sub(rep.outcome.At) + authn.Day - 1) / authn.Day)
		rep.outcome.Warnings = append(rep.outcome.Warnings, expiringText(string(r.Type), days, r.Left))
	}
	if r.Reason == onespan.ReasonLocked {
		rep.hints = append(rep.hints, "offauth admin offline-data delete "+r.User+" --workstation "+r.Workstation)
	}
}
