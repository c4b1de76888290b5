package admin

import (
	"cmp"
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn/onespan"
	"github.com/offauth/offauth/cmd/internal/app"
	"github.com/offauth/offauth/cmd/internal/cli/pick"
)

type adminAuthenticatorResyncOptions struct {
	deps *app.Deps

	app.Who
	stdin bool
}

func newAdminAuthenticatorResyncCmd(d *app.Deps) *cobra.Command {
	o := &adminAuthenticatorResyncOptions{deps: d}
	cmd := &cobra.Command{
		Use:   "resync [phone]",
		Short: "find an authenticator again that has run away",
		Long: `Find an authenticator again by two consecutive one-time passwords: an
event-based one among the next 100 (A4), a time-based one within six hours
either way, whose drift is then known (O47). Offline data that was made before
is made anew at the next online logon.

The two are asked for without echo, or read from the first line of stdin with
--stdin; a blank stands between them.`,
		Example: `  offauth admin authenticator resync pixel`,
		Args:    app.AtMost(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.Phone = cmp.Or(app.Arg(args, 0), o.Phone)
			return runAdminAuthenticatorResync(cmd.Context(), o)
		},
	}
	cmd.Flags().StringVar(&o.User, "user", "", "only phones of the user `NAME`")
	cmd.Flags().BoolVar(&o.stdin, "stdin", false, "read the two codes from the first line of stdin")
	return cmd
}

type resyncJSON struct {
	Serial string       `json:"serial"`
	Phone  string       `json:"phone"`
	User   string       `json:"user"`
	Type   onespan.Type `json:"type"`
	// DriftSeconds is how far a time-based one is off; negative is behind.
	DriftSeconds int `json:"drift_seconds"`
}

func runAdminAuthenticatorResync(ctx context.Context, o *adminAuthenticatorResyncOptions) error {
	d := o.deps
	return d.Within(ctx, func(w *app.World) error {
		phone, err := pick.AnyPhone(ctx, d, w, o.Who)
		if err != nil {
			return err
		}
		codes, err := d.SecretFrom(ctx, "two consecutive one-time passwords of "+phone+", with a blank between",
			"offauth admin authenticator resync "+phone+" --stdin < codes.txt", o.stdin)
		if err != nil {
			return err
		}
		out, err := w.Act(ctx, onespan.Resync{Phone: phone, Codes: codes})
		if err != nil {
			return err
		}
		r, err := app.ResultOf[onespan.ResyncResult](out)
		if err != nil {
			return err
		}
		line := fmt.Sprintf("%s: found again", r.Serial)
		if r.Type == onespan.TimeBased {
			line = fmt.Sprintf("%s: found again; its clock is off by %s", r.Serial, r.Drift)
		}
		return d.Print(app.Report{World: w.Name, Outcome: out, Bare: []string{r.Serial}, Lines: []string{line},
			Result: resyncJSON{Serial: r.Serial, Phone: r.Phone, User: r.User, Type: r.Type, DriftSeconds: int(r.Drift.Seconds())},
			Hints:  []string{"offauth device otp"}})
	})
}
