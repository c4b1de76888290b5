package provider

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/cmd/internal/app"
	"github.com/offauth/offauth/cmd/internal/cli/pick"
)

type providerAddOptions struct {
	deps *app.Deps

	name string
}

func newProviderAddCmd(d *app.Deps) *cobra.Command {
	o := &providerAddOptions{deps: d}
	return &cobra.Command{
		Use:   "add <name>",
		Short: "add a service provider's site",
		Long: `Add a service provider's site: the one that shows a QR code, and takes the
one-time password that a phone makes of it (E9, E21).

Offline methods are off until the application allows them (E1), and need a
length of one-time passwords (E2): see "offauth admin policy explain".`,
		Example: `  offauth provider add shop`,
		Args:    app.Exactly(1, "what the provider is called"),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.name = args[0]
			return runProviderAdd(cmd.Context(), o)
		},
	}
}

func runProviderAdd(ctx context.Context, o *providerAddOptions) error {
	d := o.deps
	return d.Within(ctx, func(w *app.World) error {
		out, err := w.Act(ctx, authn.AddProvider{Name: o.name})
		if err != nil {
			return err
		}
		snap, err := w.Snapshot(ctx, authn.Scope{})
		if err != nil {
			return err
		}
		return d.Print(app.Report{World: w.Name, Outcome: out, Result: map[string]string{"provider": o.name},
			Lines: []string{o.name + ": added"}, Next: pick.NextEncap(snap, "", "")})
	})
}
