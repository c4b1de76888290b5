package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn"
)

type adminUserShowOptions struct {
	deps *Deps

	name string
}

func newAdminUserShowCmd(d *Deps, runF func(context.Context, *adminUserShowOptions) error) *cobra.Command {
	o := &adminUserShowOptions{deps: d}
	return &cobra.Command{
		Use:   "show [name]",
		Short: "show a user with phones and PIN sets",
		Long: `Show a user: phones with their icons and PINs, where there is an account,
whether the user is roaming (H38), where locked out (H27), and what OneSpan's
server has: authenticators with their drift (O47), server PIN and static
password (whether, not what), and the user's own setting (O6). A name may be
left out where there is one user.`,
		Example: `  offauth admin user show alice`,
		Args:    atMost(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.name = arg(args, 0)
			return run(cmd, o, runF, runAdminUserShow)
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
		switch {
		case o.name == "" && len(all) == 1:
			o.name = all[0]
		case o.name == "" && len(all) > 1:
			return usage([]string{"offauth admin user show " + all[0]}, "there are %d users: %s", len(all), strings.Join(all, ", "))
		}
		if _, err := knownUser(all, o.name); err != nil {
			return err
		}
		i := indexName(all, o.name)
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
		lines = append(append(lines, more...), lockouts(snap, o.name)...)
		phones := slices.DeleteFunc(snap.Phones, func(p authn.PhoneView) bool { return p.User != o.name })
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
		}{user, icons, digipass}})
	})
}

// lockouts says where the directory has locked a user out, or anybody.
func lockouts(snap authn.Snapshot, user string) []string {
	var lines []string
	for _, u := range snap.Users {
		for _, l := range u.Locks {
			if l.Locked && (user == "" || u.Name == user) {
				lines = append(lines, fmt.Sprintf("locked        %s on %s of %s: %d wrong tries in a row (E27)", orName(l.Method, "every method"), l.Phone, u.Name, l.Failures))
			}
		}
	}
	for _, u := range snap.Users {
		if u.OneSpan != nil && u.OneSpan.Locked && (user == "" || u.Name == user) {
			lines = append(lines, fmt.Sprintf("locked        %s at OneSpan's server: %d wrong logons in a row (O44)", u.Name, u.OneSpan.Failures))
		}
	}
	for _, w := range snap.Workstations {
		for _, v := range w.Data {
			if v.Locked && (user == "" || v.User == user) {
				lines = append(lines, fmt.Sprintf("locked        offline data of %s at %s (O35)", v.User, w.Name))
			}
		}
		for _, a := range w.Accounts {
			if a.LockedOut && (user == "" || a.User == user) {
				lines = append(lines, fmt.Sprintf("locked out    %s at %s: %d of %d wrong PINs (H27)", a.User, w.Name, a.Failures, a.Lockout))
			}
		}
	}
	return lines
}
