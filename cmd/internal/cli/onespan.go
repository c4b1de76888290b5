package cli

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/onespan"
)

// onespanWorkstation finds the OneSpan workstation that a verb means: the one
// that is named, or the first-made one.
func onespanWorkstation(r authn.Roster, name string) (string, error) {
	all := stationsOf(r, authn.FamilyOneSpan)
	switch {
	case name != "":
		return workstation(r, name)
	case len(all) == 0:
		return "", missing(CodeNoWorkstation, "there is no workstation of OneSpan yet", "offauth workstation add DESKTOP-3 --family onespan")
	}
	return all[0], nil
}

// typeAt is where a one-time password may be typed: the command that helps
// behind one.
func typeAt(r authn.Roster) []string {
	ws, err := onespanWorkstation(r, "")
	if err != nil {
		return []string{"offauth workstation add DESKTOP-3 --family onespan"}
	}
	return []string{"offauth workstation login " + ws}
}

// nextOneSpanStep is nextStep in a world that has OneSpan's workstations alone.
func nextOneSpanStep(snap authn.Snapshot) string {
	set := map[string]string{}
	for _, s := range snap.Policy {
		set[s.Key] = s.Value
	}
	phones := slices.DeleteFunc(slices.Clone(snap.Phones), func(p authn.PhoneView) bool { return p.ReplacedBy != "" })
	switch {
	case !slices.ContainsFunc(snap.Workstations, func(w authn.WorkstationView) bool { return w.Family == authn.FamilyOneSpan }):
		return "offauth workstation add DESKTOP-3 --family onespan"
	case set[onespan.KeyOffline] != "true" || set["onespan.backend.authentication"] != onespan.BackendAlways:
		return "offauth admin policy set onespan.offline.enabled=true onespan.backend.authentication=always"
	case len(phones) == 0:
		return registerPhone(names(snap.Phones, phoneName), snap.Users[0].Name)
	}
	i := slices.IndexFunc(phones, func(p authn.PhoneView) bool { return p.Digipass != nil })
	switch {
	case i < 0:
		return "offauth admin authenticator assign " + phones[0].Name + " --type time"
	case len(phones) > 1:
		return "offauth device otp --phone " + phones[i].Name
	}
	return "offauth device otp"
}

// stationsOf lists the workstations of a family.
func stationsOf(r authn.Roster, family authn.FamilyName) []string {
	var all []string
	for _, ws := range r.Workstations {
		if ws.Family == family {
			all = append(all, ws.Name)
		}
	}
	return all
}

// familyOf is the family of a workstation that is known to be there.
func familyOf(r authn.Roster, name string) authn.FamilyName {
	for _, ws := range r.Workstations {
		if ws.Name == name {
			return ws.Family
		}
	}
	return ""
}

// loggedOn finds whose a verb at a OneSpan workstation is: who is named, who
// was logged on last, or the first who was added.
func (w *World) loggedOn(ctx context.Context, r authn.Roster, ws, name string) (string, error) {
	if name != "" || len(r.Users) == 0 {
		return knownUser(r.Users, name)
	}
	view, _, err := w.station(ctx, ws)
	if err != nil {
		return "", err
	}
	return orName(view.User, r.Users[0]), nil
}

// atDesk finds workstation and user of a verb of the Tray Agent.
func (d *Deps) atDesk(ctx context.Context, w *World, ws, user string) (string, string, error) {
	r, err := w.Roster(ctx)
	if err != nil {
		return "", "", err
	}
	if ws, err = onespanWorkstation(r, ws); err != nil {
		return "", "", err
	}
	user, err = w.loggedOn(ctx, r, ws, user)
	if err == nil {
		err = d.meanUser(ctx, w, r, user, ws)
	}
	return ws, user, err
}

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
