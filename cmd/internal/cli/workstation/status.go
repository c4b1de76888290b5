package workstation

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/cmd/internal/app"
	"github.com/offauth/offauth/cmd/internal/cli/show"
)

type workstationStatusOptions struct {
	deps *app.Deps

	workstation string
}

func newWorkstationStatusCmd(d *app.Deps) *cobra.Command {
	o := &workstationStatusOptions{deps: d}
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
			return runWorkstationStatus(cmd.Context(), o)
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
	// Data is offline authentication data; only of the family onespan.
	Data   []dataJSON          `json:"data"`
	Clocks []show.ClockOffJSON `json:"clocks_off"`
	// Tray reports whether OneSpan's Tray Agent is there; Credentials are what is
	// to be typed. Both are null on other workstations.
	Tray        *bool                 `json:"tray"`
	Credentials *show.CredentialsJSON `json:"credentials"`
}

type accountJSON struct {
	User     string    `json:"user"`
	Failures int       `json:"failures"`
	Sets     []setJSON `json:"sets"`
	// Lockout is how many failures lock the user out, 0 for never.
	Lockout   int  `json:"lockout"`
	LockedOut bool `json:"locked_out"`
	// LockedUntil is when that ends by itself; null for never.
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
	// PairedAgain says that a newer pairing waits for its first online login,
	// with which this set goes.
	PairedAgain bool `json:"paired_again"`
}

func workstationJSONOf(snap authn.Snapshot, v authn.WorkstationView) workstationJSON {
	j := workstationJSON{Workstation: v.Name, Family: v.Family, Version: v.Version, Locked: v.Locked, User: v.User, Mode: v.Mode, Accounts: []accountJSON{}, Data: []dataJSON{}}
	j.Clocks, _ = show.ClocksOff(snap, is(v))
	if v.Family == authn.FamilyOneSpan {
		tray, credentials := !v.NoTray, show.CredentialsOf(v)
		j.Tray, j.Credentials = &tray, &credentials
	}
	for _, data := range v.Data {
		j.Data = append(j.Data, dataJSONOf(v.Name, data))
	}
	for _, a := range v.Accounts {
		account := accountJSON{User: a.User, Failures: a.Failures, Sets: []setJSON{}, Lockout: a.Lockout, LockedOut: a.LockedOut, LockedUntil: untilOf(a)}
		for _, s := range a.Sets {
			account.Sets = append(account.Sets, setJSON{Number: s.Number, Phone: s.Phone, Left: s.Left, Of: s.Of, Confirmed: s.Confirmed,
				Expired: s.Expired, IssuedAt: app.StampOf(s.IssuedAt), ExpiresAt: app.StampOf(s.ExpiresAt), PairedAgain: s.PairedAgain})
		}
		j.Accounts = append(j.Accounts, account)
	}
	return j
}

// is reports whether a site is that workstation.
func is(v authn.WorkstationView) func(authn.Site) bool {
	return func(s authn.Site) bool { return s == authn.Workstation(v.Name) }
}

func runWorkstationStatus(ctx context.Context, o *workstationStatusOptions) error {
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
		return d.Print(app.Report{World: w.Name, Outcome: authn.Outcome{At: snap.Now}, Result: workstationJSONOf(snap, view), Lines: lines, Bare: []string{lockWord(view)}})
	})
}

// untilOf is when a lock-out ends by itself, or nil.
func untilOf(a authn.AccountView) *app.Stamp {
	if a.LockedUntil == nil {
		return nil
	}
	return app.StampOf(*a.LockedUntil)
}

// failuresText counts the wrong PINs of an account, and what they led to.
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

// lockText says what the screen is like, and for whom.
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
