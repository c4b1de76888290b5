package clock

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/cmd/internal/app"
	"github.com/offauth/offauth/cmd/internal/cli/show"
)

type clockShowOptions struct {
	deps *app.Deps
}

func newClockShowCmd(d *app.Deps) *cobra.Command {
	o := &clockShowOptions{deps: d}
	return &cobra.Command{
		Use:   "show",
		Short: "show the clock and what is due next",
		Long: `Show the world's time, whether the clock runs or is frozen, what will happen by
itself and when, and which sites' clocks are off.`,
		Example: `  offauth clock show`,
		Args:    app.AtMost(0),
		RunE:    func(cmd *cobra.Command, _ []string) error { return runClockShow(cmd.Context(), o) },
	}
}

type deadlineJSON struct {
	At      app.Stamp  `json:"at"`
	Site    authn.Site `json:"site"`
	Kind    string     `json:"kind"`
	Subject string     `json:"subject"`
}

func runClockShow(ctx context.Context, o *clockShowOptions) error {
	d := o.deps
	return d.Within(ctx, func(w *app.World) error {
		snap, err := w.Snapshot(ctx, authn.Scope{})
		if err != nil {
			return err
		}
		rep := show.ClockReport(d, w, snap)
		due := []deadlineJSON{}
		for _, t := range snap.Deadlines {
			due = append(due, deadlineJSON{app.Stamp(t.At), t.Site, t.Kind, t.Subject})
			rep.Lines = append(rep.Lines, fmt.Sprintf("due %s: %s %s %s", d.When(t.At, snap.Now), t.Site, t.Kind, t.Subject))
		}
		clocks, off := show.ClocksOff(snap, func(authn.Site) bool { return true })
		rep.Lines = append(rep.Lines, off...)
		rep.Result = struct {
			show.ClockJSON
			Deadlines []deadlineJSON      `json:"deadlines"`
			Clocks    []show.ClockOffJSON `json:"clocks_off"`
		}{rep.Result.(show.ClockJSON), due, clocks}
		return d.Print(rep)
	})
}
