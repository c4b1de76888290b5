package device

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/cmd/internal/app"
	"github.com/offauth/offauth/cmd/internal/cli/pick"
)

type deviceRegisterOptions struct {
	deps *app.Deps

	name, user, platform, version string
}

func newDeviceRegisterCmd(d *app.Deps) *cobra.Command {
	o := &deviceRegisterOptions{deps: d}
	cmd := &cobra.Command{
		Use:   "register <name>",
		Short: "give a user a phone with the app",
		Long: `Give a user a phone with the authenticator app on it.

Without --user it is the only user's there is. A version below HYPR's least
(Android 4.3, iOS 3.7) has no Offline Mode (H43).`,
		Example: `  offauth device register galaxy --user alice
  offauth device register iphone --user alice --platform ios`,
		Args: app.Exactly(1, "what the phone is called"),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.name = args[0]
			return runDeviceRegister(cmd.Context(), o)
		},
	}
	cmd.Flags().StringVar(&o.user, "user", "", "whose phone it is: the user's `NAME`")
	cmd.Flags().StringVar(&o.platform, "platform", "", "the `SYSTEM`: {android | ios}, android if not said")
	cmd.Flags().StringVar(&o.version, "version", "", "the app's `VERSION`, the newest if not said")
	return cmd
}

func runDeviceRegister(ctx context.Context, o *deviceRegisterOptions) error {
	d := o.deps
	return d.Within(ctx, func(w *app.World) error {
		r, err := w.Roster(ctx)
		if err != nil {
			return err
		}
		user, err := pick.Owner(ctx, d, r.Users, o.user)
		if err != nil {
			return err
		}
		out, err := w.Act(ctx, authn.RegisterDevice{Name: o.name, User: user, Platform: o.platform, Version: o.version})
		if err != nil {
			return err
		}
		return pick.Made(ctx, d, w, pick.Concerned{Phone: o.name}, out, map[string]string{"phone": o.name, "user": user},
			fmt.Sprintf("%s is %s's phone", o.name, user))
	})
}
