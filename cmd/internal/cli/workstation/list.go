package workstation

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/cmd/internal/app"
	"github.com/offauth/offauth/cmd/internal/cli/pick"
)

type workstationListOptions struct {
	deps *app.Deps
}

func newWorkstationListCmd(d *app.Deps) *cobra.Command {
	o := &workstationListOptions{deps: d}
	return &cobra.Command{
		Use:   "list",
		Short: "list the workstations",
		Long: `List the workstations of the world, the first-made first: that is the one that
a command without a name means.`,
		Example: `  offauth workstation list`,
		Args:    app.AtMost(0),
		RunE:    func(cmd *cobra.Command, _ []string) error { return runWorkstationList(cmd.Context(), o) },
	}
}

func runWorkstationList(ctx context.Context, o *workstationListOptions) error {
	d := o.deps
	return d.Within(ctx, func(w *app.World) error {
		snap, err := w.Snapshot(ctx, authn.Scope{})
		if err != nil {
			return err
		}
		rep := app.Report{World: w.Name, Outcome: authn.Outcome{At: snap.Now}, Bare: app.NamesOf(snap.Workstations, pick.WorkstationName)}
		var items []workstationJSON
		rows := [][]string{{"workstation", "family", "version", "screen"}}
		for _, v := range snap.Workstations {
			items = append(items, workstationJSONOf(snap, v))
			rows = append(rows, []string{v.Name, string(v.Family), v.Version, lockText(v)})
		}
		rep.Result, rep.Lines = app.ListOf(items), app.Table(rows)
		if len(items) == 0 {
			rep.Lines, rep.Next = nil, pick.NextStep(snap, pick.Concerned{})
			rep.Talk = []string{"there is no workstation yet"}
		}
		return d.Print(rep)
	})
}
