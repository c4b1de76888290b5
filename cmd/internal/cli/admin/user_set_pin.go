package admin

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn/onespan"
	"github.com/offauth/offauth/cmd/internal/app"
)

func newAdminUserSetPINCmd(d *app.Deps) *cobra.Command {
	o := &adminUserSecretOptions{deps: d}
	cmd := &cobra.Command{
		Use:   "set-pin [user]",
		Short: "give a user a server PIN (OneSpan)",
		Long: `Give a user a server PIN: digits, at most 8 (O29), and at least as many as
onespan.server_pin.min_length says (O30). It is typed before the one-time
password (O26), where onespan.server_pin.required says so. With --change the
user must change it at the next logon (O28).

It is asked for twice without echo, or read from the first line of stdin with
--stdin. The user may be left out where there is one.`,
		Example: `  offauth admin user set-pin alice`,
		Args:    app.AtMost(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.user = app.Arg(args, 0)
			return runAdminUserSetPIN(cmd.Context(), o)
		},
	}
	cmd.Flags().BoolVar(&o.stdin, "stdin", false, "read the PIN from the first line of stdin")
	cmd.Flags().BoolVar(&o.change, "change", false, "the user must change it at the next logon")
	return cmd
}

func runAdminUserSetPIN(ctx context.Context, o *adminUserSecretOptions) error {
	d := o.deps
	return d.Within(ctx, func(w *app.World) error {
		user, err := o.owned(ctx, w)
		if err != nil {
			return err
		}
		pin, err := d.NewPIN(ctx, "server PIN of "+user, "offauth admin user set-pin "+user+" --stdin < pin.txt", o.stdin)
		if err != nil {
			return err
		}
		line := user + ": the server PIN is set"
		if o.change {
			line += ", and must be changed at the next logon (O28)"
		}
		return o.set(ctx, w, onespan.SetPIN{User: user, PIN: pin, Change: o.change}, user, line)
	})
}
