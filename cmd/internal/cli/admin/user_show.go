package admin

import (
	"context"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/onespan"
	"github.com/offauth/offauth/cmd/internal/app"
	"github.com/offauth/offauth/cmd/internal/cli/leaf"
	"github.com/offauth/offauth/cmd/internal/cli/pick"
	"github.com/offauth/offauth/cmd/internal/cli/show"
)

func newUserList(d *app.Deps) *cobra.Command {
	return leaf.NewLook(d, leaf.Look{
		Use:   "list",
		Short: "list the users",
		Long: `List the users of the directory with their phones and workstations, and all that
is locked for them: by the directory (H27), methods and biometrics on a phone
(E27, E34), at OneSpan's server (O44), offline data (O35).`,
		Example: `  offauth admin user list`,
		Report:  usersReport,
	})
}

type userJSON struct {
	User         string     `json:"user"`
	AddedAt      *app.Stamp `json:"added_at"`
	Phones       []string   `json:"phones"`
	Workstations []string   `json:"workstations"`
	Roaming      bool       `json:"roaming"`
	// LockedOut lists the workstations where the directory has locked the user
	// out.
	LockedOut []string `json:"locked_out"`
	// Locks are all locks of the user.
	Locks []show.LockedJSON `json:"locks"`
}

// userJSONOf collects what belongs to a user.
func userJSONOf(snap authn.Snapshot, u authn.UserView) userJSON {
	j := userJSON{User: u.Name, AddedAt: app.StampOf(u.AddedAt), Phones: []string{}, Workstations: []string{},
		Roaming: u.Roaming, LockedOut: []string{}, Locks: show.LocksOf(snap, u.Name)}
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

// has reports whether a site belongs to the user.
func (j userJSON) has(site authn.Site) bool {
	return site.Role() == authn.RolePhone && slices.Contains(j.Phones, site.Name()) ||
		site.Role() == authn.RoleWorkstation && slices.Contains(j.Workstations, site.Name())
}

func usersReport(_ context.Context, _ *app.Deps, _ *app.World, snap authn.Snapshot, _ string, rep *app.Report) error {
	rep.Bare = app.NamesOf(snap.Users, pick.UserName)
	var items []userJSON
	const lockedColumn = "locked"
	rows := [][]string{{"user", "phones", "workstations", "roaming", lockedColumn}}
	for _, u := range snap.Users {
		j := userJSONOf(snap, u)
		items = append(items, j)
		locks := app.Commas(app.NamesOf(j.Locks, show.LockedJSON.What))
		rows = append(rows, []string{j.User, app.Commas(j.Phones), app.Commas(j.Workstations), app.Yes(j.Roaming), locks})
	}
	rep.Result, rep.Lines = app.ListOf(items), app.Table(rows)
	if len(items) == 0 {
		rep.Lines, rep.Next = nil, pick.NextStep(snap, pick.Concerned{})
		rep.Talk = []string{"nobody is in the directory yet"}
	}
	return nil
}

func newUserShow(d *app.Deps) *cobra.Command {
	return leaf.NewLook(d, leaf.Look{
		Use:   "show [name]",
		Short: "show a user with phones and PIN sets",
		Long: `Show a user: phones with their icons and PINs, where there is an account,
whether the user is roaming (H38), all that is locked, and what OneSpan's server
has: authenticators with their drift (O47), server PIN and static password
(whether, not what), and the user's own setting (O6). Clocks that are off by
over a minute are named. A name may be left out where there is one user.`,
		Example: `  offauth admin user show alice`,
		Takes:   "user",
		Report:  userReport,
	})
}

func userReport(ctx context.Context, d *app.Deps, _ *app.World, snap authn.Snapshot, name string,
	rep *app.Report) error {
	all := app.NamesOf(snap.Users, pick.UserName)
	name, err := pick.Owner(ctx, d, all, name, "offauth admin user show")
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
	rep.Lines, rep.Result = lines, struct {
		userJSON
		Icons []show.IconJSON `json:"icons"`
		// OneSpan is the state at OneSpan's server; null if there is none.
		OneSpan *onespanUserJSON    `json:"onespan"`
		Clocks  []show.ClockOffJSON `json:"clocks_off"`
	}{user, icons, digipass, clocks}
	return nil
}

// onespanUserJSON is a user's state at OneSpan's server.
type onespanUserJSON struct {
	// Offline is the user's own setting, "true" or "false", or empty (O6).
	Offline  string `json:"offline"`
	Failures int    `json:"failures"`
	// Allowed is the number of failures that locks; 0 is never.
	Allowed        int                       `json:"allowed"`
	Locked         bool                      `json:"locked"`
	HasPassword    bool                      `json:"has_password"`
	HasPIN         bool                      `json:"has_pin"`
	PINForced      bool                      `json:"pin_forced"`
	Authenticators []serverAuthenticatorJSON `json:"authenticators"`
	// Withheld is why the server makes no offline data: disabled (O1, O6),
	// backend (O3), or "".
	Withheld string `json:"withheld"`
}

type serverAuthenticatorJSON struct {
	Serial       string `json:"serial"`
	Phone        string `json:"phone"`
	Type         string `json:"type"`
	DriftSeconds int    `json:"drift_seconds"`
	Counter      uint64 `json:"counter"`
}

// onespanUserOf returns a user's state at OneSpan's server, with lines about
// it.
func onespanUserOf(u authn.UserView) (*onespanUserJSON, []string) {
	v := u.OneSpan
	if v == nil {
		return nil, nil
	}
	j := &onespanUserJSON{Offline: v.Offline, Failures: v.Failures, Allowed: v.Allowed, Locked: v.Locked,
		HasPassword: v.HasPassword, HasPIN: v.HasPIN, PINForced: v.PINForced,
		Authenticators: []serverAuthenticatorJSON{}, Withheld: v.Withheld.Reason}
	var lines []string
	for _, a := range v.Authenticators {
		j.Authenticators = append(j.Authenticators,
			serverAuthenticatorJSON{Serial: a.Serial, Phone: a.Phone, Type: a.Type, DriftSeconds: int(a.Drift.Seconds()),
				Counter: a.Counter})
		at := fmt.Sprintf("clock off by %s (O47)", a.Drift)
		if a.Type == string(onespan.EventBased) {
			at = fmt.Sprintf("next event %d", a.Counter)
		}
		lines = append(lines, fmt.Sprintf("authenticator %s on %s, %s-based, %s", a.Serial, a.Phone, a.Type, at))
	}
	pin := "not set"
	switch {
	case v.PINForced:
		pin = "set, to be changed at the next logon (O28)"
	case v.HasPIN:
		pin = "set"
	}
	password := "not set"
	if v.HasPassword {
		password = "set"
	}
	lines = append(lines, "server PIN    "+pin, "password      "+password, wrongLogons(v))
	if v.Withheld.Reason != "" {
		lines = append(lines, "offline data  none is made: "+show.WithheldText(v.Withheld.Reason))
	}
	if v.Offline != "" {
		lines = append(lines, "offline       "+v.Offline+", the user's own setting (O6)")
	}
	return j, lines
}

// wrongLogons words how close the user is to the lock (O44).
func wrongLogons(v *authn.OneSpanUserView) string {
	text := fmt.Sprintf("wrong logons  %d online, in a row", v.Failures)
	if v.Allowed > 0 {
		text += fmt.Sprintf("; number %d locks", v.Allowed)
	}
	return text
}
