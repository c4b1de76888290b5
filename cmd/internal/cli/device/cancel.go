package device

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/encap"
	"github.com/offauth/offauth/cmd/internal/app"
	"github.com/offauth/offauth/cmd/internal/cli/pick"
)

type deviceCancelOptions struct {
	deps *app.Deps

	app.Who
}

func newDeviceCancelCmd(d *app.Deps) *cobra.Command {
	o := &deviceCancelOptions{deps: d}
	cmd := &cobra.Command{
		Use:   "cancel",
		Short: "give up a tap that waits, or what was scanned",
		Long: `Give up what a phone waits for: a tap towards a workstation that does not
answer (H15), and close what was scanned and not approved (E17).`,
		Example: `  offauth device cancel`,
		Args:    app.AtMost(0),
		RunE:    func(cmd *cobra.Command, _ []string) error { return runDeviceCancel(cmd.Context(), o) },
	}
	o.Bind(cmd)
	return cmd
}

type cancelJSON struct {
	Phone     string `json:"phone"`
	Cancelled bool   `json:"cancelled"`
}

func runDeviceCancel(ctx context.Context, o *deviceCancelOptions) error {
	d := o.deps
	return d.Within(ctx, func(w *app.World) error {
		phone, err := pick.AnyPhone(ctx, d, w, o.Who)
		if err != nil {
			return err
		}
		out, err := w.Act(ctx, authn.Cancel{Phone: phone})
		if err != nil {
			return err
		}
		r, err := app.ResultOf[authn.CancelResult](out)
		if err != nil {
			return err
		}
		line := r.Phone + ": nothing was waiting"
		if r.Cancelled {
			line = r.Phone + ": the tap is given up"
		}
		for _, e := range out.Events {
			if e.Kind == encap.EventOperationClosed {
				line = fmt.Sprintf("%s: what %v asked for is closed", r.Phone, e.Fields["provider"])
			}
		}
		return d.Print(app.Report{World: w.Name, Outcome: out, Result: cancelJSON(r), Lines: []string{line}})
	})
}
