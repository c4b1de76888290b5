package workstation

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/verb"
	"github.com/offauth/offauth/cmd/internal/app"
	"github.com/offauth/offauth/cmd/internal/cli/leaf"
	"github.com/offauth/offauth/cmd/internal/cli/pick"
	"github.com/offauth/offauth/cmd/internal/cli/show"
)

// New returns the command "workstation" with all below it.
func New(d *app.Deps) *cobra.Command {
	return app.Noun("workstation", app.GroupPeople, "a computer and its lock screen",
		leaf.New(d, add()), leaf.New(d, lock()), newLogin(d), leaf.New(d, restart()),
		newStatus(d), newList(d))
}

// anyWorkstation returns the workstation that a verb means, and its view.
func anyWorkstation(
	ctx context.Context, d *app.Deps, w *app.World, name string,
) (authn.WorkstationView, authn.Snapshot, error) {
	r, err := w.Roster(ctx)
	if err != nil {
		return authn.WorkstationView{}, authn.Snapshot{}, err
	}
	if name, err = pick.Workstation(r, name); err != nil {
		return authn.WorkstationView{}, authn.Snapshot{}, err
	}
	return pick.Station(ctx, w, name)
}

func add() leaf.Leaf[leaf.None] {
	return leaf.Leaf[leaf.None]{
		Action: authn.AddWorkstation{}, Places: []string{"name"}, Missing: "what the workstation is called",
		Short: "add a workstation",
		Long: `Add a workstation with the client of a family of products: hypr,
or onespan (Digipass Authentication for Windows Logon).

A client below HYPR's least version (2.6) has no Offline Mode (H43). Without
OneSpan's Tray Agent offline data is brought by logons alone, and nobody is told
that it ends (O56).`,
		Example: `  offauth workstation add DESK-2 --family hypr
  offauth workstation add DESKTOP-4 --family onespan
  offauth workstation add DESKTOP-5 --family onespan --no-tray`,
		Flags: map[string]leaf.Flag{
			"family":  {Text: "the `FAMILY` of the client: {hypr | onespan}"},
			"version": {Text: "the client's `VERSION`, the newest if not said"},
			"no-tray": {Text: "leave out OneSpan's Tray Agent"},
		},
		Check: func(c *leaf.Call) error {
			family := c.Text("family")
			families, _ := c.Row.Arg("family")
			command := "offauth workstation add " + app.ShellWord(c.Text("name")) + " --family "
			switch {
			case family == "":
				return app.Usage([]string{command + "hypr"}, "say the family of the workstation's client with --family")
			case !c.Accepts("family", family):
				return app.Usage([]string{command + "hypr"}, "there is no family %q of workstations; there are %s",
					family, strings.Join(families.OneOf, " and "))
			case c.On("no_tray") && !verb.Family(authn.FamilyName(family)).Tray:
				return app.Usage([]string{command + family}, "--no-tray leaves OneSpan's Tray Agent out, and %s has none", family)
			}
			return nil
		},
		Report: func(_ context.Context, c *leaf.Call, _ leaf.None, rep *app.Report) error {
			name, family := c.Text("name"), c.Text("family")
			rep.Lines = []string{fmt.Sprintf("%s: added, with the client of %s", name, family)}
			rep.Result = map[string]string{"workstation": name, "family": family}
			return nil
		},
		About: func(c *leaf.Call, _ leaf.None) pick.Concerned { return pick.Concerned{Workstation: c.Text("name")} },
	}
}

func lock() leaf.Leaf[authn.LockResult] {
	return leaf.Leaf[authn.LockResult]{
		Action: authn.Lock{},
		Short:  "lock a workstation",
		Long: `Lock a workstation; a locked one stays locked. A login with an offline PIN (H45)
or a one-time password (O48) is taken only at a locked one.`,
		Example: `  offauth workstation lock LAPTOP-7`,
		Lines: func(_ *leaf.Call, r authn.LockResult) []string {
			if r.Already {
				return []string{r.Workstation + ": was locked already"}
			}
			return []string{r.Workstation + ": locked"}
		},
		About: func(_ *leaf.Call, r authn.LockResult) pick.Concerned {
			return pick.Concerned{Workstation: r.Workstation}
		},
	}
}

