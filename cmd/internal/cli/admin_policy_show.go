package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn"
)

type adminPolicyShowOptions struct {
	deps *Deps
}

func newAdminPolicyShowCmd(d *Deps) *cobra.Command {
	o := &adminPolicyShowOptions{deps: d}
	return &cobra.Command{
		Use:   "show",
		Short: "show the settings",
		Long: `Show every setting with its value, its default, what is accepted, and the rule
that says so. With -q they are KEY=VALUE lines that "admin policy set" reads.`,
		Example: `  offauth admin policy show`,
		Args:    atMost(0),
		RunE:    func(cmd *cobra.Command, _ []string) error { return runAdminPolicyShow(cmd.Context(), o) },
	}
}

type settingJSON struct {
	Key     string       `json:"key"`
	Value   string       `json:"value"`
	Default string       `json:"default"`
	Range   string       `json:"range"`
	Rule    authn.RuleID `json:"rule"`
	Doc     string       `json:"doc"`
}

func runAdminPolicyShow(ctx context.Context, o *adminPolicyShowOptions) error {
	d := o.deps
	return d.within(ctx, func(w *World) error {
		snap, err := w.Snapshot(ctx, authn.Scope{})
		if err != nil {
			return err
		}
		rep := report{world: w.Name, outcome: authn.Outcome{At: snap.Now}}
		var items []settingJSON
		rows := [][]string{{"setting", "value", "default", "accepted", "rule"}}
		for _, s := range snap.Policy {
			items = append(items, settingJSON(s))
			rows = append(rows, []string{s.Key, s.Value, s.Default, s.Range, string(s.Rule)})
			rep.bare = append(rep.bare, s.Key+"="+s.Value)
		}
		rep.result, rep.lines = listOf(items), table(rows)
		return d.print(rep)
	})
}
