package admin

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/cmd/internal/app"
	"github.com/offauth/offauth/cmd/internal/cli/pick"
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

type adminPolicySetOptions struct {
	deps *app.Deps

	settings []authn.Setting
	user     string
}

func newAdminPolicySetCmd(d *app.Deps) *cobra.Command {
	o := &adminPolicySetOptions{deps: d}
	cmd := &cobra.Command{
		Use:   "set <key>=<value> ...",
		Short: "change settings, all of them or none",
		Long: `Change settings. All of those that are given are taken, or none. What is out
of its range is refused by its rule (H2, H4 to H8, O4, O5).

With --user they are that user's own and stand before the policy. Only
onespan.offline.enabled can be so (O6); its value "default" takes it away.

Workstations and phones hear of it at their next online login; PINs that were
issued before keep their old settings (H10).`,
		Example: `  offauth admin policy set hypr.offline.enabled=true hypr.pins.count=50
  offauth admin policy set --user alice onespan.offline.enabled=false`,
		Annotations: app.Takes("settings", app.Repeated),
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return app.Usage([]string{"offauth admin policy show", "offauth admin policy set hypr.offline.enabled=true"}, "say which setting, as KEY=VALUE")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			for _, a := range args {
				key, value, ok := strings.Cut(a, "=")
				if !ok {
					return app.Usage([]string{"offauth admin policy set " + app.ShellWord(key) + "=VALUE", "offauth admin policy show"}, "%q is not KEY=VALUE", a)
				}
				if slices.ContainsFunc(o.settings, func(s authn.Setting) bool { return string(s.Key) == key }) {
					return app.Usage(nil, "the setting %s is given twice", key)
				}
				o.settings = append(o.settings, authn.Setting{Key: authn.SettingKey(key), Value: value})
			}
			return runAdminPolicySet(cmd.Context(), o)
		},
	}
	cmd.Flags().StringVar(&o.user, "user", "", "only for the user `NAME`")
	return cmd
}

func runAdminPolicySet(ctx context.Context, o *adminPolicySetOptions) error {
	d := o.deps
	return d.Within(ctx, func(w *app.World) error {
		var err error
		if o.user, err = pick.Knows(ctx, w, o.user); err != nil {
			return err
		}
		for _, s := range o.settings {
			if _, err := app.SettingOf(string(s.Key)); err != nil {
				return err
			}
		}
		family, _ := o.settings[0].Key.Cut()
		out, err := w.Act(ctx, authn.SetPolicy{User: o.user, Settings: o.settings})
		if err != nil {
			return err
		}
		var lines []string
		result := map[authn.SettingKey]string{}
		for _, s := range o.settings {
			value := s.Value
			for _, e := range out.Events { // which have it as it is kept
				if e.Fields["key"] == string(s.Key) {
					value = fmt.Sprint(e.Fields["value"])
				}
			}
			result[s.Key] = value
			lines = append(lines, string(s.Key)+" is "+value+forUser(o.user))
		}
		return pick.Made(ctx, d, w, pick.Concerned{Family: family}, out, result, lines...)
	})
}

// forUser says whose a setting is.
func forUser(user string) string {
	if user == "" {
		return ""
	}
	return " for " + user
}

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
