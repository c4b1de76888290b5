package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn"
)

func newWorkstationCmd(d *Deps) *cobra.Command {
	return parent("workstation", groupPeople, "a computer and its lock screen",
		newWorkstationAddCmd(d), newWorkstationLockCmd(d), newWorkstationLoginCmd(d), newWorkstationRestartCmd(d),
		newWorkstationStatusCmd(d), newWorkstationListCmd(d))
}

// anyWorkstation finds the workstation that a verb means, and its view.
func (d *Deps) anyWorkstation(ctx context.Context, w *World, name string) (authn.WorkstationView, authn.Snapshot, error) {
	r, err := w.Roster(ctx)
	if err != nil {
		return authn.WorkstationView{}, authn.Snapshot{}, err
	}
	if name, err = workstation(r, name); err != nil {
		return authn.WorkstationView{}, authn.Snapshot{}, err
	}
	return w.station(ctx, name)
}
