package workstation

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/cmd/internal/app"
	"github.com/offauth/offauth/cmd/internal/cli/leaf"
	"github.com/offauth/offauth/cmd/internal/cli/pick"
)

// New returns the command "workstation" with all below it.
func New(d *app.Deps) *cobra.Command {
	return app.Noun("workstation", app.GroupPeople, "a computer and its lock screen",
		leaf.New(d, add()), leaf.New(d, lock()), newWorkstationLoginCmd(d), leaf.New(d, restart()),
		newWorkstationStatusCmd(d), newList(d))
}

// anyWorkstation finds the workstation that a verb means, and its view.
func anyWorkstation(ctx context.Context, d *app.Deps, w *app.World, name string) (authn.WorkstationView, authn.Snapshot, error) {
	r, err := w.Roster(ctx)
	if err != nil {
		return authn.WorkstationView{}, authn.Snapshot{}, err
	}
	if name, err = pick.Workstation(r, name); err != nil {
		return authn.WorkstationView{}, authn.Snapshot{}, err
	}
	return pick.Station(ctx, w, name)
}
