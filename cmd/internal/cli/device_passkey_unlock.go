package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn/hypr"
)

type devicePasskeyUnlockOptions struct {
	deps *Deps

	who
	workstation string
}

func newDevicePasskeyUnlockCmd(d *Deps) *cobra.Command {
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
		Args: atMost(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.workstation = arg(args, 0)
			return runDevicePasskeyUnlock(cmd.Context(), o)
		},
	}
	o.bindPhone(cmd)
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
	return d.within(ctx, func(w *World) error {
		t, err := d.icon(ctx, w, o.who, o.workstation, withPasskey, paired)
		if err != nil {
			return err
		}
		out, err := w.act(ctx, hypr.PasskeyUnlock{Phone: t.phone, Workstation: t.workstation})
		if err != nil {
			return err
		}
		r, err := resultOf[hypr.PasskeyResult](out)
		if err != nil {
			return err
		}
		return d.print(report{world: w.Name, outcome: out, result: passkeyJSON(r),
			lines: []string{fmt.Sprintf("%s: unlocked over Bluetooth for %s by %s; no PIN was spent", r.Workstation, r.User, r.Phone)},
			next:  "offauth workstation lock " + r.Workstation})
	})
}
