package clock

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/cmd/internal/app"
)

type clockRunOptions struct {
	deps *app.Deps
}

func newClockRunCmd(d *app.Deps) *cobra.Command {
	o := &clockRunOptions{deps: d}
	return &cobra.Command{
		Use:     "run",
		Short:   "let the clock run on",
		Long:    `Let the world's clock run with the host's from the instant at which it stands.`,
		Example: `  offauth clock run`,
		Args:    app.AtMost(0),
		RunE:    func(cmd *cobra.Command, _ []string) error { return runClockRun(cmd.Context(), o) },
	}
}

func runClockRun(ctx context.Context, o *clockRunOptions) error {
	return moveClock(ctx, o.deps, authn.RunClock{})
}
