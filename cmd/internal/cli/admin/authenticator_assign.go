package admin

import (
	"cmp"
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/onespan"
	"github.com/offauth/offauth/cmd/internal/app"
	"github.com/offauth/offauth/cmd/internal/cli/pick"
	"github.com/offauth/offauth/cmd/internal/cli/show"
)

type adminAuthenticatorAssignOptions struct {
	deps *app.Deps

	app.Who
	kind  string
	stdin bool
}

func newAdminAuthenticatorAssignCmd(d *app.Deps) *cobra.Command {
	o := &adminAuthenticatorAssignOptions{deps: d}
	cmd := &cobra.Command{
		Use:   "assign [phone] --type <type>",
		Short: "give the user of a phone a Digipass on it",
		Long: `Give the user of a phone a Digipass authenticator on it: time-based, with a
new one-time password every 30 seconds, or event-based, with a new one at every
request. One that is there is replaced. Length and step are the policy's
(onespan.otp.length, onespan.otp.step). Only the first authenticator that a
user logs on with at a workstation works offline there (O18).

With --stdin the secret is read from the first line of stdin, in base32, to
bring along another generator of RFC 6238 or 4226; else it is drawn.`,
		Example: `  offauth admin authenticator assign pixel --type time
  offauth admin authenticator assign --type event`,
		Args: app.AtMost(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.Phone = cmp.Or(app.Arg(args, 0), o.Phone)
			if t := onespan.Type(o.kind); t != onespan.TimeBased && t != onespan.EventBased {
				return app.Usage([]string{"offauth admin authenticator assign " + cmp.Or(o.Phone, "pixel") + " --type time"}, "--type is time or event, not %q", o.kind)
			}
			return runAdminAuthenticatorAssign(cmd.Context(), o)
		},
	}
	cmd.Flags().StringVar(&o.kind, "type", "", "what moves its codes on: {time | event}")
	cmd.Flags().StringVar(&o.User, "user", "", "only phones of the user `NAME`")
	cmd.Flags().BoolVar(&o.stdin, "stdin", false, "read the secret, in base32, from the first line of stdin")
	return cmd
}

type authenticatorJSON struct {
	Serial string       `json:"serial"`
	Phone  string       `json:"phone"`
	User   string       `json:"user"`
	Type   onespan.Type `json:"type"`
	Digits int          `json:"digits"`
	// StepSeconds is 0 for an event-based one.
	StepSeconds int  `json:"step_seconds"`
	Simulated   bool `json:"simulated"`
}

func runAdminAuthenticatorAssign(ctx context.Context, o *adminAuthenticatorAssignOptions) error {
	d := o.deps
	return d.Within(ctx, func(w *app.World) error {
		phone, err := pick.AnyPhone(ctx, d, w, o.Who)
		if err != nil {
			return err
		}
		var seed authn.Secret
		if o.stdin {
			if seed, err = d.SecretFrom(ctx, "secret", "offauth admin authenticator assign "+phone+" --type time --stdin < seed.txt", true); err != nil {
				return err
			}
		}
		out, err := w.Act(ctx, onespan.Assign{Phone: phone, Type: onespan.Type(o.kind), Seed: seed})
		if err != nil {
			return err
		}
		r, err := app.ResultOf[onespan.AssignResult](out)
		if err != nil {
			return err
		}
		return d.Print(app.Report{World: w.Name, Outcome: out, Bare: []string{r.Serial}, Talk: []string{show.SimulatedDigipass},
			Lines:  []string{fmt.Sprintf("%s: a Digipass of %d digits on %s, %s-based, for %s", r.Serial, r.Digits, r.Phone, r.Type, r.User)},
			Result: authenticatorJSON{Serial: r.Serial, Phone: r.Phone, User: r.User, Type: r.Type, Digits: r.Digits, StepSeconds: int(r.Step.Seconds()), Simulated: true},
			Hints:  []string{"offauth device otp"}})
	})
}
