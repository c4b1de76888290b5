package workstation

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/cmd/internal/app"
	"github.com/offauth/offauth/cmd/internal/cli/leaf"
	"github.com/offauth/offauth/cmd/internal/cli/pick"
)

func newList(d *app.Deps) *cobra.Command {
	return leaf.NewLook(d, leaf.Look{
		Use:   "list",
		Short: "list the workstations",
		Long: `List the workstations of the world, the first-made first: that is the one that
a command without a name means.`,
		Example: `  offauth workstation list`,
		Report: func(_ context.Context, _ *app.Deps, _ *app.World, snap authn.Snapshot, _ string, rep *app.Report) error {
			items, rows := []workstationJSON{}, [][]string{{"workstation", "family", "version", "screen"}}
			for _, v := range snap.Workstations {
				items = append(items, workstationJSONOf(snap, v))
				rows = append(rows, []string{v.Name, string(v.Family), v.Version, lockText(v)})
			}
			rep.Bare, rep.Result, rep.Lines = app.NamesOf(snap.Workstations, pick.WorkstationName), app.ListOf(items), app.Table(rows)
			if len(items) == 0 {
				rep.Lines, rep.Next = nil, pick.NextStep(snap, pick.Concerned{})
				rep.Talk = []string{"there is no workstation yet"}
			}
			return nil
		},
	})
}
