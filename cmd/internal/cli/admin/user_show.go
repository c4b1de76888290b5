package admin

import (
	"context"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/cmd/internal/app"
	"github.com/offauth/offauth/cmd/internal/cli/pick"
	"github.com/offauth/offauth/cmd/internal/cli/show"
)

type adminUserShowOptions struct {
	deps *app.Deps

	name string
}

func newAdminUserShowCmd(d *app.Deps) *cobra.Command {
	o := &adminUserShowOptions{deps: d}
	return &cobra.Command{
		Use:   "show [name]",
		Short: "show a user with phones and PIN sets",
		Long: `Show a user: phones with their icons and PINs, where there is an account,
whether the user is roaming (H38), all that is locked, and what OneSpan's server
has: authenticators with their drift (O47), server PIN and static password
(whether, not what), and the user's own setting (O6). Clocks that are off by
over a minute are named. A name may be left out where there is one user.`,
		Example:     `  offauth admin user show alice`,
		Annotations: app.Takes("user"),
		Args:        app.AtMost(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.name = app.Arg(args, 0)
			return runAdminUserShow(cmd.Context(), o)
		},
	}
}

func runAdminUserShow(ctx context.Context, o *adminUserShowOptions) error {
	d := o.deps
	return d.Within(ctx, func(w *app.World) error {
		snap, err := w.Snapshot(ctx, authn.Scope{})
		if err != nil {
			return err
		}
		all := app.NamesOf(snap.Users, pick.UserName)
		name, err := theUser(all, o.name, "offauth admin user show")
		if err != nil {
			return err
		}
		i := app.IndexName(all, name)
		user := userJSONOf(snap, snap.Users[i])
		roaming := "no"
		if user.Roaming {
			roaming = "yes: no offline PINs (H38)"
		}
		lines := []string{
			"user          " + user.User,
			"added         " + d.When(snap.Users[i].AddedAt, snap.Now),
			"roaming       " + roaming,
			"workstations  " + app.Commas(user.Workstations),
			"phones        " + app.Commas(user.Phones),
		}
		digipass, more := onespanUserOf(snap.Users[i])
		lines = append(append(lines, more...), show.LockLines(user.Locks)...)
		clocks, off := show.ClocksOff(snap, user.has)
		lines = append(lines, off...)
		phones := slices.DeleteFunc(snap.Phones, func(p authn.PhoneView) bool { return p.User != user.User })
		icons, rows := show.Icons(d, snap, phones)
		if icons == nil {
			icons = []show.IconJSON{}
		} else {
			lines = append(append(lines, ""), rows...)
		}
		return d.Print(app.Report{World: w.Name, Outcome: authn.Outcome{At: snap.Now}, Lines: lines, Result: struct {
			userJSON
			Icons []show.IconJSON `json:"icons"`
			// OneSpan is what its server has of the user; null if nothing.
			OneSpan *onespanUserJSON    `json:"onespan"`
			Clocks  []show.ClockOffJSON `json:"clocks_off"`
		}{user, icons, digipass, clocks}})
	})
}

// theUser finds the user that a command's argument names, or the only one.
func theUser(all []string, name, command string) (string, error) {
	switch {
	case name == "" && len(all) == 1:
		return all[0], nil
	case name == "" && len(all) > 1:
		return "", app.Usage([]string{command + " " + all[0]}, "there are %d users: %s", len(all), strings.Join(all, ", "))
	}
	return pick.KnownUser(all, name)
}
