package workstation

import (
	"context"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/onespan"
	"github.com/offauth/offauth/cmd/internal/app"
	"github.com/offauth/offauth/cmd/internal/cli/pick"
	"github.com/offauth/offauth/cmd/internal/cli/show"
)

// NewTray returns the command "tray" with all below it.
func NewTray(d *app.Deps) *cobra.Command {
	return app.Noun("tray", app.GroupPeople, "OneSpan's Tray Agent: offline data",
		newTrayStatus(d), newTrayUpdate(d))
}

type trayStatusOptions struct {
	deps *app.Deps

	workstation, user string
}

func newTrayStatus(d *app.Deps) *cobra.Command {
	o := &trayStatusOptions{deps: d}
	cmd := &cobra.Command{
		Use:   "status [workstation]",
		Short: "show a user's offline authentication data",
		Long: `Show what offline authentication data a workstation has of a user: whether
there is any (O16), of which kind, until when (O25) or for how many uses (O22),
whether an update is due (O10), wrong offline tries, and whether they locked it
(O35). "Status: Error. Offline authentication data locked." is the Tray Agent's
own text (O37).`,
		Example: `  offauth tray status
  offauth tray status DESKTOP-3 --user alice --json`,
		Annotations: app.Takes("onespan workstation"),
		Args:        app.AtMost(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.workstation = app.Arg(args, 0)
			return runTrayStatus(cmd.Context(), o)
		},
	}
	cmd.Flags().StringVar(&o.user, "user", "", "whose data: the user's `NAME`")
	return cmd
}

// dataJSON is offline data on a workstation.
type dataJSON struct {
	Workstation string `json:"workstation"`
	User        string `json:"user"`
	// Status is what the Tray Agent shows.
	Status     string     `json:"status"`
	Present    bool       `json:"present"`
	Locked     bool       `json:"locked"`
	Expired    bool       `json:"expired"`
	Type       string     `json:"type"`
	Serial     string     `json:"serial"`
	Number     uint64     `json:"number"`
	IssuedAt   *app.Stamp `json:"issued_at"`
	ExpiresAt  *app.Stamp `json:"expires_at"`
	DueAt      *app.Stamp `json:"due_at"`
	Due        bool       `json:"due"`
	Days       int        `json:"days"`
	Left       int        `json:"left"`
	Of         int        `json:"of"`
	Failures   int        `json:"failures"`
	Allowed    int        `json:"allowed"`
	Expiring   bool       `json:"expiring"`
	Incomplete bool       `json:"incomplete"`
	// UnlockWaits reports whether the administrator has ended the lock (O38).
	UnlockWaits bool `json:"unlock_waits"`
	// Withheld is why the server makes no data for the user: disabled (O1),
	// backend (O3), or "".
	Withheld  string `json:"withheld"`
	Simulated bool   `json:"simulated"`
}

// trayJSON is what the Tray Agent shows, with the required credentials.
type trayJSON struct {
	dataJSON
	Credentials show.CredentialsJSON `json:"credentials"`
}

func dataJSONOf(ws string, v authn.DataView) dataJSON {
	return dataJSON{
		Workstation: ws, User: v.User, Status: dataStatus(v), Present: v.Present, Locked: v.Locked, Expired: v.Expired,
		Type: v.Type, Serial: v.Serial,
		Number: v.Number, IssuedAt: app.StampOf(v.IssuedAt), ExpiresAt: app.StampOf(v.ExpiresAt), DueAt: app.StampOf(v.DueAt),
		Due: v.Due && !v.Locked, Days: v.Days,
		Left: v.Left, Of: v.Of, Failures: v.Failures, Allowed: v.Allowed, Expiring: v.Present && v.Expiring,
		Incomplete:  v.Incomplete,
		UnlockWaits: v.Locked && v.Pardoned, Withheld: v.Withheld.Reason, Simulated: true,
	}
}

// dataStatus returns the Tray Agent's text. The first two are OneSpan's own
// (O37, O16); the others are offauth's.
func dataStatus(v authn.DataView) string {
	switch {
	case v.Locked:
		return "Status: Error. Offline authentication data locked."
	case v.Number == 0:
		return "No Offline Authentication Data"
	case v.Expired:
		return "Status: Error. Offline authentication data expired."
	case v.Type == string(onespan.EventBased) && v.Left == 0:
		return "Status: Error. Offline authentication data used up."
	}
	return "Status: OK. Offline authentication data available."
}

