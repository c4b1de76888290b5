package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/onespan"
)

type deviceOTPOptions struct {
	deps *Deps

	who
}

func newDeviceOTPCmd(d *Deps) *cobra.Command {
	o := &deviceOTPOptions{deps: d}
	cmd := &cobra.Command{
		Use:   "otp",
		Short: "show the one-time password of the Digipass",
		Long: `Show the one-time password of the phone's Digipass, without any network. A
time-based one has a new password every 30 seconds (A5), by the phone's own
clock; an event-based one moves on each time it is asked (A3). Which of them
were used the phone does not know: the server and the workstations do (O21).`,
		Example: `  offauth device otp
  offauth device otp -q | offauth workstation login DESKTOP-3 --stdin`,
		Args: atMost(0),
		RunE: func(cmd *cobra.Command, _ []string) error { return runDeviceOTP(cmd.Context(), o) },
	}
	o.bindPhone(cmd)
	return cmd
}

type otpJSON struct {
	Phone  string       `json:"phone"`
	User   string       `json:"user"`
	Serial string       `json:"serial"`
	Type   onespan.Type `json:"type"`
	OTP    string       `json:"otp"`
	// Until and SecondsLeft are null for an event-based Digipass.
	Until       *stamp `json:"until"`
	SecondsLeft *int   `json:"seconds_left"`
	Simulated   bool   `json:"simulated"`
}

func runDeviceOTP(ctx context.Context, o *deviceOTPOptions) error {
	d := o.deps
	if err := d.heard(); err != nil {
		return err
	}
	return d.within(ctx, func(w *World) error {
		roster, phone, err := d.rosterPhone(ctx, w, o.who)
		if err != nil {
			return err
		}
		out, err := w.act(ctx, onespan.OTP{Phone: phone})
		if err != nil {
			return err
		}
		r, err := resultOf[onespan.OTPResult](out)
		if err != nil {
			return err
		}
		code := r.Code.Reveal()
		result := otpJSON{Phone: r.Phone, User: r.User, Serial: r.Serial, Type: r.Type, OTP: code, Until: stampOf(r.Until), Simulated: true}
		left := "the next code is another"
		if r.Type == onespan.TimeBased {
			seconds := int(r.Until.Sub(out.At).Seconds())
			result.SecondsLeft, left = &seconds, authn.Counted(seconds, "second")+" left"
		}
		return d.print(report{world: w.Name, outcome: out, result: result, bare: []string{code}, talk: []string{simulatedDigipass},
			lines: []string{fmt.Sprintf("%s  (%s of %s, %s)", code, r.Serial, r.Phone, left)},
			hints: typeAt(roster)})
	})
}
