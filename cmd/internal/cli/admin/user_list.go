package admin

import (
	"context"
	"slices"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/cmd/internal/app"
	"github.com/offauth/offauth/cmd/internal/cli/pick"
	"github.com/offauth/offauth/cmd/internal/cli/show"
)

type adminUserListOptions struct {
	deps *app.Deps
}

func newAdminUserListCmd(d *app.Deps) *cobra.Command {
	o := &adminUserListOptions{deps: d}
	return &cobra.Command{
		Use:   "list",
		Short: "list the users",
		Long: `List the users of the directory with their phones and workstations, and all that
is locked for them: by the directory (H27), methods and biometrics on a phone
(E27, E34), at OneSpan's server (O44), offline data (O35).`,
		Example: `  offauth admin user list`,
		Args:    app.AtMost(0),
		RunE:    func(cmd *cobra.Command, _ []string) error { return runAdminUserList(cmd.Context(), o) },
	}
}

type userJSON struct {
	User         string     `json:"user"`
	AddedAt      *app.Stamp `json:"added_at"`
	Phones       []string   `json:"phones"`
	Workstations []string   `json:"workstations"`
	Roaming      bool       `json:"roaming"`
	// LockedOut are the workstations at which the directory has locked the
	// user out.
	LockedOut []string `json:"locked_out"`
	// Locks are all that is locked for the user, by whomever.
	Locks []show.LockedJSON `json:"locks"`
}

// userJSONOf gathers what belongs to a user.
func userJSONOf(snap authn.Snapshot, u authn.UserView) userJSON {
	j := userJSON{User: u.Name, AddedAt: app.StampOf(u.AddedAt), Phones: []string{}, Workstations: []string{}, Roaming: u.Roaming, LockedOut: []string{}, Locks: show.LocksOf(snap, u.Name)}
	for _, p := range snap.Phones {
		if p.User == u.Name {
			j.Phones = append(j.Phones, p.Name)
		}
	}
	for _, w := range snap.Workstations {
		for _, v := range w.Data {
			if v.User == u.Name {
				j.Workstations = append(j.Workstations, w.Name)
			}
		}
		for _, a := range w.Accounts {
			if a.User != u.Name {
				continue
			}
			j.Workstations = append(j.Workstations, w.Name)
			if a.LockedOut {
				j.LockedOut = append(j.LockedOut, w.Name)
			}
		}
	}
	return j
}

// has reports whether a site is one of the user's.
func (j userJSON) has(site authn.Site) bool {
	return site.Role() == authn.RolePhone && slices.Contains(j.Phones, site.Name()) ||
		site.Role() == authn.RoleWorkstation && slices.Contains(j.Workstations, site.Name())
}

func runAdminUserList(ctx context.Context, o *adminUserListOptions) error {
	d := o.deps
	return d.Within(ctx, func(w *app.World) error {
		snap, err := w.Snapshot(ctx, authn.Scope{})
		if err != nil {
			return err
		}
		rep := app.Report{World: w.Name, Outcome: authn.Outcome{At: snap.Now}, Bare: app.NamesOf(snap.Users, pick.UserName)}
		var items []userJSON
		const lockedColumn = "locked"
		rows := [][]string{{"user", "phones", "workstations", "roaming", lockedColumn}}
		for _, u := range snap.Users {
			j := userJSONOf(snap, u)
			items = append(items, j)
			rows = append(rows, []string{j.User, app.Commas(j.Phones), app.Commas(j.Workstations), app.Yes(j.Roaming), app.Commas(app.NamesOf(j.Locks, show.LockedJSON.What))})
		}
		rep.Result, rep.Lines = app.ListOf(items), app.Table(rows)
		if len(items) == 0 {
			rep.Lines, rep.Next = nil, pick.NextStep(snap, pick.Concerned{})
			rep.Talk = []string{"nobody is in the directory yet"}
		}
		return d.Print(rep)
	})
}
