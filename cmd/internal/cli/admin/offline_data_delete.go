package admin

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn/onespan"
	"github.com/offauth/offauth/cmd/internal/app"
	"github.com/offauth/offauth/cmd/internal/cli/pick"
)

type adminOfflineDataDeleteOptions struct {
	deps *app.Deps

	user, workstation, serial string
}

func newAdminOfflineDataDeleteCmd(d *app.Deps) *cobra.Command {
	o := &adminOfflineDataDeleteOptions{deps: d}
	cmd := &cobra.Command{
		Use:   "delete [user]",
		Short: "delete the server's record of offline data",
		Long: `Delete the server's records of a user's offline authentication data: all of
them, or those of one workstation or authenticator. The next successful online
logon there brings a full set, which also ends a lock (O38). What is on the
workstation stays until then.

The user may be left out where there is one.`,
		Example: `  offauth admin offline-data delete alice --workstation DESKTOP-3`,
		Args:    app.AtMost(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.user = app.Arg(args, 0)
			return runAdminOfflineDataDelete(cmd.Context(), o)
		},
	}
	cmd.Flags().StringVar(&o.workstation, "workstation", "", "only at the workstation `NAME`")
	cmd.Flags().StringVar(&o.serial, "authenticator", "", "only of the authenticator with the `SERIAL` number")
	return cmd
}

type deletedRecordJSON struct {
	Workstation string `json:"workstation"`
	Serial      string `json:"serial"`
}

func runAdminOfflineDataDelete(ctx context.Context, o *adminOfflineDataDeleteOptions) error {
	d := o.deps
	return d.Within(ctx, func(w *app.World) error {
		r, err := w.Roster(ctx)
		if err != nil {
			return err
		}
		user, err := pick.Owner(ctx, d, r.Users, o.user)
		if err != nil {
			return err
		}
		if o.workstation != "" {
			if o.workstation, err = pick.Workstation(r, o.workstation); err != nil {
				return err
			}
		}
		out, err := w.Act(ctx, onespan.DeleteData{User: user, Workstation: o.workstation, Serial: o.serial})
		if err != nil {
			return err
		}
		result, err := app.ResultOf[onespan.DeleteDataResult](out)
		if err != nil {
			return err
		}
		items := make([]deletedRecordJSON, len(result.Deleted))
		rep := app.Report{World: w.Name, Outcome: out, Lines: []string{user + ": the server has no such record of offline data"}, Hints: []string{"offauth admin offline-data list"}}
		for i, v := range result.Deleted {
			items[i] = deletedRecordJSON(v)
			line := fmt.Sprintf("%s: the record of %s at %s is deleted", user, v.Serial, v.Workstation)
			rep.Lines = append(rep.Lines[:i], line)
			rep.Hints = []string{"an online logon brings new data: `offauth workstation login " + v.Workstation + "`"}
		}
		rep.Result = struct {
			User    string              `json:"user"`
			Deleted []deletedRecordJSON `json:"deleted"`
		}{user, items}
		return d.Print(rep)
	})
}
