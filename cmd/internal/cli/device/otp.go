package device

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/onespan"
	"github.com/offauth/offauth/cmd/internal/app"
	"github.com/offauth/offauth/cmd/internal/cli/pick"
	"github.com/offauth/offauth/cmd/internal/cli/show"
)

type deviceOTPOptions struct {
	deps *app.Deps

	app.Who
}

func newDeviceOTPCmd(d *app.Deps) *cobra.Command {
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
		Args: app.AtMost(0),
		RunE: func(cmd *cobra.Command, _ []string) error { return runDeviceOTP(cmd.Context(), o) },
	}
	o.Bind(cmd)
	return cmd
}

type otpJSON struct {
	Phone  string       `json:"phone"`
	User   string       `json:"user"`
	Serial string       `json:"serial"`
	Type   onespan.Type `json:"type"`
	OTP    string       `json:"otp"`
	// Until and SecondsLeft are null for an event-based Digipass.
	Until       *app.Stamp `json:"until"`
	SecondsLeft *int       `json:"seconds_left"`
	Simulated   bool       `json:"simulated"`
}

func runDeviceOTP(ctx context.Context, o *deviceOTPOptions) error {
	d := o.deps
	if err := d.NeedStdout(); err != nil {
		return err
	}
	return d.Within(ctx, func(w *app.World) error {
		roster, phone, err := pick.RosterAndPhone(ctx, d, w, o.Who)
		if err != nil {
			return err
		}
		out, err := w.Act(ctx, onespan.OTP{Phone: phone})
		if err != nil {
			return err
		}
		r, err := app.ResultOf[onespan.OTPResult](out)
		if err != nil {
			return err
		}
		code := r.Code.Reveal()
		result := otpJSON{Phone: r.Phone, User: r.User, Serial: r.Serial, Type: r.Type, OTP: code, Until: app.StampOf(r.Until), Simulated: true}
		left := "the next code is another"
		if r.Type == onespan.TimeBased {
			seconds := int(r.Until.Sub(out.At).Seconds())
			result.SecondsLeft, left = &seconds, authn.Counted(seconds, "second")+" left"
		}
		return d.Print(app.Report{World: w.Name, Outcome: out, Result: result, Bare: []string{code}, Talk: []string{show.SimulatedDigipass},
			Lines: []string{fmt.Sprintf("%s  (%s of %s, %s)", code, r.Serial, r.Phone, left)},
			Hints: pick.TypeAt(roster)})
	})
}
