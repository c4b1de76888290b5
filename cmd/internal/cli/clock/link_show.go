package clock

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/cmd/internal/app"
	"github.com/offauth/offauth/cmd/internal/cli/show"
)

type linkShowOptions struct {
	deps *app.Deps
}

func newLinkShowCmd(d *app.Deps) *cobra.Command {
	o := &linkShowOptions{deps: d}
	return &cobra.Command{
		Use:   "show",
		Short: "show the uplinks, and the faults that wait",
		Long: `Show each site's uplink: up, down, or captive (up to the site itself, but
nothing gets through, H46), how far its clock is off, the Bluetooth links that
are down, and the one-shot faults that have not struck yet.`,
		Example: `  offauth link show`,
		Args:    app.AtMost(0),
		RunE:    func(cmd *cobra.Command, _ []string) error { return runLinkShow(cmd.Context(), o) },
	}
}

type linkJSON struct {
	Site        authn.Site   `json:"site"`
	State       authn.Uplink `json:"state"`
	SkewSeconds float64      `json:"skew_seconds"`
}

type linkFaultJSON struct {
	Kind    authn.FaultKind `json:"kind"`
	Message string          `json:"message"`
	Nth     int             `json:"nth"`
}

func runLinkShow(ctx context.Context, o *linkShowOptions) error {
	d := o.deps
	return d.Within(ctx, func(w *app.World) error {
		snap, err := w.Snapshot(ctx, authn.Scope{})
		if err != nil {
			return err
		}
		items, faults := []linkJSON{}, []linkFaultJSON{}
		rows := [][]string{{"site", "uplink", "clock"}}
		for _, l := range snap.Links {
			items = append(items, linkJSON{l.Site, l.State, l.Skew.Seconds()})
			clock := show.SkewText(l.Skew)
			if _, _, near := l.Site.BluetoothEnds(); near {
				clock = "-"
			}
			rows = append(rows, []string{string(l.Site), string(l.State), clock})
		}
		lines := app.Table(rows)
		for _, f := range snap.Faults {
			faults = append(faults, linkFaultJSON(f))
			lines = append(lines, faultText(f))
		}
		return d.Print(app.Report{World: w.Name, Outcome: authn.Outcome{At: snap.Now}, Lines: lines, Result: struct {
			app.List[linkJSON]
			Faults []linkFaultJSON `json:"faults"`
		}{app.ListOf(items), faults}})
	})
}
