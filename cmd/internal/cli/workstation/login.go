package workstation

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/hypr"
	"github.com/offauth/offauth/authn/onespan"
	"github.com/offauth/offauth/cmd/internal/app"
	"github.com/offauth/offauth/cmd/internal/cli/pick"
	"github.com/offauth/offauth/cmd/internal/cli/show"
)

type loginOptions struct {
	deps *app.Deps

	workstation, user string
	stdin             bool
}

func newLogin(d *app.Deps) *cobra.Command {
	o := &loginOptions{deps: d}
	cmd := &cobra.Command{
		Use:   "login [workstation]",
		Short: "type a PIN or a one-time password at a locked workstation",
		Long: `HYPR: an offline PIN (H45). Any unused one of the current set unlocks, in any
order (H22), once (H23). Case, blanks and dashes do not matter (H14).

OneSpan: [static password][server PIN]OTP, without blanks (O26, O27); a new PIN,
twice, may follow (O28). If the server answers it judges, and brings offline
data (O8); else the workstation judges by that data. Only the network decides
which (O14), and the output says which it was.

It is asked for without echo, or read from the first line of stdin with
--stdin. It is never an argument. Without --user it is
the user who logged in last.`,
		Example: `  offauth workstation login LAPTOP-7
  offauth device otp -q | offauth workstation login DESKTOP-3 --stdin`,
		Annotations: app.Takes("workstation"),
		Args:        loginArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			o.workstation = app.Arg(args, 0)
			return runLogin(cmd.Context(), o)
		},
	}
	cmd.Flags().StringVar(&o.user, "user", "", "who logs in: the user's `NAME`")
	cmd.Flags().BoolVar(&o.stdin, "stdin", false, "read what is typed from the first line of stdin")
	return cmd
}

// loginArgs refuses an argument that may be a PIN, without repeating it.
func loginArgs(_ *cobra.Command, args []string) error {
	if len(args) > 1 {
		return pinAsArgument()
	}
	return nil
}

type loginJSON struct {
	Workstation string `json:"workstation"`
	User        string `json:"user"`
	Mode        string `json:"mode"`
	Unlocked    bool   `json:"unlocked"`
	Left        int    `json:"left"`
}

func runLogin(ctx context.Context, o *loginOptions) error {
	d := o.deps
	return d.Within(ctx, func(w *app.World) error {
		roster, err := w.Roster(ctx)
		if err != nil {
			return err
		}
		all := app.NamesOf(roster.Workstations, pick.RosterStation)
		if app.IndexName(all, o.workstation) < 0 && looksLikePIN(o.workstation) && len(app.Nearest(o.workstation, all)) == 0 {
			return pinAsArgument()
		}
		ws, err := pick.Workstation(roster, o.workstation)
		if err != nil {
			return err
		}
		if pick.FamilyOf(roster, ws) == authn.FamilyOneSpan {
			return o.logon(ctx, w, roster, ws)
		}
		user, err := account(ctx, w, roster, ws, o.user)
		if err != nil {
			return err
		}
		if err := pick.MeanUser(ctx, d, w, roster, user, ws); err != nil {
			return err
		}
		view, _, err := pick.Station(ctx, w, ws)
		if err != nil {
			return err
		}
		if !view.Locked && !o.stdin { // it is refused before anybody has to type a PIN (H45)
			_, err := w.Act(ctx, hypr.Login{Workstation: ws, User: user})
			return err
		}
		pin, err := d.SecretFrom(ctx, fmt.Sprintf("PIN for %s at %s", user, ws),
			"offauth device unlock "+ws+" -q | offauth workstation login "+ws+" --stdin", o.stdin)
		if err != nil {
			return err
		}
		out, err := w.Act(ctx, hypr.Login{Workstation: ws, User: user, PIN: pin})
		if err != nil {
			return err
		}
		r, err := app.ResultOf[hypr.LoginResult](out)
		if err != nil {
			return err
		}
		return d.Print(app.Report{World: w.Name, Outcome: out, Result: loginJSON(r),
			Lines: []string{fmt.Sprintf("%s: unlocked %s for %s", r.Workstation, r.Mode, r.User)}})
	})
}

// account returns the user who logs in: the named one, the last to log in, or
// the first who paired with the workstation.
func account(ctx context.Context, w *app.World, r authn.Roster, ws, name string) (string, error) {
	if name != "" {
		return pick.KnownUser(r.Users, name)
	}
	view, _, err := pick.Station(ctx, w, ws)
	if err != nil {
		return "", err
	}
	if view.User != "" {
		return view.User, nil
	}
	if len(view.Accounts) > 0 {
		return view.Accounts[0].User, nil
	}
	if len(r.Phones) == 0 {
		return "", pick.NoPhone(r, "")
	}
	return "", app.Missing(app.CodeNoAccount, "nobody has paired a phone with "+view.Name+" yet",
		"offauth device pair "+view.Name)
}

// looksLikePIN reports whether a word could be an offline PIN (H2, H13, H14).
func looksLikePIN(word string) bool {
	bare := strings.ToUpper(strings.NewReplacer(" ", "", "-", "").Replace(word))
	if len(bare) < 6 || len(bare) > 13 {
		return false
	}
	return strings.IndexFunc(bare, func(r rune) bool { return !strings.ContainsRune(hypr.Alphabet, r) }) < 0
}

// pinAsArgument returns the error for a PIN on the command line, without
// repeating it.
func pinAsArgument() *authn.Fault {
	return app.Usage([]string{"offauth workstation login", "offauth device unlock -q | offauth workstation login --stdin"},
		"that is no workstation, and a PIN is never an argument: everybody on the machine sees it in the list of "+
			"processes, and the shell keeps it")
}

// logonJSON is the result of a logon at a OneSpan workstation.
type logonJSON struct {
	loginJSON
	Data       show.BroughtJSON `json:"data"`
	PINChanged bool             `json:"pin_changed"`
}

// logon types a credential at a OneSpan workstation.
func (o *loginOptions) logon(ctx context.Context, w *app.World, roster authn.Roster, ws string) error {
	d := o.deps
	user, err := pick.LoggedOn(ctx, w, roster, ws, o.user)
	if err != nil {
		return err
	}
	if err := pick.MeanUser(ctx, d, w, roster, user, ws); err != nil {
		return err
	}
	view, snap, err := pick.Station(ctx, w, ws)
	if err != nil {
		return err
	}
	password, err := d.SecretFrom(ctx, show.CredentialLabel(snap, view, user),
		"offauth device otp -q | offauth workstation login "+ws+" --stdin", o.stdin)
	if err != nil {
		return err
	}
	out, err := w.Act(ctx, onespan.Logon{Workstation: ws, User: user, Password: password})
	if err != nil {
		return err
	}
	r, err := app.ResultOf[onespan.LogonResult](out)
	if err != nil {
		return err
	}
	rep := app.Report{World: w.Name, Outcome: out,
		Lines: []string{fmt.Sprintf("%s: unlocked %s for %s", r.Workstation, r.Mode, r.User)},
		Result: logonJSON{loginJSON{Workstation: r.Workstation, User: r.User, Mode: r.Mode, Unlocked: r.Unlocked,
			Left: r.Left}, show.BroughtJSONOf(show.UpdateOf(r)), r.PINChanged}}
	show.BroughtReport(d, &rep, show.UpdateOf(r))
	return d.Print(rep)
}
