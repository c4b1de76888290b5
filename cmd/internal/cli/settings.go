package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/verb"
)

// defaultSettings are those of a new world, of every family.
func defaultSettings() []authn.SettingView {
	return verb.Policy()
}

// settingOf finds a setting with its default, or those that are near.
func settingOf(key string) (authn.SettingView, error) {
	all := defaultSettings()
	keys := names(all, settingKey)
	if i := slices.Index(keys, key); i >= 0 {
		return all[i], nil
	}
	near := nearest(key, keys)
	for _, k := range keys {
		// The last part alone is what people remember: "count".
		if strings.HasSuffix(k, "."+key) && !slices.Contains(near, k) {
			near = append(near, k)
		}
	}
	f := &authn.Fault{Code: CodeNoSuchSetting, Message: fmt.Sprintf("no setting is called %q", key)}
	for _, k := range near {
		f.Hints = append(f.Hints, "did you mean "+k+"?")
	}
	f.Hints = append(f.Hints, "offauth admin policy show")
	return authn.SettingView{}, f
}

func settingKey(s authn.SettingView) string { return s.Key }

// settingText says what is accepted, and how to set it.
func settingText(s authn.SettingView) []string {
	lines := []string{"accepted: " + s.Range, "default: " + s.Default}
	if rule, ok := authn.RuleByID(s.Rule); ok {
		lines = append(lines, "rule: "+ruleText(rule))
	}
	return append(lines, fmt.Sprintf("set it: offauth admin policy set %s=%s", s.Key, s.Default))
}
