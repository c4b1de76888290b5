package cli

import (
	"context"
	"slices"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn"
)

func newDeviceCmd(d *Deps) *cobra.Command {
	return parent("device", groupPeople, "a phone and its authenticator app",
		newDeviceRegisterCmd(d), newDevicePairCmd(d), newDeviceTapCmd(d), newDeviceUnlockCmd(d),
		newDeviceActivateCmd(d), newDeviceAuthCmd(d), newDeviceScanCmd(d), newDeviceApproveCmd(d), newDevicePasscodeCmd(d), newDeviceOTPCmd(d),
		parent("method", "", "the methods of one-time passwords", newDeviceMethodAddCmd(d)),
		newDeviceHideCmd(d), newDeviceCancelCmd(d), newDeviceStatusCmd(d), newDeviceReplaceCmd(d), newDeviceRestartCmd(d),
		parent("passkey", "", "unlocking over Bluetooth, without a PIN", newDevicePasskeyUnlockCmd(d)))
}

// target is the icon that a verb means: a phone, and a workstation on it.
type target struct {
	phone, workstation string
}

// fits says how an icon suits a verb; nil is a workstation that the phone is
// not paired with.
type fits func(*authn.ComputerView) bool

func paired(c *authn.ComputerView) bool      { return c != nil }
func unpaired(c *authn.ComputerView) bool    { return c == nil }
func withPasskey(c *authn.ComputerView) bool { return c != nil && c.Passkey }

// icon finds the icon that a verb means: of a workstation that is not named it
// is the first-made that fits best, the best first.
func (d *Deps) icon(ctx context.Context, w *World, which who, name string, best ...fits) (target, error) {
	r, err := w.Roster(ctx)
	if err != nil {
		return target{}, err
	}
	likely := ""
	if name != "" {
		if likely, err = w.phoneFor(ctx, r, which, name, best); err != nil {
			return target{}, err
		}
	}
	phone, err := d.phone(ctx, r, which, likely)
	if err != nil {
		return target{}, err
	}
	d.meanPhone(r, phone)
	if name != "" {
		name, err = workstation(r, name)
		return target{phone.Name, name}, err
	}
	name, err = w.computer(ctx, r, phone.Name, best)
	return target{phone.Name, name}, err
}

// phoneFor is the phone, of several that can be meant, whose icon of a
// workstation fits best; empty where there is one alone, or none fits.
func (w *World) phoneFor(ctx context.Context, r authn.Roster, which who, ws string, best []fits) (string, error) {
	live := inUse(phonesOf(r, which.user))
	if which.phone != "" || len(live) < 2 {
		return "", nil
	}
	snap, err := w.Snapshot(ctx, authn.Scope{})
	if err != nil {
		return "", err
	}
	for _, fit := range best {
		for _, phone := range live {
			i := slices.IndexFunc(snap.Phones, func(p authn.PhoneView) bool { return p.Name == phone.Name })
			if i >= 0 && fit(iconOf(snap.Phones[i], ws)) {
				return phone.Name, nil
			}
		}
	}
	return "", nil
}

// computer finds the HYPR workstation that a verb of a phone means. Only where
// there are several is the phone looked at.
func (w *World) computer(ctx context.Context, r authn.Roster, phone string, best []fits) (string, error) {
	var all []string
	for _, ws := range r.Workstations {
		if ws.Family == authn.FamilyHYPR {
			all = append(all, ws.Name)
		}
	}
	switch len(all) {
	case 0:
		if len(r.Workstations) > 0 {
			return "", missing(CodeNoWorkstation, "there is no workstation of HYPR yet", "offauth workstation add LAPTOP-7 --family hypr")
		}
		return "", noWorkstation()
	case 1:
		return all[0], nil
	}
	snap, err := w.Snapshot(ctx, authn.Scope{Sites: []authn.Site{authn.Phone(phone)}})
	if err != nil || len(snap.Phones) == 0 {
		return all[0], err
	}
	for _, fit := range best {
		for _, name := range all {
			if fit(iconOf(snap.Phones[0], name)) {
				return name, nil
			}
		}
	}
	return all[0], nil
}