func restart() leaf.Leaf[authn.RestartWorkstationResult] {
	return leaf.Leaf[authn.RestartWorkstationResult]{
		Action: authn.RestartWorkstation{},
		Short:  "restart a workstation",
		Long: `Restart a workstation. It is locked afterwards, and a tap that it was about to
answer is forgotten. Counts, locks and sets stay (A6).`,
		Example: `  offauth workstation restart LAPTOP-7`,
		Lines: func(_ *leaf.Call, r authn.RestartWorkstationResult) []string {
			if r.Already {
				return []string{r.Workstation + ": restarted; it was locked already"}
			}
			return []string{r.Workstation + ": restarted, and locked"}
		},
		About: func(_ *leaf.Call, r authn.RestartWorkstationResult) pick.Concerned {
			return pick.Concerned{Workstation: r.Workstation}
		},
	}
}

func newList(d *app.Deps) *cobra.Command {
	return leaf.NewLook(d, leaf.Look{
		Use:   "list",
		Short: "list the workstations",
		Long: `List the workstations of the world, the first-made first: that is the one that
a command without a name means.`,
		Example: `  offauth workstation list`,
		Report: func(_ context.Context, _ *app.Deps, _ *app.World, snap authn.Snapshot, _ string, rep *app.Report) error {
			items, rows := []workstationJSON{}, [][]string{{"workstation", "family", "version", "screen"}}
			for _, v := range snap.Workstations {
				items = append(items, workstationJSONOf(snap, v))
				rows = append(rows, []string{v.Name, string(v.Family), v.Version, lockText(v)})
			}
			rep.Bare, rep.Result, rep.Lines = app.NamesOf(snap.Workstations, pick.WorkstationName), app.ListOf(items),
				app.Table(rows)
			if len(items) == 0 {
				rep.Lines, rep.Next = nil, pick.NextStep(snap, pick.Concerned{})
				rep.Talk = []string{"there is no workstation yet"}
			}
			return nil
		},
	})
}

type statusOptions struct {
	deps *app.Deps

	workstation string
}

func newStatus(d *app.Deps) *cobra.Command {
	o := &statusOptions{deps: d}
	return &cobra.Command{
		Use:   "status [workstation]",
		Short: "show a workstation, its users and what it keeps of them",
		Long: `Show a workstation: locked or not, who is or was logged in, and what it keeps
for each user: wrong PINs since the last login (A6), whether the directory has
locked the user out for them (H27), and PIN sets with the number left and the
time they expire (H22, H33); on OneSpan's, the offline data of each user, as
"offauth tray status" has it.`,
		Example: `  offauth workstation status LAPTOP-7
  offauth workstation status --json`,
		Annotations: app.Takes("workstation"),
		Args:        app.AtMost(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.workstation = app.Arg(args, 0)
			return runStatus(cmd.Context(), o)
		},
	}
}

type workstationJSON struct {
	Workstation string           `json:"workstation"`
	Family      authn.FamilyName `json:"family"`
	Version     string           `json:"version"`
	Locked      bool             `json:"locked"`
	User        string           `json:"user"`
	Mode        string           `json:"mode"`
	Accounts    []accountJSON    `json:"accounts"`
	// Data is offline authentication data, for OneSpan only.
	Data   []dataJSON          `json:"data"`
	Clocks []show.ClockOffJSON `json:"clocks_off"`
	// Tray reports whether OneSpan's Tray Agent is installed; Credentials are
	// the required ones. Both are null on other workstations.
	Tray        *bool                 `json:"tray"`
	Credentials *show.CredentialsJSON `json:"credentials"`
}

type accountJSON struct {
	User     string    `json:"user"`
	Failures int       `json:"failures"`
	Sets     []setJSON `json:"sets"`
	// Lockout is the number of failures that lock the user out, 0 for never.
	Lockout   int  `json:"lockout"`
	LockedOut bool `json:"locked_out"`
	// LockedUntil is when the lock-out ends by itself; null for never.
	LockedUntil *app.Stamp `json:"locked_until"`
}

type setJSON struct {
	Number    uint64     `json:"number"`
	Phone     string     `json:"phone"`
	Left      int        `json:"left"`
	Of        int        `json:"of"`
	Confirmed bool       `json:"confirmed"`
	Expired   bool       `json:"expired"`
	IssuedAt  *app.Stamp `json:"issued_at"`
	ExpiresAt *app.Stamp `json:"expires_at"`
	// PairedAgain reports whether a newer pairing waits for its first online
	// login, which removes this set.
	PairedAgain bool `json:"paired_again"`
}

