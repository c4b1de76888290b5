package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn"
)

type workstationListOptions struct {
	deps *Deps
}

func newWorkstationListCmd(d *Deps) *cobra.Command {
	o := &workstationListOptions{deps: d}
	return &cobra.Command{
		Use:   "list",
		Short: "list the workstations",
		Long: `List the workstations of the world, the first-made first: that is the one that
a command without a name means.`,
		Example: `  offauth workstation list`,
		Args:    atMost(0),
		RunE:    func(cmd *cobra.Command, _ []string) error { return runWorkstationList(cmd.Context(), o) },
	}
}

func runWorkstationList(ctx context.Context, o *workstationListOptions) error {
	d := o.deps
	return d.within(ctx, func(w *World) error {
		snap, err := w.Snapshot(ctx, authn.Scope{})
		if err != nil {
			return err
		}
		rep := report{world: w.Name, outcome: authn.Outcome{At: snap.Now}, bare: names(snap.Workstations, workstationName)}
		var items []workstationJSON
		rows := [][]string{{"workstation", "family", "version", "screen"}}
		for _, v := range snap.Workstations {
			items = append(items, workstationJSONOf(snap, v))
			rows = append(rows, []string{v.Name, string(v.Family), v.Version, lockText(v)})
		}
		rep.result, rep.lines = listOf(items), table(rows)
		if len(items) == 0 {
			rep.lines, rep.next = nil, nextStep(snap, concerned{})
			rep.talk = []string{"there is no workstation yet"}
		}
		return d.print(rep)
	})
}
