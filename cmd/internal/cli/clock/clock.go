package clock

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/cmd/internal/app"
	"github.com/offauth/offauth/cmd/internal/cli/show"
)

// New returns the command "clock" with all below it.
func New(d *app.Deps) *cobra.Command {
	return app.Noun("clock", app.GroupWorld, "the world's clock, to move and to stop",
		newClockShowCmd(d), newClockAdvanceCmd(d), newClockSetCmd(d), newClockBackCmd(d),
		newClockFreezeCmd(d), newClockRunCmd(d), newClockSkewCmd(d))
}

// moveClock applies an Action of the clock and shows what the clock says
// then, with everything that came due on the way.
func moveClock(ctx context.Context, d *app.Deps, a authn.Action) error {
	return d.Within(ctx, func(w *app.World) error {
		out, err := w.Act(ctx, a)
		if err != nil {
			return err
		}
		snap, err := w.Snapshot(ctx, authn.Scope{Sites: []authn.Site{authn.SiteWorld}})
		if err != nil {
			return err
		}
		rep := show.ClockReport(d, w, snap)
		rep.Outcome = out
		for _, e := range out.Events {
			rep.Talk = append(rep.Talk, eventLine(e))
		}
		return d.Print(rep)
	})
}

// eventLine writes an event as one line of talk.
func eventLine(e authn.Event) string {
	line := fmt.Sprintf("%s %s: %s %s", e.At.UTC().Format(time.RFC3339), e.Site, e.Kind, e.Subject)
	if e.Rule != "" {
		line += " (" + string(e.Rule) + ")"
	}
	return line
}
