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
		newClockShowCmd(d, nil), newClockAdvanceCmd(d, nil), newClockSetCmd(d, nil), newClockBackCmd(d, nil),
		newClockFreezeCmd(d, nil), newClockRunCmd(d, nil), newClockSkewCmd(d, nil))
}

type clockJSON struct {
	Now           stamp    `json:"now"`
	Frozen        bool     `json:"frozen"`
	OffsetSeconds *float64 `json:"offset_seconds"`
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

// clockReport words the clock.
func (d *Deps) clockReport(w *World, snap authn.Snapshot) report {
	now := snap.Now.UTC().Format(time.RFC3339)
	j := clockJSON{Now: stamp(snap.Now), Frozen: snap.Clock.Frozen}
	line := now + ", frozen"
	if !snap.Clock.Frozen {
		offset := snap.Clock.Offset.Seconds()
		j.OffsetSeconds = &offset
		line = now + ", running" + offsetText(snap.Clock.Offset)
	}
	return report{world: w.Name, outcome: authn.Outcome{At: snap.Now}, result: j, lines: []string{line}, bare: []string{now}}
}

func offsetText(by time.Duration) string {
	switch {
	case by >= time.Second:
		return ", " + spanText(by) + " ahead of the host"
	case by <= -time.Second:
		return ", " + spanText(-by) + " behind the host"
	}
	return " with the host"
}

// skewText says how far a site's clock is off the world's.
func skewText(by time.Duration) string {
	switch {
	case by > 0:
		return spanText(by) + " ahead"
	case by < 0:
		return spanText(-by) + " behind"
	}
	return "right"
}

// eventLine writes an event as one line of talk.
func eventLine(e authn.Event) string {
	line := fmt.Sprintf("%s %s: %s %s", e.At.UTC().Format(time.RFC3339), e.Site, e.Kind, e.Subject)
	if e.Rule != "" {
		line += " (" + string(e.Rule) + ")"
	}
	return line
}
