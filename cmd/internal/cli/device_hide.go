package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn/hypr"
)

type deviceHideOptions struct {
	deps *Deps

	who
}

func newDeviceHideCmd(d *Deps) *cobra.Command {
	o := &deviceHideOptions{deps: d}
	cmd := &cobra.Command{
		Use:   "hide",
		Short: "wipe the PIN that a phone shows",
		Long: `Wipe the PIN that a phone shows before its display timeout does (H18).

The PIN stays good until it is used, expires or is replaced (H21); asking
again gives the next one (H19).`,
		Example: `  offauth device hide`,
		Args:    atMost(0),
		RunE:    func(cmd *cobra.Command, _ []string) error { return runDeviceHide(cmd.Context(), o) },
	}
	o.bindPhone(cmd)
	return cmd
}

type hideJSON struct {
	Phone  string `json:"phone"`
	Hidden bool   `json:"hidden"`
}

func runDeviceHide(ctx context.Context, o *deviceHideOptions) error {
	d := o.deps
	return d.within(ctx, func(w *World) error {
		phone, err := d.anyPhone(ctx, w, o.who)
		if err != nil {
			return err
		}
		out, err := w.act(ctx, hypr.Hide{Phone: phone})
		if err != nil {
			return err
		}
		r, err := resultOf[hypr.HideResult](out)
		if err != nil {
			return err
		}
		line := r.Phone + ": no PIN was visible"
		if r.Hidden {
			line = r.Phone + ": the PIN is wiped"
		}
		return d.print(report{world: w.Name, outcome: out, result: hideJSON(r), lines: []string{line}})
	})
}
