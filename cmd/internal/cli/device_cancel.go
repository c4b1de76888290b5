package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/encap"
)

type deviceCancelOptions struct {
	deps *Deps

	who
}

func newDeviceCancelCmd(d *Deps) *cobra.Command {
	o := &deviceCancelOptions{deps: d}
	cmd := &cobra.Command{
		Use:   "cancel",
		Short: "give up a tap that waits, or what was scanned",
		Long: `Give up what a phone waits for: a tap towards a workstation that does not
answer (H15), and close what was scanned and not approved (E17).`,
		Example: `  offauth device cancel`,
		Args:    atMost(0),
		RunE:    func(cmd *cobra.Command, _ []string) error { return runDeviceCancel(cmd.Context(), o) },
	}
	o.bindPhone(cmd)
	return cmd
}

type cancelJSON struct {
	Phone     string `json:"phone"`
	Cancelled bool   `json:"cancelled"`
}

func runDeviceCancel(ctx context.Context, o *deviceCancelOptions) error {
	d := o.deps
	return d.within(ctx, func(w *World) error {
		phone, err := d.anyPhone(ctx, w, o.who)
		if err != nil {
			return err
		}
		out, err := w.act(ctx, authn.Cancel{Phone: phone})
		if err != nil {
			return err
		}
		r, err := resultOf[authn.CancelResult](out)
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
		return d.print(report{world: w.Name, outcome: out, result: cancelJSON(r), lines: []string{line}})
	})
}
