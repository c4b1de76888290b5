package admin

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/onespan"
	"github.com/offauth/offauth/cmd/internal/app"
	"github.com/offauth/offauth/cmd/internal/cli/pick"
)

type adminOfflineDataListOptions struct {
	deps *app.Deps

	user string
}

func newAdminOfflineDataListCmd(d *app.Deps) *cobra.Command {
	o := &adminOfflineDataListOptions{deps: d}
	return &cobra.Command{
		Use:   "list [user]",
		Short: "list the server's records of offline data",
		Long: `List the server's records of offline authentication data, of one user or of
all: one for each workstation, user and authenticator (O17), with its time or
its range of events, and whether it is locked (O39). What is on a workstation
"offauth tray status" shows.`,
		Example: `  offauth admin offline-data list
  offauth admin offline-data list alice --json`,
		Annotations: app.Takes("user"),
		Args:        app.AtMost(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.user = app.Arg(args, 0)
			return runAdminOfflineDataList(cmd.Context(), o)
		},
	}
}

type recordJSON struct {
	User        string     `json:"user"`
	Workstation string     `json:"workstation"`
	Serial      string     `json:"serial"`
	Type        string     `json:"type"`
	Number      uint64     `json:"number"`
	IssuedAt    *app.Stamp `json:"issued_at"`
	ExpiresAt   *app.Stamp `json:"expires_at"`
	// From and To are the counters of event-based data, To not included.
	From   uint64 `json:"from"`
	To     uint64 `json:"to"`
	Locked bool   `json:"locked"`
}

func runAdminOfflineDataList(ctx context.Context, o *adminOfflineDataListOptions) error {
	d := o.deps
	return d.Within(ctx, func(w *app.World) error {
		user, err := pick.Knows(ctx, w, o.user)
		if err != nil {
			return err
		}
		snap, err := w.Snapshot(ctx, authn.Scope{User: user, Sites: []authn.Site{authn.SiteServer}})
		if err != nil {
			return err
		}
		var items []recordJSON
		rows := [][]string{{"user", "workstation", "authenticator", "kind", "made", "until", "state"}}
		for _, u := range snap.Users {
			if u.OneSpan == nil {
				continue
			}
			for _, v := range u.OneSpan.Data {
				items = append(items, recordJSON{User: u.Name, Workstation: v.Workstation, Serial: v.Serial, Type: v.Type, Number: v.Number,
					IssuedAt: app.StampOf(v.IssuedAt), ExpiresAt: app.StampOf(v.ExpiresAt), From: v.From, To: v.To, Locked: v.Locked})
				rows = append(rows, recordRow(d, u.Name, v, snap))
			}
		}
		rep := app.Report{World: w.Name, Outcome: authn.Outcome{At: snap.Now}, Result: app.ListOf(items), Lines: app.Table(rows), Bare: app.Table(rows)[1:]}
		if len(items) == 0 {
			rep.Lines, rep.Talk, rep.Hints = nil, []string{"the server has made no offline data"}, []string{"offauth tray status"}
		}
		return d.Print(rep)
	})
}

func recordRow(d *app.Deps, user string, v authn.ServerDataView, snap authn.Snapshot) []string {
	until, state := fmt.Sprintf("events %d to %d", v.From, v.To-1), "-"
	if v.Type == string(onespan.TimeBased) {
		until = d.When(v.ExpiresAt, snap.Now)
	}
	if v.Locked {
		state = "locked (O39)"
	}
	return []string{user, v.Workstation, v.Serial, v.Type, d.When(v.IssuedAt, snap.Now), until, state}
}
