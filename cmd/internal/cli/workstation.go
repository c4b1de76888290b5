package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn"
)

func newWorkstationCmd(d *Deps) *cobra.Command {
	return parent("workstation", groupPeople, "a computer and its lock screen",
		newWorkstationAddCmd(d, nil), newWorkstationLockCmd(d, nil), newWorkstationLoginCmd(d, nil), newWorkstationRestartCmd(d, nil),
		newWorkstationStatusCmd(d, nil), newWorkstationListCmd(d, nil))
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

// station returns the view of a workstation that is known to be there.
func (w *World) station(ctx context.Context, name string) (authn.WorkstationView, authn.Snapshot, error) {
	snap, err := w.Snapshot(ctx, authn.Scope{Sites: []authn.Site{authn.SiteServer, authn.Workstation(name)}})
	if err != nil {
		return authn.WorkstationView{}, snap, err
	}
	return viewOf(snap, name), snap, nil
}
