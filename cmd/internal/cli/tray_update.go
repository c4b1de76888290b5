package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/onespan"
)

type trayUpdateOptions struct {
	deps *Deps

	workstation, user string
	stdin             bool
}

func newTrayUpdateCmd(d *Deps) *cobra.Command {
	o := &trayUpdateOptions{deps: d}
	cmd := &cobra.Command{
		Use:   "update [workstation]",
		Short: "update offline authentication data",
		Long: `Update Offline Authentication Data, with [static password][server PIN]OTP and a
connection to the server (O12). An online logon brings the first data (O7).
Time-based data is renewed only if it is at least a day old (O9, O10); before
that the credentials are checked, and the data stays. Nothing typed is refused
before anything is sent (O13), and so is an update of locked data (O37).

The credentials are asked for without echo, or read from the first line of
stdin with --stdin. Without a name it is the first workstation of OneSpan's,
without --user who was logged on there last.`,
		Example: `  offauth device otp -q | offauth workstation login DESKTOP-3 --stdin
  offauth clock advance 30s
  offauth device otp -q | offauth tray update --stdin`,
		Args: atMost(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.workstation = arg(args, 0)
			return runTrayUpdate(cmd.Context(), o)
		},
	}
	cmd.Flags().StringVar(&o.user, "user", "", "whose data: the user's `NAME`")
	cmd.Flags().BoolVar(&o.stdin, "stdin", false, "read the credentials from the first line of stdin")
	return cmd
}

type updateJSON struct {
	Workstation string      `json:"workstation"`
	User        string      `json:"user"`
	Data        broughtJSON `json:"data"`
	PINChanged  bool        `json:"pin_changed"`
}

func runTrayUpdate(ctx context.Context, o *trayUpdateOptions) error {
	d := o.deps
	d.says = "the Tray Agent says"
	return d.within(ctx, func(w *World) error {
		ws, user, err := d.atDesk(ctx, w, o.workstation, o.user)
		if err != nil {
			return err
		}
		view, snap, err := w.station(ctx, ws)
		if err != nil {
			return err
		}
		var password authn.Secret
		if !view.NoTray { // else it is refused whatever is typed, and nobody is asked
			password, err = d.secretOrNone(ctx, credentialLabel(snap, view, user), "offauth device otp -q | offauth tray update "+ws+" --stdin", o.stdin)
			if err != nil {
				return err
			}
		}
		out, err := w.act(ctx, onespan.Update{Workstation: ws, User: user, Password: password})
		if err != nil {
			return err
		}
		r, err := resultOf[onespan.UpdateResult](out)
		if err != nil {
			return err
		}
		rep := report{world: w.Name, outcome: out, bare: []string{r.Data}, lines: []string{r.Workstation + ": the credentials of " + r.User + " are valid"},
			result: updateJSON{Workstation: r.Workstation, User: r.User, Data: broughtJSONOf(r), PINChanged: r.PINChanged}}
		d.broughtReport(&rep, r)
		return d.print(rep)
	})
}
