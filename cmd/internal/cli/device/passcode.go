package device

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn/encap"
	"github.com/offauth/offauth/cmd/internal/app"
	"github.com/offauth/offauth/cmd/internal/cli/pick"
)

type devicePasscodeOptions struct {
	deps *app.Deps

	app.Who
}

func newDevicePasscodeCmd(d *app.Deps) *cobra.Command {
	o := &devicePasscodeOptions{deps: d}
	cmd := &cobra.Command{
		Use:   "passcode",
		Short: "enter the phone's own passcode, which ends a biometric lock",
		Long: `Enter the phone's own passcode. Five biometric failures in a row lock biometrics
until that is done (E34). The passcode itself is the phone's matter and is not
asked for.`,
		Example: `  offauth device passcode`,
		Args:    app.AtMost(0),
		RunE:    func(cmd *cobra.Command, _ []string) error { return runDevicePasscode(cmd.Context(), o) },
	}
	o.Bind(cmd)
	return cmd
}

type passcodeJSON struct {
	Phone    string `json:"phone"`
	Unlocked bool   `json:"unlocked"`
}

func runDevicePasscode(ctx context.Context, o *devicePasscodeOptions) error {
	d := o.deps
	return d.Within(ctx, func(w *app.World) error {
		r, phone, err := pick.RosterAndPhone(ctx, d, w, o.Who)
		if err != nil {
			return err
		}
		out, err := pick.Act(ctx, w, r, encap.Passcode{Phone: phone})
		if err != nil {
			return err
		}
		v, err := app.ResultOf[encap.PasscodeResult](out)
		if err != nil {
			return err
		}
		line := v.Phone + ": passcode entered; biometrics were not locked"
		if v.Unlocked {
			line = v.Phone + ": passcode entered; biometrics work again"
		}
		return d.Print(app.Report{World: w.Name, Outcome: out, Result: passcodeJSON(v), Lines: []string{line}})
	})
}
