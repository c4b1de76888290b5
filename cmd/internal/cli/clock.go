package cli

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn"
)

func newClockCmd(d *Deps) *cobra.Command {
	return parent("clock", groupWorld, "the world's clock, to move and to stop",
		newClockShowCmd(d), newClockAdvanceCmd(d), newClockSetCmd(d), newClockBackCmd(d),
		newClockFreezeCmd(d), newClockRunCmd(d), newClockSkewCmd(d))
}

// moveClock applies an Action of the clock and shows what the clock says
// then, with everything that came due on the way.
func (d *Deps) moveClock(ctx context.Context, a authn.Action) error {
	return d.within(ctx, func(w *World) error {
		out, err := w.act(ctx, a)
		if err != nil {
			return err
		}
		snap, err := w.Snapshot(ctx, authn.Scope{Sites: []authn.Site{authn.SiteWorld}})
		if err != nil {
			return err
		}
		rep := d.clockReport(w, snap)
		rep.outcome = out
		for _, e := range out.Events {
			rep.talk = append(rep.talk, eventLine(e))
		}
		return d.print(rep)
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