func runTrayStatus(ctx context.Context, o *trayStatusOptions) error {
	d := o.deps
	return d.Within(ctx, func(w *app.World) error {
		ws, user, err := pick.AtDesk(ctx, d, w, o.workstation, o.user)
		if err != nil {
			return err
		}
		view, snap, err := pick.Station(ctx, w, ws)
		if err != nil {
			return err
		}
		if view.Family != authn.FamilyOneSpan {
			return app.Usage([]string{"offauth workstation status " + ws, "offauth workstation list"},
				"%s has no Tray Agent: it runs the client of %s", ws, view.Family)
		}
		if view.NoTray {
			return onespan.TrayAgentMissing(ws, user)
		}
		v := authn.DataView{User: user, Withheld: withheldFor(snap, user)}
		if i := slices.IndexFunc(view.Data, func(v authn.DataView) bool { return v.User == user }); i >= 0 {
			v = view.Data[i]
		}
		rep := app.Report{World: w.Name, Outcome: authn.Outcome{At: snap.Now},
			Result: trayJSON{dataJSONOf(ws, v), show.CredentialsOf(view)}, Bare: []string{dataStatus(v)},
			Lines: append([]string{ws + ", " + user + ": " + dataStatus(v)},
				append(dataLines(d, v, snap), show.CredentialLines("  ", view)...)...)}
		if v.Present && v.Expiring {
			rep.Outcome.Warnings = []string{show.ExpiringText(v.Type, v.Days, v.Left)}
		}
		if !v.Present && v.Withheld.Reason != "" {
			rep.Lines = append(rep.Lines, "  an online logon brings none: "+show.WithheldText(v.Withheld.Reason))
		}
		rep.Hints = dataHints(ws, user, v)
		_, off := show.ClocksOff(snap, func(site authn.Site) bool { return site == authn.Workstation(ws) })
		for _, line := range off {
			rep.Lines = append(rep.Lines, "  "+line)
		}
		return d.Print(rep)
	})
}

// dataLines returns details about the data.
func dataLines(d *app.Deps, v authn.DataView, snap authn.Snapshot) []string {
	if v.Number == 0 {
		return nil
	}
	lines := []string{fmt.Sprintf("  kind         %s-based, of the authenticator %s", v.Type, v.Serial),
		"  made         " + d.When(v.IssuedAt, snap.Now)}
	if v.Type == string(onespan.TimeBased) {
		due := "due since " + d.When(v.DueAt, snap.Now)
		switch {
		case v.Expired:
			due = "due, as the data has expired"
		case !v.Due:
			due = "not due before " + d.When(v.DueAt, snap.Now)
		}
		lines = append(lines, fmt.Sprintf("  until        %s", d.When(v.ExpiresAt, snap.Now)), "  update       "+due)
	} else {
		lines = append(lines, fmt.Sprintf("  uses         %d of %d left", v.Left, v.Of),
			"  update       due at every logon (O11)")
	}
	lines = append(lines, fmt.Sprintf("  wrong tries  %d of %d", v.Failures, v.Allowed))
	if v.Incomplete {
		lines = append(lines, "  newer data did not arrive whole; the next logon or update brings it")
	}
	return lines
}

// withheldFor returns why the server makes no data for a user.
func withheldFor(snap authn.Snapshot, user string) authn.WithheldView {
	for _, u := range snap.Users {
		if u.Name == user && u.OneSpan != nil {
			return u.OneSpan.Withheld
		}
	}
	return authn.WithheldView{}
}

// dataHints returns the commands that repair the data.
func dataHints(ws, user string, v authn.DataView) []string {
	switch {
	case !v.Present && v.Withheld.Reason != "":
		return append(v.Withheld.Commands, "then log on online: `offauth workstation login "+ws+"`")
	case v.Locked && v.Pardoned:
		return []string{"the lock is ended; log on online: `offauth workstation login " + ws + "`"}
	case v.Locked:
		return []string{"offauth admin offline-data delete " + user + " --workstation " + ws,
			"then log on online: `offauth workstation login " + ws + "`"}
	case v.Number == 0:
		return []string{"an online logon brings the first: `offauth workstation login " + ws + "`"}
	case !v.Present:
		return []string{"offauth tray update " + ws}
	}
	return nil
}

type trayUpdateOptions struct {
	deps *app.Deps

	workstation, user string
	stdin             bool
}

func newTrayUpdate(d *app.Deps) *cobra.Command {
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
without --user the user who logged on there last.`,
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
			password, err = d.SecretOrNone(ctx, show.CredentialLabel(snap, view, user),
				"offauth device otp -q | offauth tray update "+ws+" --stdin", o.stdin)
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
		rep := app.Report{World: w.Name, Outcome: out, Bare: []string{r.Data},
			Lines:  []string{r.Workstation + ": the credentials of " + r.User + " are valid"},
			Result: updateJSON{Workstation: r.Workstation, User: r.User, Data: show.BroughtJSONOf(r), PINChanged: r.PINChanged}}
		show.BroughtReport(d, &rep, r)
		return d.Print(rep)
	})
}
