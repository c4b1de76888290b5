package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn"
)

func newDeviceCmd(d *Deps) *cobra.Command {
	return parent("device", groupPeople, "a phone and its authenticator app",
		newDeviceRegisterCmd(d, nil), newDevicePairCmd(d, nil), newDeviceTapCmd(d, nil), newDeviceUnlockCmd(d, nil),
		newDeviceHideCmd(d, nil), newDeviceCancelCmd(d, nil), newDeviceStatusCmd(d, nil))
}

// target is the icon that a verb means: a phone, a workstation on it, and what
// the world was like when that was decided.
type target struct {
	snap               authn.Snapshot
	phone, workstation string
}

// icon finds the icon that a verb means. paired says whether the verb needs
// one that is paired.
func (d *Deps) icon(ctx context.Context, w *World, which who, name string, paired bool) (target, error) {
	snap, err := w.Snapshot(ctx, authn.Scope{})
	if err != nil {
		return target{}, err
	}
	phone, err := d.phone(ctx, snap, which)
	if err != nil {
		return target{}, err
	}
	ws, err := computer(snap, phone, name, paired)
	return target{snap, phone.Name, ws}, err
}

// anyPhone finds the phone that a verb means.
func (d *Deps) anyPhone(ctx context.Context, w *World, which who) (string, error) {
	snap, err := w.Snapshot(ctx, authn.Scope{})
	if err != nil {
		return "", err
	}
	phone, err := d.phone(ctx, snap, which)
	return phone.Name, err
}
