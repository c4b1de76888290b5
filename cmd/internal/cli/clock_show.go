package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn"
)

type clockShowOptions struct {
	deps *Deps
}

func newClockShowCmd(d *Deps) *cobra.Command {
	o := &clockShowOptions{deps: d}
	return &cobra.Command{
		Use:   "show",
		Short: "show the clock and what is due next",
		Long: `Show the world's time, whether the clock runs or is frozen, what will happen by
itself and when, and which sites' clocks are off.`,
		Example: `  offauth clock show`,
		Args:    atMost(0),
		RunE:    func(cmd *cobra.Command, _ []string) error { return runClockShow(cmd.Context(), o) },
	}
}

type deadlineJSON struct {
	At      stamp      `json:"at"`
	Site    authn.Site `json:"site"`
	Kind    string     `json:"kind"`
	Subject string     `json:"subject"`
}

func runClockShow(ctx context.Context, o *clockShowOptions) error {
	d := o.deps
	return d.within(ctx, func(w *World) error {
		snap, err := w.Snapshot(ctx, authn.Scope{})
		if err != nil {
			return err
		}
		rep := d.clockReport(w, snap)
		due := []deadlineJSON{}
		for _, t := range snap.Deadlines {
			due = append(due, deadlineJSON{stamp(t.At), t.Site, t.Kind, t.Subject})
			rep.lines = append(rep.lines, fmt.Sprintf("due %s: %s %s %s", d.when(t.At, snap.Now), t.Site, t.Kind, t.Subject))
		}
		clocks, off := clocksOff(snap, func(authn.Site) bool { return true })
		rep.lines = append(rep.lines, off...)
		rep.result = struct {
			clockJSON
			Deadlines []deadlineJSON `json:"deadlines"`
			Clocks    []clockOffJSON `json:"clocks_off"`
		}{rep.result.(clockJSON), due, clocks}
		return d.print(rep)
	})
}
