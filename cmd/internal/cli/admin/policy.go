package admin

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/cmd/internal/app"
	"github.com/offauth/offauth/cmd/internal/cli/leaf"
	"github.com/offauth/offauth/cmd/internal/cli/pick"
)

func newPolicyShow(d *app.Deps) *cobra.Command {
	return leaf.NewLook(d, leaf.Look{
		Use:   "show",
		Short: "show the settings",
		Long: `Show every setting with its value, its default, what is accepted, and the rule
that says so. With -q they are KEY=VALUE lines that "admin policy set" reads.`,
		Example: `  offauth admin policy show`,
		Report:  policyReport,
	})
}

func policyReport(_ context.Context, _ *app.Deps, _ *app.World, snap authn.Snapshot, _ string, rep *app.Report) error {
	var items []json.Marshaler
	rows := [][]string{{"setting", "value", "default", "accepted", "rule"}}
	for _, s := range snap.Policy {
		items = append(items, app.Object(s))
		rows = append(rows, []string{string(s.Key), s.Value, s.Default, s.Range.String(), string(s.Rule)})
		rep.Bare = append(rep.Bare, string(s.Key)+"="+s.Value)
	}
	rep.Result, rep.Lines = app.ListOf(items), app.Table(rows)
	return nil
}

func policySet() leaf.Leaf[leaf.None] {
	return leaf.Leaf[leaf.None]{
		Action: authn.SetPolicy{}, Use: "<key>=<value> ...",
		Short: "change settings, all of them or none",
		Long: `Change settings. All of those that are given are taken, or none. What is out
of its range is refused by its rule (H2, H4 to H8, O4, O5).

With --user they apply to that user alone and override the policy. Only
onespan.offline.enabled can do so (O6); its value "default" removes it.

Workstations and phones hear of it at their next online login; PINs that were
issued before keep their old settings (H10).`,
		Example: `  offauth admin policy set hypr.offline.enabled=true hypr.pins.count=50
  offauth admin policy set --user alice onespan.offline.enabled=false`,
		Flags: map[string]leaf.Flag{"user": {Text: "only for the user `NAME`"}},
		Check: func(c *leaf.Call) error {
			if len(c.Args) == 0 {
				return app.Usage([]string{"offauth admin policy show", "offauth admin policy set hypr.offline.enabled=true"},
					"say which setting, as KEY=VALUE")
			}
			return nil
		},
		Pick: func(ctx context.Context, c *leaf.Call) error {
			user, err := pick.Knows(ctx, c.World, c.Text("user"))
			c.Set("user", user)
			for _, s := range c.Settings() {
				if _, unknown := app.SettingOf(string(s.Key)); err == nil {
					err = unknown
				}
			}
			return err
		},
		Report: func(_ context.Context, c *leaf.Call, _ leaf.None, rep *app.Report) error {
			result := map[authn.SettingKey]string{}
			for _, s := range c.Settings() {
				value := s.Value
				for _, e := range c.Outcome.Events { // which have it as it is kept
					if e.Fields["key"] == string(s.Key) {
						value = fmt.Sprint(e.Fields["value"])
					}
				}
				result[s.Key] = value
				rep.Lines = append(rep.Lines, string(s.Key)+" is "+value+forUser(c.Text("user")))
			}
			rep.Result = result
			return nil
		},
		About: func(c *leaf.Call, _ leaf.None) pick.Concerned {
			family, _ := c.Settings()[0].Key.Cut()
			return pick.Concerned{Family: family}
		},
	}
}

// forUser names the user of a setting.
func forUser(user string) string {
	if user == "" {
		return ""
	}
	return " for " + user
}

type policyExplainOptions struct {
	deps *app.Deps

	key string
}

func newPolicyExplain(d *app.Deps) *cobra.Command {
	o := &policyExplainOptions{deps: d}
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
			return runPolicyExplain(cmd.Context(), o)
		},
	}
}

func runPolicyExplain(_ context.Context, o *policyExplainOptions) error {
	all := app.DefaultSettings()
	if o.key != "" {
		one, err := app.SettingOf(o.key)
		if err != nil {
			return err
		}
		all = []authn.SettingView{one}
	}
	var items []json.Marshaler
	var lines []string
	for i, s := range all {
		if i > 0 {
			lines = append(lines, "")
		}
		items = append(items, app.Object(s))
		lines = append(append(lines, "setting "+string(s.Key), "  "+s.Doc), app.Indent(app.SettingText(s))...)
	}
	return o.deps.Print(app.Report{Result: app.ListOf(items), Lines: lines, Bare: lines})
}
