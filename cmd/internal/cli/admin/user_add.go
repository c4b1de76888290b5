package admin

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/cmd/internal/app"
	"github.com/offauth/offauth/cmd/internal/cli/pick"
)

type adminUserAddOptions struct {
	deps *app.Deps

	name    string
	roaming bool
}

func newAdminUserAddCmd(d *app.Deps) *cobra.Command {
	o := &adminUserAddOptions{deps: d}
	cmd := &cobra.Command{
		Use:   "add <name>",
		Short: "add a user to the directory",
		Long: `Add a user to the server's directory. A roaming user (Web-to-workstation single
registration) logs in online everywhere and gets no offline PINs (H38).`,
		Example: `  offauth admin user add bob
  offauth admin user add nomad --roaming`,
		Args: app.Exactly(1, "what the user is called"),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.name = args[0]
			return runAdminUserAdd(cmd.Context(), o)
		},
	}
	cmd.Flags().BoolVar(&o.roaming, "roaming", false, "Web-to-workstation single registration: no offline PINs")
	return cmd
}

type userAddedJSON struct {
	User    string `json:"user"`
	Roaming bool   `json:"roaming"`
}

func runAdminUserAdd(ctx context.Context, o *adminUserAddOptions) error {
	d := o.deps
	return d.Within(ctx, func(w *app.World) error {
		out, err := w.Act(ctx, authn.AddUser{Name: o.name, Roaming: o.roaming})
		if err != nil {
			return err
		}
		line := o.name + " is in the directory"
		if o.roaming {
			line += ", as a roaming user: no offline PINs (H38)"
		}
		return pick.Made(ctx, d, w, pick.Concerned{User: o.name}, out, userAddedJSON{o.name, o.roaming}, line)
	})
}
