package device

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn/hypr"
	"github.com/offauth/offauth/cmd/internal/app"
	"github.com/offauth/offauth/cmd/internal/cli/pick"
)

type deviceHideOptions struct {
	deps *app.Deps

	app.Who
}

func newDeviceHideCmd(d *app.Deps) *cobra.Command {
	o := &deviceHideOptions{deps: d}
	cmd := &cobra.Command{
		Use:   "hide",
		Short: "wipe the PIN that a phone shows",
		Long: `Wipe the PIN that a phone shows before its display timeout does (H18).

The PIN stays good until it is used, expires or is replaced (H21); asking
again gives the next one (H19).`,
		Example: `  offauth device hide`,
		Args:    app.AtMost(0),
		RunE:    func(cmd *cobra.Command, _ []string) error { return runDeviceHide(cmd.Context(), o) },
	}
	o.Bind(cmd)
	return cmd
}

type hideJSON struct {
	Phone  string `json:"phone"`
	Hidden bool   `json:"hidden"`
}

func runDeviceHide(ctx context.Context, o *deviceHideOptions) error {
	d := o.deps
	return d.Within(ctx, func(w *app.World) error {
		phone, err := pick.AnyPhone(ctx, d, w, o.Who)
		if err != nil {
			return err
		}
		out, err := w.Act(ctx, hypr.Hide{Phone: phone})
		if err != nil {
			return err
		}
		r, err := app.ResultOf[hypr.HideResult](out)
		if err != nil {
			return err
		}
		line := r.Phone + ": no PIN was visible"
		if r.Hidden {
			line = r.Phone + ": the PIN is wiped"
		}
		return d.Print(app.Report{World: w.Name, Outcome: out, Result: hideJSON(r), Lines: []string{line}})
	})
}
