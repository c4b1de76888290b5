package admin

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn/onespan"
	"github.com/offauth/offauth/cmd/internal/app"
)

func newAdminUserResetPINCmd(d *app.Deps) *cobra.Command {
	o := &adminUserSecretOptions{deps: d}
	return &cobra.Command{
		Use:   "reset-pin [user]",
		Short: "take a user's server PIN away (OneSpan)",
		Long: `Take a user's server PIN away. Where one is required, the next logon sets a
new one: one-time password, new PIN, new PIN again (O28).`,
		Example: `  offauth admin user reset-pin alice`,
		Args:    app.AtMost(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.user = app.Arg(args, 0)
			return runAdminUserResetPIN(cmd.Context(), o)
		},
	}
}

func runAdminUserResetPIN(ctx context.Context, o *adminUserSecretOptions) error {
	d := o.deps
	return d.Within(ctx, func(w *app.World) error {
		user, err := o.owned(ctx, w)
		if err != nil {
			return err
		}
		out, err := w.Act(ctx, onespan.ResetPIN{User: user})
		if err != nil {
			return err
		}
		r, err := app.ResultOf[onespan.ResetPINResult](out)
		if err != nil {
			return err
		}
		line := r.User + ": has no server PIN any more"
		if !r.Had {
			line = r.User + ": had no server PIN"
		}
		return d.Print(app.Report{World: w.Name, Outcome: out, Lines: []string{line}, Result: struct {
			User string `json:"user"`
			Had  bool   `json:"had"`
		}{r.User, r.Had}})
	})
}
