package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn"
)

type clockRunOptions struct {
	deps *Deps
}

func newClockRunCmd(d *Deps) *cobra.Command {
	o := &clockRunOptions{deps: d}
	return &cobra.Command{
		Use:     "run",
		Short:   "let the clock run on",
		Long:    `Let the world's clock run with the host's from the instant at which it stands.`,
		Example: `  offauth clock run`,
		Args:    atMost(0),
		RunE:    func(cmd *cobra.Command, _ []string) error { return runClockRun(cmd.Context(), o) },
	}
}

func runClockRun(ctx context.Context, o *clockRunOptions) error {
	return o.deps.moveClock(ctx, authn.RunClock{})
}
