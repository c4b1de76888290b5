package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn"
)

type workstationAddOptions struct {
	deps *Deps

	name, family, version string
}

func newWorkstationAddCmd(d *Deps, runF func(context.Context, *workstationAddOptions) error) *cobra.Command {
	o := &workstationAddOptions{deps: d}
	cmd := &cobra.Command{
		Use:   "add <name> --family <family>",
		Short: "add a workstation",
		Long: `Add a workstation with the client of a family of products: hypr.

A client below HYPR's least version (2.6) has no Offline Mode (H43).`,
		Example: `  offauth workstation add DESK-2 --family hypr`,
		Args:    exactly(1, "what the workstation is called"),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.name = args[0]
			if o.family == "" {
				return usage([]string{"offauth workstation add " + shellWord(o.name) + " --family hypr"}, "say the family of the workstation's client with --family")
			}
			if authn.Family(o.family) != authn.FamilyHYPR {
				return usage([]string{"offauth workstation add " + shellWord(o.name) + " --family hypr"}, "there is no family %q; there is %s", o.family, authn.FamilyHYPR)
			}
			return run(cmd, o, runF, runWorkstationAdd)
		},
	}
	cmd.Flags().StringVar(&o.family, "family", "", "the `FAMILY` of the client: hypr")
	cmd.Flags().StringVar(&o.version, "version", "", "the client's `VERSION`, the newest if not said")
	return cmd
}

func runWorkstationAdd(ctx context.Context, o *workstationAddOptions) error {
	d := o.deps
	return d.within(ctx, func(w *World) error {
		out, err := w.act(ctx, authn.AddWorkstation{Name: o.name, Family: authn.Family(o.family), Version: o.version})
		if err != nil {
			return err
		}
		return d.made(ctx, w, out, map[string]string{"workstation": o.name, "family": o.family},
			fmt.Sprintf("%s: added, a %s workstation", o.name, o.family))
	})
}
