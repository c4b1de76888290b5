package cli

import (
	"context"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn"
)

type adminUserShowOptions struct {
	deps *Deps

	name string
}

func newAdminUserShowCmd(d *Deps) *cobra.Command {
	o := &adminUserShowOptions{deps: d}
	return &cobra.Command{
		Use:   "show [name]",
		Short: "show a user with phones and PIN sets",
		Long: `Show a user: phones with their icons and PINs, where there is an account,
whether the user is roaming (H38), all that is locked, and what OneSpan's server
has: authenticators with their drift (O47), server PIN and static password
(whether, not what), and the user's own setting (O6). Clocks that are off by
over a minute are named. A name may be left out where there is one user.`,
		Example: `  offauth admin user show alice`,
		Args:    atMost(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.name = arg(args, 0)
			return runAdminUserShow(cmd.Context(), o)
		},
	}
}

func runAdminUserShow(ctx context.Context, o *adminUserShowOptions) error {
	d := o.deps
	return d.within(ctx, func(w *World) error {
		snap, err := w.Snapshot(ctx, authn.Scope{})
		if err != nil {
			return err
		}
		all := names(snap.Users, userName)
		name, err := theUser(all, o.name, "offauth admin user show")
		if err != nil {
			return err
		}
		i := indexName(all, name)
		user := userJSONOf(snap, snap.Users[i])
		roaming := "no"
		if user.Roaming {
			roaming = "yes: no offline PINs (H38)"
		}
		lines := []string{
			"user          " + user.User,
			"added         " + d.when(snap.Users[i].AddedAt, snap.Now),
			"roaming       " + roaming,
			"workstations  " + commas(user.Workstations),
			"phones        " + commas(user.Phones),
		}
		digipass, more := onespanUserOf(snap.Users[i])
		lines = append(append(lines, more...), lockLines(user.Locks)...)
		clocks, off := clocksOff(snap, user.has)
		lines = append(lines, off...)
		phones := slices.DeleteFunc(snap.Phones, func(p authn.PhoneView) bool { return p.User != user.User })
		icons, rows := d.icons(snap, phones)
		if icons == nil {
			icons = []iconJSON{}
		} else {
			lines = append(append(lines, ""), rows...)
		}
		return d.print(report{world: w.Name, outcome: authn.Outcome{At: snap.Now}, lines: lines, result: struct {
			userJSON
			Icons []iconJSON `json:"icons"`
			// OneSpan is what its server has of the user; null if nothing.
			OneSpan *onespanUserJSON `json:"onespan"`
			Clocks  []clockOffJSON   `json:"clocks_off"`
		}{user, icons, digipass, clocks}})
	})
}

// theUser finds the user that a command's argument names, or the only one.
func theUser(all []string, name, command string) (string, error) {
	switch {
	case name == "" && len(all) == 1:
		return all[0], nil
	case name == "" && len(all) > 1:
		return "", usage([]string{command + " " + all[0]}, "there are %d users: %s", len(all), strings.Join(all, ", "))
	}
	return knownUser(all, name)
}
