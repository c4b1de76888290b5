package cli

import (
	"cmp"
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn/onespan"
)

type adminAuthenticatorResyncOptions struct {
	deps *Deps

	who
	stdin bool
}

func newAdminAuthenticatorResyncCmd(d *Deps) *cobra.Command {
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
		Args:    atMost(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.phone = cmp.Or(arg(args, 0), o.phone)
			return runAdminAuthenticatorResync(cmd.Context(), o)
		},
	}
	cmd.Flags().StringVar(&o.user, "user", "", "only phones of the user `NAME`")
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
	return d.within(ctx, func(w *World) error {
		phone, err := d.anyPhone(ctx, w, o.who)
		if err != nil {
			return err
		}
		codes, err := d.secretFrom(ctx, "two consecutive one-time passwords of "+phone+", with a blank between",
			"offauth admin authenticator resync "+phone+" --stdin < codes.txt", o.stdin)
		if err != nil {
			return err
		}
		out, err := w.act(ctx, onespan.Resync{Phone: phone, Codes: codes})
		if err != nil {
			return err
		}
		r, err := resultOf[onespan.ResyncResult](out)
		if err != nil {
			return err
		}
		line := fmt.Sprintf("%s: found again", r.Serial)
		if r.Type == onespan.TimeBased {
			line = fmt.Sprintf("%s: found again; its clock is off by %s", r.Serial, r.Drift)
		}
		return d.print(report{world: w.Name, outcome: out, bare: []string{r.Serial}, lines: []string{line},
			result: resyncJSON{Serial: r.Serial, Phone: r.Phone, User: r.User, Type: r.Type, DriftSeconds: int(r.Drift.Seconds())},
			hints:  []string{"offauth device otp"}})
	})
}
