package app

import (
	"fmt"
	"slices"
	"strings"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/verb"
)

// DefaultSettings are those of a new world, of every family.
func DefaultSettings() []authn.SettingView {
	return verb.Policy()
}

// SettingOf finds a setting with its default, or those that are near.
func SettingOf(key string) (authn.SettingView, error) {
	all := DefaultSettings()
	keys := NamesOf(all, settingKey)
	if i := slices.Index(keys, key); i >= 0 {
		return all[i], nil
	}
	near := Nearest(key, keys)
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

func settingKey(s authn.SettingView) string { return string(s.Key) }

// SettingText says what is accepted, and how to set it.
func SettingText(s authn.SettingView) []string {
	lines := []string{"accepted: " + s.Range.String(), "default: " + s.Default}
	if rule, ok := authn.RuleByID(s.Rule); ok {
		lines = append(lines, "rule: "+RuleText(rule))
	}
	return append(lines, fmt.Sprintf("set it: offauth admin policy set %s=%s", s.Key, s.Default))
}
