package workstation

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/onespan"
	"github.com/offauth/offauth/cmd/internal/app"
	"github.com/offauth/offauth/cmd/internal/cli/pick"
	"github.com/offauth/offauth/cmd/internal/cli/show"
)

type trayUpdateOptions struct {
	deps *app.Deps

	workstation, user string
	stdin             bool
}

func newTrayUpdateCmd(d *app.Deps) *cobra.Command {
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
		Annotations: app.Takes("workstation"),
		Args:        app.AtMost(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.workstation = app.Arg(args, 0)
			return runTrayUpdate(cmd.Context(), o)
		},
	}
	cmd.Flags().StringVar(&o.user, "user", "", "whose data: the user's `NAME`")
	cmd.Flags().BoolVar(&o.stdin, "stdin", false, "read the credentials from the first line of stdin")
	return cmd
}

type updateJSON struct {
	Workstation string           `json:"workstation"`
	User        string           `json:"user"`
	Data        show.BroughtJSON `json:"data"`
	PINChanged  bool             `json:"pin_changed"`
}

func runTrayUpdate(ctx context.Context, o *trayUpdateOptions) error {
	d := o.deps
	d.Speaker = "the Tray Agent says"
	return d.Within(ctx, func(w *app.World) error {
		ws, user, err := pick.AtDesk(ctx, d, w, o.workstation, o.user)
		if err != nil {
			return err
		}
		view, snap, err := pick.Station(ctx, w, ws)
		if err != nil {
			return err
		}
		var password authn.Secret
		if !view.NoTray { // else it is refused whatever is typed, and nobody is asked
			password, err = d.SecretOrNone(ctx, show.CredentialLabel(snap, view, user), "offauth device otp -q | offauth tray update "+ws+" --stdin", o.stdin)
			if err != nil {
				return err
			}
		}
		out, err := w.Act(ctx, onespan.Update{Workstation: ws, User: user, Password: password})
		if err != nil {
			return err
		}
		r, err := app.ResultOf[onespan.UpdateResult](out)
		if err != nil {
			return err
		}
		rep := app.Report{World: w.Name, Outcome: out, Bare: []string{r.Data}, Lines: []string{r.Workstation + ": the credentials of " + r.User + " are valid"},
			Result: updateJSON{Workstation: r.Workstation, User: r.User, Data: show.BroughtJSONOf(r), PINChanged: r.PINChanged}}
		show.BroughtReport(d, &rep, r)
		return d.Print(rep)
	})
}