func workstationJSONOf(snap authn.Snapshot, v authn.WorkstationView) workstationJSON {
	j := workstationJSON{Workstation: v.Name, Family: v.Family, Version: v.Version, Locked: v.Locked, User: v.User,
		Mode: v.Mode, Accounts: []accountJSON{}, Data: []dataJSON{}}
	j.Clocks, _ = show.ClocksOff(snap, is(v))
	if v.Family == authn.FamilyOneSpan {
		tray, credentials := !v.NoTray, show.CredentialsOf(v)
		j.Tray, j.Credentials = &tray, &credentials
	}
	for _, data := range v.Data {
		j.Data = append(j.Data, dataJSONOf(v.Name, data))
	}
	for _, a := range v.Accounts {
		account := accountJSON{User: a.User, Failures: a.Failures, Sets: []setJSON{}, Lockout: a.Lockout,
			LockedOut: a.LockedOut, LockedUntil: untilOf(a)}
		for _, s := range a.Sets {
			account.Sets = append(account.Sets, setJSON{Number: s.Number, Phone: s.Phone, Left: s.Left, Of: s.Of,
				Confirmed: s.Confirmed,
				Expired:   s.Expired, IssuedAt: app.StampOf(s.IssuedAt), ExpiresAt: app.StampOf(s.ExpiresAt),
				PairedAgain: s.PairedAgain})
		}
		j.Accounts = append(j.Accounts, account)
	}
	return j
}

// is reports whether a site is that workstation.
func is(v authn.WorkstationView) func(authn.Site) bool {
	return func(s authn.Site) bool { return s == authn.Workstation(v.Name) }
}

func runStatus(ctx context.Context, o *statusOptions) error {
	d := o.deps
	return d.Within(ctx, func(w *app.World) error {
		view, snap, err := anyWorkstation(ctx, d, w, o.workstation)
		if err != nil {
			return err
		}
		lines := []string{fmt.Sprintf("%s: %s (%s %s)", view.Name, lockText(view), view.Family, view.Version)}
		rows := [][]string{{"user", "wrong PINs", "set", "phone", "pins", "expires"}}
		for _, a := range view.Accounts {
			wrong := failuresText(a)
			if len(a.Sets) == 0 {
				rows = append(rows, []string{a.User, wrong, "-", "-", "-", "-"})
			}
			for _, s := range a.Sets {
				expires := d.When(s.ExpiresAt, snap.Now)
				if s.Expired {
					expires = "expired"
				}
				pins := fmt.Sprintf("%d of %d", s.Left, s.Of)
				if s.PairedAgain {
					pins += ", of the pairing before"
				}
				rows = append(rows, []string{a.User, wrong, fmt.Sprint(s.Number), s.Phone, pins, expires})
			}
		}
		if len(view.Accounts) > 0 {
			lines = append(lines, app.Table(rows)...)
		}
		for _, v := range view.Data {
			lines = append(append(lines, v.User+": "+dataStatus(v)), dataLines(d, v, snap)...)
		}
		if view.Family == authn.FamilyOneSpan {
			lines = append(lines, show.CredentialLines("", view)...)
		}
		if view.NoTray {
			lines = append(lines, "the Tray Agent is not installed (O56)")
		}
		_, off := show.ClocksOff(snap, is(view))
		lines = append(lines, off...)
		return d.Print(app.Report{World: w.Name, Outcome: authn.Outcome{At: snap.Now}, Result: workstationJSONOf(snap, view),
			Lines: lines, Bare: []string{lockWord(view)}})
	})
}

// untilOf returns when a lock-out ends by itself, or nil.
func untilOf(a authn.AccountView) *app.Stamp {
	if a.LockedUntil == nil {
		return nil
	}
	return app.StampOf(*a.LockedUntil)
}

// failuresText words an account's wrong PINs and lock-out.
func failuresText(a authn.AccountView) string {
	switch {
	case a.LockedOut && a.LockedUntil != nil:
		return fmt.Sprintf("locked out until %s: %d of %d", a.LockedUntil.UTC().Format(time.RFC3339), a.Failures, a.Lockout)
	case a.LockedOut:
		return fmt.Sprintf("locked out: %d of %d", a.Failures, a.Lockout)
	case a.Lockout > 0:
		return fmt.Sprintf("%d of %d", a.Failures, a.Lockout)
	}
	return fmt.Sprint(a.Failures)
}

// The words for a workstation's screen.
const (
	wordLocked   = "locked"
	wordUnlocked = "unlocked"
)

func lockWord(v authn.WorkstationView) string {
	if v.Locked {
		return wordLocked
	}
	return wordUnlocked
}

// lockText words the state of the screen, and its user.
func lockText(v authn.WorkstationView) string {
	switch {
	case v.Locked && v.User != "":
		return "locked, last used by " + v.User
	case v.Locked:
		return wordLocked
	case v.User != "":
		return fmt.Sprintf("unlocked %s for %s", v.Mode, v.User)
	}
	return wordUnlocked
}
