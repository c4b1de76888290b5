package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn"
)

type linkShowOptions struct {
	deps *Deps
}

func newLinkShowCmd(d *Deps) *cobra.Command {
	o := &linkShowOptions{deps: d}
	return &cobra.Command{
		Use:   "show",
		Short: "show the uplinks, and the faults that wait",
		Long: `Show each site's uplink: up, down, or captive (up to the site itself, but
nothing gets through, H46), how far its clock is off, the Bluetooth links that
are down, and the one-shot faults that have not struck yet.`,
		Example: `  offauth link show`,
		Args:    atMost(0),
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
	return d.within(ctx, func(w *World) error {
		snap, err := w.Snapshot(ctx, authn.Scope{})
		if err != nil {
			return err
		}
		items, faults := []linkJSON{}, []linkFaultJSON{}
		rows := [][]string{{"site", "uplink", "clock"}}
		for _, l := range snap.Links {
			items = append(items, linkJSON{l.Site, l.State, l.Skew.Seconds()})
			clock := skewText(l.Skew)
			if _, _, near := l.Site.BluetoothEnds(); near {
				clock = "-"
			}
			rows = append(rows, []string{string(l.Site), string(l.State), clock})
		}
		lines := table(rows)
		for _, f := range snap.Faults {
			faults = append(faults, linkFaultJSON(f))
			lines = append(lines, faultText(f))
		}
		return d.print(report{world: w.Name, outcome: authn.Outcome{At: snap.Now}, lines: lines, result: struct {
			list[linkJSON]
			Faults []linkFaultJSON `json:"faults"`
		}{listOf(items), faults}})
	})
}
