package cli

import (
	"context"
	"slices"

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
		Use:     "show <name>",
		Short:   "show a user with phones and PIN sets",
		Long:    `Show a user: phones with their icons and PINs, and where there is an account.`,
		Example: `  offauth admin user show alice`,
		Args:    exactly(1, "which user"),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.name = args[0]
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
		if err := knownUser(snap, o.name); err != nil {
			return err
		}
		i := slices.Index(names(snap.Users, userName), o.name)
		user := userJSONOf(snap, snap.Users[i])
		lines := []string{
			"user          " + user.User,
			"added         " + d.when(snap.Users[i].AddedAt, snap.Now),
			"workstations  " + commas(user.Workstations),
			"phones        " + commas(user.Phones),
		}
		icons := []iconJSON{}
		rows := [][]string{{"phone", "user", "workstation", "state", "pins", "expires"}}
		for _, p := range snap.Phones {
			if p.User != o.name {
				continue
			}
			for _, icon := range iconsOf(p) {
				icons = append(icons, icon)
				rows = append(rows, d.iconRow(icon, snap))
			}
		}
		if len(icons) > 0 {
			lines = append(append(lines, ""), table(rows)...)
		}
		return d.print(report{world: w.Name, outcome: authn.Outcome{At: snap.Now}, lines: lines, result: struct {
			userJSON
			Icons []iconJSON `json:"icons"`
		}{user, icons}})
	})
}
