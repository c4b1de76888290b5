package admin

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/cmd/internal/app"
)

type adminPolicyExplainOptions struct {
	deps *app.Deps

	key string
}

func newAdminPolicyExplainCmd(d *app.Deps) *cobra.Command {
	o := &adminPolicyExplainOptions{deps: d}
	return &cobra.Command{
		Use:   "explain [key]",
		Short: "say what a setting does",
		Long: `Say what a setting does, what it accepts, and which rule says so. Without a
key it is every setting. It needs no world.`,
		Example:     `  offauth admin policy explain hypr.pins.count`,
		Annotations: app.Takes("key"),
		Args:        app.AtMost(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.key = app.Arg(args, 0)
			return runAdminPolicyExplain(cmd.Context(), o)
		},
	}
}

func runAdminPolicyExplain(_ context.Context, o *adminPolicyExplainOptions) error {
	all := app.DefaultSettings()
	if o.key != "" {
		one, err := app.SettingOf(o.key)
		if err != nil {
			return err
		}
		all = []authn.SettingView{one}
	}
	var items []settingJSON
	var lines []string
	for i, s := range all {
		if i > 0 {
			lines = append(lines, "")
		}
		items = append(items, settingJSON(s))
		lines = append(append(lines, "setting "+string(s.Key), "  "+s.Doc), app.Indent(app.SettingText(s))...)
	}
	return o.deps.Print(app.Report{Result: app.ListOf(items), Lines: lines, Bare: lines})
}
