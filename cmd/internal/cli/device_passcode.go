package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn/encap"
)

type devicePasscodeOptions struct {
	deps *Deps

	who
}

func newDevicePasscodeCmd(d *Deps) *cobra.Command {
	o := &devicePasscodeOptions{deps: d}
	cmd := &cobra.Command{
		Use:   "passcode",
		Short: "enter the phone's own passcode, which ends a biometric lock",
		Long: `Enter the phone's own passcode. Five biometric failures in a row lock biometrics
until that is done (E34). The passcode itself is the phone's matter and is not
asked for.`,
		Example: `  offauth device passcode`,
		Args:    atMost(0),
		RunE:    func(cmd *cobra.Command, _ []string) error { return runDevicePasscode(cmd.Context(), o) },
	}
	o.bindPhone(cmd)
	return cmd
}

type passcodeJSON struct {
	Phone    string `json:"phone"`
	Unlocked bool   `json:"unlocked"`
}

func runDevicePasscode(ctx context.Context, o *devicePasscodeOptions) error {
	d := o.deps
	return d.within(ctx, func(w *World) error {
		r, phone, err := d.rosterPhone(ctx, w, o.who)
		if err != nil {
			return err
		}
		out, err := w.actEncap(ctx, r, encap.Passcode{Phone: phone})
		if err != nil {
			return err
		}
		v, err := resultOf[encap.PasscodeResult](out)
		if err != nil {
			return err
		}
		line := v.Phone + ": passcode entered; biometrics were not locked"
		if v.Unlocked {
			line = v.Phone + ": passcode entered; biometrics work again"
		}
		return d.print(report{world: w.Name, outcome: out, result: passcodeJSON(v), lines: []string{line}})
	})
}
