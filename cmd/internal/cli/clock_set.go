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

func newClockSetCmd(d *Deps, runF func(context.Context, *clockSetOptions) error) *cobra.Command {
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
			return run(cmd, o, runF, runClockSet)
		},
	}
}

func runClockSet(ctx context.Context, o *clockSetOptions) error {
	return o.deps.moveClock(ctx, authn.SetClock{To: o.to})
}

// instant reads a time of RFC 3339.
func instant(text string) (time.Time, error) {
	t, err := time.Parse(time.RFC3339Nano, text)
	if err != nil || !authn.CheckTime(t) {
		return t, usage([]string{"write it like 2032-03-01T08:00:00Z or 2032-03-01T08:00:00+01:00"}, "%q is no time that the simulation can take", text)
	}
	return t, nil
}
