package workstation

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/cmd/internal/app"
	"github.com/offauth/offauth/cmd/internal/cli/pick"
)

type workstationAddOptions struct {
	deps *app.Deps

	name, family, version string
	noTray                bool
}

func newWorkstationAddCmd(d *app.Deps) *cobra.Command {
	o := &workstationAddOptions{deps: d}
	cmd := &cobra.Command{
		Use:   "add <name> --family <family>",
		Short: "add a workstation",
		Long: `Add a workstation with the client of a family of products: hypr,
or onespan (Digipass Authentication for Windows Logon).

A client below HYPR's least version (2.6) has no Offline Mode (H43). Without
OneSpan's Tray Agent offline data is brought by logons alone, and nobody is told
that it ends (O56).`,
		Example: `  offauth workstation add DESK-2 --family hypr
  offauth workstation add DESKTOP-4 --family onespan
  offauth workstation add DESKTOP-5 --family onespan --no-tray`,
		Args: app.Exactly(1, "what the workstation is called"),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.name = args[0]
			if o.family == "" {
				return app.Usage([]string{"offauth workstation add " + app.ShellWord(o.name) + " --family hypr"}, "say the family of the workstation's client with --family")
			}
			if f := authn.FamilyName(o.family); f != authn.FamilyHYPR && f != authn.FamilyOneSpan {
				return app.Usage([]string{"offauth workstation add " + app.ShellWord(o.name) + " --family hypr"},
					"there is no family %q of workstations; there are %s and %s", o.family, authn.FamilyHYPR, authn.FamilyOneSpan)
			}
			if o.noTray && o.family != string(authn.FamilyOneSpan) {
				return app.Usage([]string{"offauth workstation add " + app.ShellWord(o.name) + " --family " + o.family},
					"--no-tray leaves OneSpan's Tray Agent out, and %s has none", o.family)
			}
			return runWorkstationAdd(cmd.Context(), o)
		},
	}
	cmd.Flags().StringVar(&o.family, "family", "", "the `FAMILY` of the client: {hypr | onespan}")
	cmd.Flags().StringVar(&o.version, "version", "", "the client's `VERSION`, the newest if not said")
	cmd.Flags().BoolVar(&o.noTray, "no-tray", false, "leave out OneSpan's Tray Agent")
	return cmd
}

func runWorkstationAdd(ctx context.Context, o *workstationAddOptions) error {
	d := o.deps
	return d.Within(ctx, func(w *app.World) error {
		out, err := w.Act(ctx, authn.AddWorkstation{Name: o.name, Family: authn.FamilyName(o.family), Version: o.version, NoTray: o.noTray})
		if err != nil {
			return err
		}
		return pick.Made(ctx, d, w, pick.Concerned{Workstation: o.name}, out, map[string]string{"workstation": o.name, "family": o.family},
			fmt.Sprintf("%s: added, with the client of %s", o.name, o.family))
	})
}
