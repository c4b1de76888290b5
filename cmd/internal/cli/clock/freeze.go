package clock

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/cmd/internal/app"
)

type clockFreezeOptions struct {
	deps *app.Deps
}

func newClockFreezeCmd(d *app.Deps) *cobra.Command {
	o := &clockFreezeOptions{deps: d}
	return &cobra.Command{
		Use:   "freeze",
		Short: "stop the clock",
		Long: `Stop the world's clock. From then on time passes only by "clock advance", so a
story runs the same way each time.`,
		Example: `  offauth clock freeze`,
		Args:    app.AtMost(0),
		RunE:    func(cmd *cobra.Command, _ []string) error { return runClockFreeze(cmd.Context(), o) },
	}
}

func runClockFreeze(ctx context.Context, o *clockFreezeOptions) error {
	return moveClock(ctx, o.deps, authn.FreezeClock{})
}
