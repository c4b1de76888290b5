package workstation

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/cmd/internal/app"
	"github.com/offauth/offauth/cmd/internal/cli/pick"
)

type workstationRestartOptions struct {
	deps *app.Deps

	workstation string
}

func newWorkstationRestartCmd(d *app.Deps) *cobra.Command {
	o := &workstationRestartOptions{deps: d}
	return &cobra.Command{
		Use:   "restart [workstation]",
		Short: "boot a workstation anew",
		Long: `Boot a workstation anew. It is locked then, and a tap that it was about to
answer is forgotten. Counts, locks and sets stay (A6).`,
		Example: `  offauth workstation restart LAPTOP-7`,
		Args:    app.AtMost(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.workstation = app.Arg(args, 0)
			return runWorkstationRestart(cmd.Context(), o)
		},
	}
}

type workstationRestartJSON struct {
	Workstation string `json:"workstation"`
	Already     bool   `json:"already"`
}

func runWorkstationRestart(ctx context.Context, o *workstationRestartOptions) error {
	d := o.deps
	return d.Within(ctx, func(w *app.World) error {
		r, err := w.Roster(ctx)
		if err != nil {
			return err
		}
		name, err := pick.Workstation(r, o.workstation)
		if err != nil {
			return err
		}
		out, err := w.Act(ctx, authn.RestartWorkstation{Workstation: name})
		if err != nil {
			return err
		}
		restart, err := app.ResultOf[authn.RestartWorkstationResult](out)
		if err != nil {
			return err
		}
		line := restart.Workstation + ": booted anew, and locked"
		if restart.Already {
			line = restart.Workstation + ": booted anew; it was locked already"
		}
		return pick.Made(ctx, d, w, pick.Concerned{Workstation: restart.Workstation}, out, workstationRestartJSON(restart), line)
	})
}
