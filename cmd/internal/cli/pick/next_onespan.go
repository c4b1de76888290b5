package pick

import (
	"cmp"
	"context"
	"slices"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/onespan"
	"github.com/offauth/offauth/cmd/internal/app"
)

// onespanWorkstation finds the OneSpan workstation that a verb means: the one
// that is named, or the first-made one.
func onespanWorkstation(r authn.Roster, name string) (string, error) {
	all := StationsOf(r, authn.FamilyOneSpan)
	switch {
	case name != "":
		return Workstation(r, name)
	case len(all) == 0:
		return "", app.Missing(app.CodeNoWorkstation, "there is no workstation of OneSpan yet", "offauth workstation add DESKTOP-3 --family onespan")
	}
	return all[0], nil
}

// TypeAt is where a one-time password may be typed: the command that helps
// behind one.
func TypeAt(r authn.Roster) []string {
	ws, err := onespanWorkstation(r, "")
	if err != nil {
		return []string{"offauth workstation add DESKTOP-3 --family onespan"}
	}
	return []string{"offauth workstation login " + ws}
}

// nextOneSpanStep is nextStep in a world that has OneSpan's workstations alone.
func nextOneSpanStep(snap authn.Snapshot) string {
	set := map[authn.SettingKey]string{}
	for _, s := range snap.Policy {
		set[s.Key] = s.Value
	}
	phones := slices.DeleteFunc(slices.Clone(snap.Phones), func(p authn.PhoneView) bool { return p.ReplacedBy != "" })
	switch {
	case !slices.ContainsFunc(snap.Workstations, func(w authn.WorkstationView) bool { return w.Family == authn.FamilyOneSpan }):
		return "offauth workstation add DESKTOP-3 --family onespan"
	case set[onespan.KeyOffline] != "true" || set[onespan.KeyBackend] != onespan.BackendAlways:
		return "offauth admin policy set onespan.offline.enabled=true onespan.backend.authentication=always"
	case len(phones) == 0:
		return registerPhone(app.NamesOf(snap.Phones, phoneName), snap.Users[0].Name)
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

// StationsOf lists the workstations of a family.
func StationsOf(r authn.Roster, family authn.FamilyName) []string {
	var all []string
	for _, ws := range r.Workstations {
		if ws.Family == family {
			all = append(all, ws.Name)
		}
	}
	return all
}

// FamilyOf is the family of a workstation that is known to be there.
func FamilyOf(r authn.Roster, name string) authn.FamilyName {
	for _, ws := range r.Workstations {
		if ws.Name == name {
			return ws.Family
		}
	}
	return ""
}

// LoggedOn finds whose a verb at a OneSpan workstation is: who is named, who
// was logged on last, or the first who was added.
func LoggedOn(ctx context.Context, w *app.World, r authn.Roster, ws, name string) (string, error) {
	if name != "" || len(r.Users) == 0 {
		return KnownUser(r.Users, name)
	}
	view, _, err := Station(ctx, w, ws)
	if err != nil {
		return "", err
	}
	return cmp.Or(view.User, r.Users[0]), nil
}

// AtDesk finds workstation and user of a verb of the Tray Agent.
func AtDesk(ctx context.Context, d *app.Deps, w *app.World, ws, user string) (string, string, error) {
	r, err := w.Roster(ctx)
	if err != nil {
		return "", "", err
	}
	if ws, err = onespanWorkstation(r, ws); err != nil {
		return "", "", err
	}
	user, err = LoggedOn(ctx, w, r, ws, user)
	if err == nil {
		err = MeanUser(ctx, d, w, r, user, ws)
	}
	return ws, user, err
}
