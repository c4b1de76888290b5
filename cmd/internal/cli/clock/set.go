package clock

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/cmd/internal/app"
)

type clockSetOptions struct {
	deps *app.Deps

	to time.Time
}

func newClockSetCmd(d *app.Deps) *cobra.Command {
	o := &clockSetOptions{deps: d}
	return &cobra.Command{
		Use:   "set <time>",
		Short: "set the clock to an instant",
		Long: `Set the world's clock to an instant, forward or back: see "clock advance" and
"clock back" for what that means (A8). The time is written as in RFC 3339.`,
		Example: `  offauth clock set 2032-03-01T08:00:00Z`,
		Args:    app.Exactly(1, "to which time, such as 2032-03-01T08:00:00Z"),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			if o.to, err = app.Instant(args[0]); err != nil {
				return err
			}
			return runClockSet(cmd.Context(), o)
		},
	}
}

func runClockSet(ctx context.Context, o *clockSetOptions) error {
	return moveClock(ctx, o.deps, authn.SetClock{To: o.to})
}
