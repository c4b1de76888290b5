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
