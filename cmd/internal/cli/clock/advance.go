package clock

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/cmd/internal/app"
)

type clockAdvanceOptions struct {
	deps *app.Deps

	by time.Duration
}

func newClockAdvanceCmd(d *app.Deps) *cobra.Command {
	o := &clockAdvanceOptions{deps: d}
	return &cobra.Command{
		Use:   "advance <span>",
		Short: "move the clock forward",
		Long: `Move the world's clock forward, whether it runs or is frozen. What is due on
the way happens on the way, each thing at its own instant (A8).

A span is written like 90s, 5m, 12h, 31d or 1w2d3h.`,
		Example: `  offauth clock advance 5s
  offauth clock advance 31d`,
		Args: app.Exactly(1, "by how much, such as 31d"),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			if o.by, err = forward(args[0], "advance", "back"); err != nil {
				return err
			}
			return runClockAdvance(cmd.Context(), o)
		},
	}
}

func runClockAdvance(ctx context.Context, o *clockAdvanceOptions) error {
	return moveClock(ctx, o.deps, authn.AdvanceClock{By: o.by})
}

// forward reads a span that must not be negative; other is the verb that goes
// the other way.
func forward(text, verb, other string) (time.Duration, error) {
	by, err := app.ParseSpan(text)
	if err == nil && by < 0 {
		return 0, app.Usage([]string{"offauth clock " + other + " " + text[1:]}, "%q takes a span that is not negative", "clock "+verb)
	}
	return by, err
}
