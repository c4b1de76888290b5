package clock

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/cmd/internal/app"
	"github.com/offauth/offauth/cmd/internal/cli/leaf"
	"github.com/offauth/offauth/cmd/internal/cli/show"
)

type deadlineJSON struct {
	At      app.Stamp  `json:"at"`
	Site    authn.Site `json:"site"`
	Kind    string     `json:"kind"`
	Subject string     `json:"subject"`
}

func newShow(d *app.Deps) *cobra.Command {
	return leaf.NewLook(d, leaf.Look{
		Use:   "show",
		Short: "show the clock and what is due next",
		Long: `Show the world's time, whether the clock runs or is frozen, what will happen by
itself and when, and which sites' clocks are off.`,
		Example: `  offauth clock show`,
		Report: func(_ context.Context, d *app.Deps, w *app.World, snap authn.Snapshot, _ string, rep *app.Report) error {
			now := show.ClockReport(d, w, snap)
			rep.Bare, rep.Lines = now.Bare, now.Lines
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
			}{now.Result.(show.ClockJSON), due, clocks}
			return nil
		},
	})
}
