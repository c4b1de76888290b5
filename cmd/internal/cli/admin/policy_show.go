package admin

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/cmd/internal/app"
)

type adminPolicyShowOptions struct {
	deps *app.Deps
}

func newAdminPolicyShowCmd(d *app.Deps) *cobra.Command {
	o := &adminPolicyShowOptions{deps: d}
	return &cobra.Command{
		Use:   "show",
		Short: "show the settings",
		Long: `Show every setting with its value, its default, what is accepted, and the rule
that says so. With -q they are KEY=VALUE lines that "admin policy set" reads.`,
		Example: `  offauth admin policy show`,
		Args:    app.AtMost(0),
		RunE:    func(cmd *cobra.Command, _ []string) error { return runAdminPolicyShow(cmd.Context(), o) },
	}
}

type settingJSON struct {
	Key     authn.SettingKey `json:"key"`
	Value   string           `json:"value"`
	Default string           `json:"default"`
	Range   authn.Range      `json:"range"`
	Rule    authn.RuleID     `json:"rule"`
	Doc     string           `json:"doc"`
}

func runAdminPolicyShow(ctx context.Context, o *adminPolicyShowOptions) error {
	d := o.deps
	return d.Within(ctx, func(w *app.World) error {
		snap, err := w.Snapshot(ctx, authn.Scope{})
		if err != nil {
			return err
		}
		rep := app.Report{World: w.Name, Outcome: authn.Outcome{At: snap.Now}}
		var items []settingJSON
		rows := [][]string{{"setting", "value", "default", "accepted", "rule"}}
		for _, s := range snap.Policy {
			items = append(items, settingJSON(s))
			rows = append(rows, []string{string(s.Key), s.Value, s.Default, s.Range.String(), string(s.Rule)})
			rep.Bare = append(rep.Bare, string(s.Key)+"="+s.Value)
		}
		rep.Result, rep.Lines = app.ListOf(items), app.Table(rows)
		return d.Print(rep)
	})
}
