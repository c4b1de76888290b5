package device

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/cmd/internal/app"
	"github.com/offauth/offauth/cmd/internal/cli/pick"
)

type deviceRestartOptions struct {
	deps *app.Deps

	app.Who
}

func newDeviceRestartCmd(d *app.Deps) *cobra.Command {
	o := &deviceRestartOptions{deps: d}
	cmd := &cobra.Command{
		Use:   "restart [phone]",
		Short: "start a phone's app anew",
		Long: `Start a phone's app anew. What only lived in memory is gone: a PIN that was
visible is wiped and stays spent (H18), a tap that waited and an operation that
was open are given up (H15, E17). Counts, locks and sets stay (A6).`,
		Example: `  offauth device restart`,
		Args:    app.AtMost(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if name := app.Arg(args, 0); name != "" {
				o.Phone = name
			}
			return runDeviceRestart(cmd.Context(), o)
		},
	}
	o.Bind(cmd)
	return cmd
}

type deviceRestartJSON struct {
	Phone     string `json:"phone"`
	Hidden    bool   `json:"hidden"`
	Cancelled bool   `json:"cancelled"`
}

func runDeviceRestart(ctx context.Context, o *deviceRestartOptions) error {
	d := o.deps
	return d.Within(ctx, func(w *app.World) error {
		phone, err := pick.AnyPhone(ctx, d, w, o.Who)
		if err != nil {
			return err
		}
		out, err := w.Act(ctx, authn.RestartDevice{Phone: phone})
		if err != nil {
			return err
		}
		r, err := app.ResultOf[authn.RestartDeviceResult](out)
		if err != nil {
			return err
		}
		lines := []string{r.Phone + ": the app was started anew"}
		if r.Hidden {
			lines = append(lines, "the PIN that was visible is wiped, and stays spent")
		}
		if r.Cancelled {
			lines = append(lines, "what it waited for is given up")
		}
		return d.Print(app.Report{World: w.Name, Outcome: out, Result: deviceRestartJSON(r), Lines: lines})
	})
}
