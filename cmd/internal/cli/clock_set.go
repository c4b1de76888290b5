package cli

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn"
)

type clockSetOptions struct {
	deps *Deps

	to time.Time
}

func newClockSetCmd(d *Deps) *cobra.Command {
	o := &clockSetOptions{deps: d}
	return &cobra.Command{
		Use:   "set <time>",
		Short: "set the clock to an instant",
		Long: `Set the world's clock to an instant, forward or back: see "clock advance" and
"clock back" for what that means (A8). The time is written as in RFC 3339.`,
		Example: `  offauth clock set 2032-03-01T08:00:00Z`,
		Args:    exactly(1, "to which time, such as 2032-03-01T08:00:00Z"),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			if o.to, err = instant(args[0]); err != nil {
				return err
			}
			return runClockSet(cmd.Context(), o)
		},
	}
}

func runClockSet(ctx context.Context, o *clockSetOptions) error {
	return o.deps.moveClock(ctx, authn.SetClock{To: o.to})
}
