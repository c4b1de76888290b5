package admin

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/onespan"
	"github.com/offauth/offauth/cmd/internal/app"
	"github.com/offauth/offauth/cmd/internal/cli/pick"
)

type adminUserSecretOptions struct {
	deps *app.Deps

	user          string
	stdin, change bool
}

func newAdminUserSetPasswordCmd(d *app.Deps) *cobra.Command {
	o := &adminUserSecretOptions{deps: d}
	cmd := &cobra.Command{
		Use:   "set-password [user]",
		Short: "give a user a static password (OneSpan)",
		Long: `Give a user a static password. It is typed first (O27), where
onespan.static_password.required says so, and typed and checked offline
where onespan.static_password.offline does (O34); elsewhere it is no part of
what is typed offline (O53). A workstation hears of it at the user's next
online logon there.

It is asked for twice without echo, or read from the first line of stdin with
--stdin. The user may be left out where there is one.`,
		Example: `  offauth admin user set-password alice`,
		Args:    app.AtMost(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.user = app.Arg(args, 0)
			return runAdminUserSetPassword(cmd.Context(), o)
		},
	}
	cmd.Flags().BoolVar(&o.stdin, "stdin", false, "read the password from the first line of stdin")
	return cmd
}

// userSecretJSON is what is said of a user's secret; never the secret.
type userSecretJSON struct {
	User string `json:"user"`
	// Change says that a server PIN must be changed at the next logon.
	Change bool `json:"change"`
}

// owned finds the user that a verb of the administrator means.
func (o *adminUserSecretOptions) owned(ctx context.Context, w *app.World) (string, error) {
	r, err := w.Roster(ctx)
	if err != nil {
		return "", err
	}
	return pick.Owner(ctx, o.deps, r.Users, o.user)
}

func runAdminUserSetPassword(ctx context.Context, o *adminUserSecretOptions) error {
	d := o.deps
	return d.Within(ctx, func(w *app.World) error {
		user, err := o.owned(ctx, w)
		if err != nil {
			return err
		}
		password, err := d.NewPIN(ctx, "static password of "+user, "offauth admin user set-password "+user+" --stdin < password.txt", o.stdin)
		if err != nil {
			return err
		}
		return o.set(ctx, w, onespan.SetPassword{User: user, Password: password}, user, user+": the static password is set")
	})
}

// set does it and says so.
func (o *adminUserSecretOptions) set(ctx context.Context, w *app.World, a authn.Action, user, line string) error {
	out, err := w.Act(ctx, a)
	if err != nil {
		return err
	}
	return o.deps.Print(app.Report{World: w.Name, Outcome: out, Lines: []string{line}, Result: userSecretJSON{User: user, Change: o.change}})
}
