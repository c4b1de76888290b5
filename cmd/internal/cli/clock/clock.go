package clock

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/cmd/internal/app"
	"github.com/offauth/offauth/cmd/internal/cli/leaf"
	"github.com/offauth/offauth/cmd/internal/cli/show"
)

// New returns the command "clock" with all below it.
func New(d *app.Deps) *cobra.Command {
	return app.Noun("clock", app.GroupWorld, "the world's clock, to move and to stop", newShow(d),
		leaf.New(d, advance()), leaf.New(d, set()), leaf.New(d, back()), leaf.New(d, freeze()), leaf.New(d, run()),
		leaf.New(d, skew()))
}

func advance() leaf.Leaf[leaf.None] {
	return leaf.Leaf[leaf.None]{
		Action: authn.AdvanceClock{},
		Short:  "move the clock forward",
		Long: `Move the world's clock forward, whether it runs or is frozen. What is due on
the way happens on the way, each thing at its own instant (A8).

A span is written like 90s, 5m, 12h, 31d or 1w2d3h.`,
		Example: `  offauth clock advance 5s
  offauth clock advance 31d`,
		Missing: "by how much, such as 31d",
		Check:   func(c *leaf.Call) error { return notNegative(c, "back") },
		Report:  moved,
	}
}

func back() leaf.Leaf[leaf.None] {
	return leaf.Leaf[leaf.None]{
		Action: authn.BackClock{},
		Short:  "set the clock back",
		Long: `Set the world's clock back. It revives nothing: what was used or has expired
remains so, a PIN on a screen is hidden, and a tap that waits is cancelled (A8).`,
		Example: `  offauth clock back 1h`,
		Missing: "by how much, such as 1h",
		Check:   func(c *leaf.Call) error { return notNegative(c, "advance") },
		Report:  moved,
	}
}

func set() leaf.Leaf[leaf.None] {
	return leaf.Leaf[leaf.None]{
		Action: authn.SetClock{},
		Short:  "set the clock to an instant",
		Long: `Set the world's clock to an instant, forward or back: see "clock advance" and
"clock back" for what that means (A8). The time is written as in RFC 3339.`,
		Example: `  offauth clock set 2032-03-01T08:00:00Z`,
		Missing: "to which time, such as 2032-03-01T08:00:00Z",
		Report:  moved,
	}
}

func freeze() leaf.Leaf[leaf.None] {
	return leaf.Leaf[leaf.None]{
		Action: authn.FreezeClock{},
		Short:  "stop the clock",
		Long: `Stop the world's clock. From then on time passes only by "clock advance", so a
story runs the same way each time.`,
		Example: `  offauth clock freeze`,
		Report:  moved,
	}
}

func run() leaf.Leaf[leaf.None] {
	return leaf.Leaf[leaf.None]{
		Action:  authn.RunClock{},
		Short:   "let the clock run on",
		Long:    `Let the world's clock run with the host's from the instant at which it stands.`,
		Example: `  offauth clock run`,
		Report:  moved,
	}
}

func skew() leaf.Leaf[leaf.None] {
	return leaf.Leaf[leaf.None]{
		Action: authn.SkewClock{},
		Short:  "set a site's clock wrong",
		Long: `Set how far a site's clock is off the world's: 5m is ahead, -5m is behind, 0s is
right again. A site is server, phone/NAME, workstation/NAME or provider/NAME.
A clock shows 1970, where one with a dead battery begins, to 2250.`,
		Example: `  offauth clock skew phone/pixel 5m
  offauth clock skew workstation/LAPTOP-7 -90s`,
		Missing: "which site, and how far its clock is off",
		Report: func(_ context.Context, c *leaf.Call, _ leaf.None, rep *app.Report) error {
			site, by := c.Text("site"), c.Values["by"].(time.Duration)
			rep.Lines = []string{fmt.Sprintf("%s: the clock is %s", site, show.SkewText(by))}
			rep.Result = struct {
				Site        string  `json:"site"`
				SkewSeconds float64 `json:"skew_seconds"`
			}{site, by.Seconds()}
			return nil
		},
	}
}

// notNegative returns an error for a negative span; other is the verb for the
// other direction.
func notNegative(c *leaf.Call, other string) error {
	if c.Values["by"].(time.Duration) >= 0 {
		return nil
	}
	return app.Usage([]string{"offauth clock " + other + " " + c.Args[0][1:]}, "%q takes a span that is not negative",
		c.Row.Name)
}

// moved reports the clock and everything that came due.
func moved(ctx context.Context, c *leaf.Call, _ leaf.None, rep *app.Report) error {
	snap, err := c.World.Snapshot(ctx, authn.Scope{Sites: []authn.Site{authn.SiteWorld}})
	if err != nil {
		return err
	}
	now := show.ClockReport(c.Deps, c.World, snap)
	rep.Result, rep.Lines, rep.Bare = now.Result, now.Lines, now.Bare
	for _, e := range c.Outcome.Events {
		rep.Talk = append(rep.Talk, eventLine(e))
	}
	return nil
}

// eventLine returns an event as one line.
func eventLine(e authn.Event) string {
	line := fmt.Sprintf("%s %s: %s %s", e.At.UTC().Format(time.RFC3339), e.Site, e.Kind, e.Subject)
	if e.Rule != "" {
		line += " (" + string(e.Rule) + ")"
	}
	return line
}
