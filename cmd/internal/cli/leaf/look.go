package leaf

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/cmd/internal/app"
)

// Look is a command that shows a world without changing it. It takes at most a
// name.
type Look struct {
	// Use is the usage: "show", or "show [name]".
	Use, Short, Long, Example string
	// Takes names the argument for completion; "" without one.
	Takes string
	// Report fills in the report from the world's current state. The report's
	// World and time are set already; name is the argument, or "".
	Report func(ctx context.Context, d *app.Deps, w *app.World, snap authn.Snapshot, name string, rep *app.Report) error
}

// NewLook returns the command of a Look.
func NewLook(d *app.Deps, l Look) *cobra.Command {
	most := strings.Count(l.Use, " ")
	return &cobra.Command{
		Use: l.Use, Short: l.Short, Long: l.Long, Example: l.Example, Args: app.AtMost(most),
		Annotations: app.Takes(l.Takes),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			return d.Within(ctx, func(w *app.World) error {
				snap, err := w.Snapshot(ctx, authn.Scope{})
				if err != nil {
					return err
				}
				rep := app.Report{World: w.Name, Outcome: authn.Outcome{At: snap.Now}}
				if err := l.Report(ctx, d, w, snap, app.Arg(args, 0), &rep); err != nil {
					return err
				}
				return d.Print(rep)
			})
		},
	}
}
