package admin

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/encap"
	"github.com/offauth/offauth/authn/onespan"
	"github.com/offauth/offauth/cmd/internal/app"
	"github.com/offauth/offauth/cmd/internal/cli/show"
)

type adminUserUnlockOptions struct {
	deps *app.Deps

	name string
}

func newAdminUserUnlockCmd(d *app.Deps) *cobra.Command {
	o := &adminUserUnlockOptions{deps: d}
	return &cobra.Command{
		Use:   "unlock [name]",
		Short: "end a user's lock-outs",
		Long: `End the lock-outs of a user after wrong PINs (H26). A workstation that the
server cannot reach hears of it when the two next talk, and goes on refusing
until then (H27); the output says which have heard. An online login, "offauth
device tap", ends a lock-out too, at its workstation. Locked methods of the
user's phones are unlocked at once, at the server (E35). A name may be left out
where there is one user.`,
		Example: `  offauth admin user unlock alice`,
		Args:    app.AtMost(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.name = app.Arg(args, 0)
			return runAdminUserUnlock(cmd.Context(), o)
		},
	}
}

type userUnlockedJSON struct {
	User    string   `json:"user"`
	Reached []string `json:"reached"`
	Waiting []string `json:"waiting"`
	// DataLocked are the workstations where OneSpan's offline data stays
	// locked: that ends by a deletion at the server (O38).
	DataLocked []string `json:"data_locked"`
}

func runAdminUserUnlock(ctx context.Context, o *adminUserUnlockOptions) error {
	d := o.deps
	return d.Within(ctx, func(w *app.World) error {
		roster, err := w.Roster(ctx)
		if err != nil {
			return err
		}
		name, err := theUser(roster.Users, o.name, "offauth admin user unlock")
		if err != nil {
			return err
		}
		out, err := w.Act(ctx, authn.UnlockUser{Name: name})
		if err != nil {
			return err
		}
		r, err := app.ResultOf[authn.UnlockUserResult](out)
		if err != nil {
			return err
		}
		j := userUnlockedJSON{r.User, append([]string{}, r.Reached...), append([]string{}, r.Waiting...), []string{}}
		rep := app.Report{World: w.Name, Outcome: out, Lines: []string{r.User + ": no longer locked out"}}
		for _, ws := range r.Reached {
			rep.Lines = append(rep.Lines, "heard  "+ws+": takes PINs of "+r.User+" again")
		}
		for _, ws := range r.Waiting {
			rep.Lines = append(rep.Lines, "waits  "+ws+": hears of it when it and the server next talk (H27)")
			rep.Hints = []string{"offauth link show"}
		}
		for _, e := range out.Events {
			if e.Kind == onespan.EventUserReleased {
				rep.Lines = append(rep.Lines, "server  "+r.User+": may log on at OneSpan's server again (O44)")
			}
			if e.Kind == encap.EventLocksCleared {
				rep.Lines = append(rep.Lines, fmt.Sprintf("phone  %v: its methods are no longer locked (E35)", e.Fields["phone"]))
			}
		}
		if len(r.Reached)+len(r.Waiting) == 0 {
			rep.Lines = append(rep.Lines, r.User+" has an account at no workstation of HYPR, so none had to hear of it")
		}
		snap, err := w.Snapshot(ctx, authn.Scope{User: name})
		if err != nil {
			return err
		}
		stays(&rep, &j, snap)
		rep.Result = j
		return d.Print(rep)
	})
}

// stays says where offline data is locked still: that is no lock-out of the
// user's, and an unlock does not end it.
func stays(rep *app.Report, j *userUnlockedJSON, snap authn.Snapshot) {
	for _, l := range show.LocksOf(snap, j.User) {
		if l.Code != onespan.CodeDataLocked || l.Waits {
			continue
		}
		j.DataLocked = append(j.DataLocked, l.Workstation)
		rep.Lines[0] = j.User + ": no longer locked out, but for offline data"
		rep.Lines = append(rep.Lines,
			"stays  "+l.Workstation+": the offline data is locked until the server's record of it is deleted (O38)")
		rep.Hints = append(rep.Hints, "offauth admin offline-data delete "+j.User+" --workstation "+l.Workstation)
	}
}
