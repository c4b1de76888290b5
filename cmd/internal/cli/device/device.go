package device

import (
	"context"
	"slices"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/cmd/internal/app"
	"github.com/offauth/offauth/cmd/internal/cli/leaf"
	"github.com/offauth/offauth/cmd/internal/cli/pick"
)

// New returns the command "device" with all below it.
func New(d *app.Deps) *cobra.Command {
	return app.Noun("device", app.GroupPeople, "a phone and its authenticator app",
		leaf.New(d, register()), leaf.New(d, pair()), newTap(d), newUnlock(d),
		leaf.New(d, activate()), leaf.New(d, auth()), newScan(d), leaf.New(d, approve()), leaf.New(d, passcode()),
		leaf.New(d, otp()),
		app.Noun("method", "", "the methods of one-time passwords", leaf.New(d, methodAdd())),
		leaf.New(d, hide()), leaf.New(d, cancel()), newStatus(d), leaf.New(d, replace()), leaf.New(d, restart()),
		app.Noun("passkey", "", "unlocking over Bluetooth, without a PIN", leaf.New(d, passkeyUnlock())))
}

// target is the icon that a verb acts on: a phone, and a workstation on it.
type target struct {
	phone, workstation string
}

// fits rates how an icon suits a verb; a nil icon is a workstation that the
// phone is not paired with.
type fits func(*authn.ComputerView) bool

func paired(c *authn.ComputerView) bool      { return c != nil }
func unpaired(c *authn.ComputerView) bool    { return c == nil }
func withPasskey(c *authn.ComputerView) bool { return c != nil && c.Passkey }

// icon returns the icon that a verb means. Without a workstation's name it is
// the oldest workstation with the best fit.
func icon(ctx context.Context, d *app.Deps, w *app.World, which app.Who, name string, best ...fits) (target, error) {
	r, err := w.Roster(ctx)
	if err != nil {
		return target{}, err
	}
	likely := ""
	if name != "" {
		if likely, err = phoneFor(ctx, w, r, which, name, best); err != nil {
			return target{}, err
		}
	}
	phone, err := pick.OnePhone(ctx, d, r, which, likely)
	if err != nil {
		return target{}, err
	}
	pick.MeanPhone(d, r, phone)
	if name != "" {
		name, err = pick.Workstation(r, name)
		return target{phone.Name, name}, err
	}
	name, err = computer(ctx, w, r, phone.Name, best)
	return target{phone.Name, name}, err
}

// phoneFor returns the phone, of several candidates, whose icon of a
// workstation fits best; "" if there is only one candidate or none fits.
func phoneFor(
	ctx context.Context, w *app.World, r authn.Roster, which app.Who, ws string, best []fits,
) (string, error) {
	live := pick.InUse(pick.PhonesOf(r, which.User))
	if which.Phone != "" || len(live) < 2 {
		return "", nil
	}
	snap, err := w.Snapshot(ctx, authn.Scope{})
	if err != nil {
		return "", err
	}
	for _, fit := range best {
		for _, phone := range live {
			i := slices.IndexFunc(snap.Phones, func(p authn.PhoneView) bool { return p.Name == phone.Name })
			if i >= 0 && fit(pick.IconOf(snap.Phones[i], ws)) {
				return phone.Name, nil
			}
		}
	}
	return "", nil
}

// computer returns the HYPR workstation that a phone's verb means. It looks at
// the phone only if there are several workstations.
func computer(ctx context.Context, w *app.World, r authn.Roster, phone string, best []fits) (string, error) {
	var all []string
	for _, ws := range r.Workstations {
		if ws.Family == authn.FamilyHYPR {
			all = append(all, ws.Name)
		}
	}
	switch len(all) {
	case 0:
		if len(r.Workstations) > 0 {
			return "", app.Missing(app.CodeNoWorkstation, "there is no workstation of HYPR yet",
				"offauth workstation add LAPTOP-7 --family hypr")
		}
		return "", pick.NoWorkstation()
	case 1:
		return all[0], nil
	}
	snap, err := w.Snapshot(ctx, authn.Scope{Sites: []authn.Site{authn.Phone(phone)}})
	if err != nil || len(snap.Phones) == 0 {
		return all[0], err
	}
	for _, fit := range best {
		for _, name := range all {
			if fit(pick.IconOf(snap.Phones[0], name)) {
				return name, nil
			}
		}
	}
	return all[0], nil
}
