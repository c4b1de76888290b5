package cli

import (
	"context"
	"fmt"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/onespan"
)

// logonJSON is what a logon at a OneSpan workstation gives.
type logonJSON struct {
	loginJSON
	Data       broughtJSON `json:"data"`
	PINChanged bool        `json:"pin_changed"`
}

// logon types a credential at a OneSpan workstation.
func (o *workstationLoginOptions) logon(ctx context.Context, w *World, roster authn.Roster, ws string) error {
	d := o.deps
	user, err := w.loggedOn(ctx, roster, ws, o.user)
	if err != nil {
		return err
	}
	if err := d.meanUser(ctx, w, roster, user, ws); err != nil {
		return err
	}
	view, snap, err := w.station(ctx, ws)
	if err != nil {
		return err
	}
	password, err := d.secretFrom(ctx, credentialLabel(snap, view, user), "offauth device otp -q | offauth workstation login "+ws+" --stdin", o.stdin)
	if err != nil {
		return err
	}
	out, err := w.act(ctx, onespan.Logon{Workstation: ws, User: user, Password: password})
	if err != nil {
		return err
	}
	r, err := resultOf[onespan.LogonResult](out)
	if err != nil {
		return err
	}
	rep := report{world: w.Name, outcome: out, lines: []string{fmt.Sprintf("%s: unlocked %s for %s", r.Workstation, r.Mode, r.User)},
		result: logonJSON{loginJSON{Workstation: r.Workstation, User: r.User, Mode: r.Mode, Unlocked: r.Unlocked, Left: r.Left}, broughtJSONOf(updateOf(r)), r.PINChanged}}
	d.broughtReport(&rep, updateOf(r))
	return d.print(rep)
}
