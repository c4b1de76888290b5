package workstation

import (
	"context"
	"fmt"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/onespan"
	"github.com/offauth/offauth/cmd/internal/app"
	"github.com/offauth/offauth/cmd/internal/cli/pick"
	"github.com/offauth/offauth/cmd/internal/cli/show"
)

// logonJSON is what a logon at a OneSpan workstation gives.
type logonJSON struct {
	loginJSON
	Data       show.BroughtJSON `json:"data"`
	PINChanged bool             `json:"pin_changed"`
}

// logon types a credential at a OneSpan workstation.
func (o *workstationLoginOptions) logon(ctx context.Context, w *app.World, roster authn.Roster, ws string) error {
	d := o.deps
	user, err := pick.LoggedOn(ctx, w, roster, ws, o.user)
	if err != nil {
		return err
	}
	if err := pick.MeanUser(ctx, d, w, roster, user, ws); err != nil {
		return err
	}
	view, snap, err := pick.Station(ctx, w, ws)
	if err != nil {
		return err
	}
	password, err := d.SecretFrom(ctx, show.CredentialLabel(snap, view, user), "offauth device otp -q | offauth workstation login "+ws+" --stdin", o.stdin)
	if err != nil {
		return err
	}
	out, err := w.Act(ctx, onespan.Logon{Workstation: ws, User: user, Password: password})
	if err != nil {
		return err
	}
	r, err := app.ResultOf[onespan.LogonResult](out)
	if err != nil {
		return err
	}
	rep := app.Report{World: w.Name, Outcome: out, Lines: []string{fmt.Sprintf("%s: unlocked %s for %s", r.Workstation, r.Mode, r.User)},
		Result: logonJSON{loginJSON{Workstation: r.Workstation, User: r.User, Mode: r.Mode, Unlocked: r.Unlocked, Left: r.Left}, show.BroughtJSONOf(show.UpdateOf(r)), r.PINChanged}}
	show.BroughtReport(d, &rep, show.UpdateOf(r))
	return d.Print(rep)
}
