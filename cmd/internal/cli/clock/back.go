package clock

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/cmd/internal/app"
)

type clockBackOptions struct {
	deps *app.Deps

	by time.Duration
}

func newClockBackCmd(d *app.Deps) *cobra.Command {
	o := &clockBackOptions{deps: d}
	return &cobra.Command{
		Use:   "back <span>",
		Short: "set the clock back",
		Long: `Set the world's clock back. It revives nothing: what was used or has expired
stays so, a PIN on a screen is hidden, and a tap that waits is cancelled (A8).`,
		Example: `  offauth clock back 1h`,
		Args:    app.Exactly(1, "by how much, such as 1h"),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			if o.by, err = forward(args[0], "back", "advance"); err != nil {
				return err
			}
			return runClockBack(cmd.Context(), o)
		},
	}
}

func runClockBack(ctx context.Context, o *clockBackOptions) error {
	return moveClock(ctx, o.deps, authn.BackClock{By: o.by})
}
