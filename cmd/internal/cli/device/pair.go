package device

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/hypr"
	"github.com/offauth/offauth/cmd/internal/app"
	"github.com/offauth/offauth/cmd/internal/cli/pick"
)

type devicePairOptions struct {
	deps *app.Deps

	app.Who
	workstation string
	passkey     bool
}

func newDevicePairCmd(d *app.Deps) *cobra.Command {
	o := &devicePairOptions{deps: d}
	cmd := &cobra.Command{
		Use:   "pair [workstation]",
		Short: "pair a phone with a workstation",
		Long: `Pair a phone with a workstation for the phone's user. Phone, workstation and
server must be able to talk.

Without a name it is the first HYPR workstation that is not yet paired with
the phone. Where the two are paired already it takes the place of that pairing,
and the PINs that the phone has left go with it. Pairing brings no offline PIN:
that takes one successful online login, "offauth device tap" (H9). With
--passkey the phone can unlock the workstation over Bluetooth too, with every
uplink down: "offauth device passkey unlock" (H36).`,
		Example: `  offauth device pair LAPTOP-7
  offauth device pair LAPTOP-7 --passkey`,
		Args: app.AtMost(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.workstation = app.Arg(args, 0)
			return runDevicePair(cmd.Context(), o)
		},
	}
	o.Bind(cmd)
	cmd.Flags().BoolVar(&o.passkey, "passkey", false, "with an Enterprise Passkey, for unlocking over Bluetooth")
	return cmd
}

type pairJSON struct {
	Phone       string `json:"phone"`
	Workstation string `json:"workstation"`
	User        string `json:"user"`
	Passkey     bool   `json:"passkey"`
	// Lost counts the PINs of the pairing before, which went with it.
	Lost int `json:"lost"`
}

func runDevicePair(ctx context.Context, o *devicePairOptions) error {
	d := o.deps
	return d.Within(ctx, func(w *app.World) error {
		t, err := icon(ctx, d, w, o.Who, o.workstation, unpaired)
		if err != nil {
			return err
		}
		out, err := w.Act(ctx, hypr.Pair{Phone: t.phone, Workstation: t.workstation, Passkey: o.passkey})
		if err != nil {
			return err
		}
		r, err := app.ResultOf[hypr.PairResult](out)
		if err != nil {
			return err
		}
		line := fmt.Sprintf("%s: paired with %s for %s", r.Phone, r.Workstation, r.User)
		if r.Passkey {
			line += ", with an Enterprise Passkey"
		}
		if r.Lost > 0 {
			out.Warnings = append(out.Warnings, fmt.Sprintf("the %s that %s had for %s went with the pairing before; an online login brings new ones",
				authn.Counted(r.Lost, "PIN"), r.Phone, r.Workstation))
		}
		return pick.Made(ctx, d, w, pick.Concerned{Phone: r.Phone, Workstation: r.Workstation}, out, pairJSON(r), line)
	})
}
