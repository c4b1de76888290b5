package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn"
)

type clockFreezeOptions struct {
	deps *Deps
}

func newClockFreezeCmd(d *Deps) *cobra.Command {
	o := &clockFreezeOptions{deps: d}
	return &cobra.Command{
		Use:   "freeze",
		Short: "stop the clock",
		Long: `Stop the world's clock. From then on time passes only by "clock advance", so a
story runs the same way each time.`,
		Example: `  offauth clock freeze`,
		Args:    atMost(0),
		RunE:    func(cmd *cobra.Command, _ []string) error { return runClockFreeze(cmd.Context(), o) },
	}
}

func runClockFreeze(ctx context.Context, o *clockFreezeOptions) error {
	return o.deps.moveClock(ctx, authn.FreezeClock{})
}
