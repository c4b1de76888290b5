package device

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn/hypr"
	"github.com/offauth/offauth/cmd/internal/app"
)

type devicePasskeyUnlockOptions struct {
	deps *app.Deps

	app.Who
	workstation string
}

func newDevicePasskeyUnlockCmd(d *app.Deps) *cobra.Command {
	o := &devicePasskeyUnlockOptions{deps: d}
	cmd := &cobra.Command{
		Use:   "unlock [workstation]",
		Short: "unlock a workstation nearby over Bluetooth",
		Long: `Unlock a workstation nearby over Bluetooth with an Enterprise Passkey: a signed
answer to the workstation's challenge (H36). It needs no uplink and spends no
PIN (H37). The phone must have been paired with --passkey.

Without a name it is the first workstation with a passkey on the phone.`,
		Example: `  offauth device pair LAPTOP-7 --passkey
  offauth device passkey unlock LAPTOP-7`,
		Args: app.AtMost(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.workstation = app.Arg(args, 0)
			return runDevicePasskeyUnlock(cmd.Context(), o)
		},
	}
	o.Bind(cmd)
	return cmd
}

type passkeyJSON struct {
	Phone       string `json:"phone"`
	Workstation string `json:"workstation"`
	User        string `json:"user"`
	Mode        string `json:"mode"`
	Unlocked    bool   `json:"unlocked"`
}

func runDevicePasskeyUnlock(ctx context.Context, o *devicePasskeyUnlockOptions) error {
	d := o.deps
	return d.Within(ctx, func(w *app.World) error {
		t, err := icon(ctx, d, w, o.Who, o.workstation, withPasskey, paired)
		if err != nil {
			return err
		}
		out, err := w.Act(ctx, hypr.PasskeyUnlock{Phone: t.phone, Workstation: t.workstation})
		if err != nil {
			return err
		}
		r, err := app.ResultOf[hypr.PasskeyResult](out)
		if err != nil {
			return err
		}
		return d.Print(app.Report{World: w.Name, Outcome: out, Result: passkeyJSON(r),
			Lines: []string{fmt.Sprintf("%s: unlocked over Bluetooth for %s by %s; no PIN was spent", r.Workstation, r.User, r.Phone)},
			Next:  "offauth workstation lock " + r.Workstation})
	})
}
