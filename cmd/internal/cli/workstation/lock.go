package workstation

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/cmd/internal/app"
	"github.com/offauth/offauth/cmd/internal/cli/pick"
)

type workstationLockOptions struct {
	deps *app.Deps

	workstation string
}

func newWorkstationLockCmd(d *app.Deps) *cobra.Command {
	o := &workstationLockOptions{deps: d}
	return &cobra.Command{
		Use:   "lock [workstation]",
		Short: "lock a workstation",
		Long: `Lock a workstation; a locked one stays locked. A login with an offline PIN (H45)
or a one-time password (O48) is taken only at a locked one.`,
		Example: `  offauth workstation lock LAPTOP-7`,
		Args:    app.AtMost(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.workstation = app.Arg(args, 0)
			return runWorkstationLock(cmd.Context(), o)
		},
	}
}

type lockJSON struct {
	Workstation string `json:"workstation"`
	Already     bool   `json:"already"`
}

func runWorkstationLock(ctx context.Context, o *workstationLockOptions) error {
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
		out, err := w.Act(ctx, authn.Lock{Workstation: name})
		if err != nil {
			return err
		}
		lock, err := app.ResultOf[authn.LockResult](out)
		if err != nil {
			return err
		}
		line := lock.Workstation + ": locked"
		if lock.Already {
			line = lock.Workstation + ": was locked already"
		}
		return pick.Made(ctx, d, w, pick.Concerned{Workstation: name}, out, lockJSON(lock), line)
	})
}
