package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn"
)

type adminUserAddOptions struct {
	deps *Deps

	name string
}

func newAdminUserAddCmd(d *Deps, runF func(context.Context, *adminUserAddOptions) error) *cobra.Command {
	o := &adminUserAddOptions{deps: d}
	return &cobra.Command{
		Use:     "add <name>",
		Short:   "add a user to the directory",
		Long:    `Add a user to the server's directory.`,
		Example: `  offauth admin user add bob`,
		Args:    exactly(1, "what the user is called"),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.name = args[0]
			return run(cmd, o, runF, runAdminUserAdd)
		},
	}
}

func runAdminUserAdd(ctx context.Context, o *adminUserAddOptions) error {
	d := o.deps
	return d.within(ctx, func(w *World) error {
		out, err := w.act(ctx, authn.AddUser{Name: o.name})
		if err != nil {
			return err
		}
		return d.made(ctx, w, out, map[string]string{"user": o.name}, o.name+" is in the directory")
	})
}
