package check

import (
	"errors"
	"slices"
	"strings"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/family"
	"github.com/offauth/offauth/authn/verb"
	"github.com/offauth/offauth/scenarios/lint/resolve"
	"github.com/offauth/offauth/scenarios/lint/shape"
	"github.com/offauth/offauth/scenarios/spelling"
	"github.com/offauth/offauth/scenarios/story"
	"github.com/offauth/offauth/scenarios/syntax"
)

// Policies checks settings.
type Policies struct{ expects }

// SettingEntries flattens a nested policy into settings with full keys.
func (l *Policies) SettingEntries(n *syntax.Node, s *resolve.Scope) []story.Entry {
	var entries []story.Entry
	var walk func(prefix string, n *syntax.Node)
	walk = func(prefix string, n *syntax.Node) {
		for _, p := range n.Pairs {
			key := prefix + p.Key
			_, whole := l.Settings[key]
			group := l.group(key)
			switch {
			case whole && p.Value.Kind == syntax.Map:
				l.Foundf(p.Value.Pos, "OA202", "", "%s must be one value, got a mapping", key)
			case whole:
				l.RefsIn(p.Value, s)
				entries = append(entries, story.Entry{Name: string(l.Family) + "." + key, At: p.At, Value: p.Value})
			case group && p.Value.Kind == syntax.Map:
				walk(key+".", p.Value)
			case group:
				l.Foundf(p.Value.Pos, "OA201", spelling.OneOf(l.below(key)), "%s must be a mapping, got %s", key,
					resolve.Say(p.Value))
			default:
				l.Foundf(p.At, "OA101", l.suggestSetting(prefix, p.Key), "unknown setting %q", key)
			}
		}
	}
	if n != nil && n.Kind == syntax.Map && l.Known() {
		walk("", n)
	}
	return entries
}

// CheckedSettings reads settings, and checks their values unless the step may expect
// a refusal.
func (l *Policies) CheckedSettings(n *syntax.Node, meant bool, s *resolve.Scope) []story.Entry {
	entries := l.SettingEntries(n, s)
	if !meant {
		l.CheckSettings(entries, s)
	}
	return entries
}

// group reports whether a key is a group of settings.
func (l *Policies) group(key string) bool { return len(l.below(key)) > 0 }

// below returns the keys directly below a group of settings, "" being the top.
func (l *Policies) below(key string) []string {
	if key != "" {
		key += "."
	}
	seen := map[string]bool{}
	for name := range l.Settings {
		if rest, ok := strings.CutPrefix(name, key); ok {
			first, _, _ := strings.Cut(rest, ".")
			seen[first] = true
		}
	}
	return resolve.Keys(seen)
}

// suggestSetting returns the help for an unknown setting, which may be misspelt or in
// another group.
func (l *Policies) suggestSetting(prefix, key string) string {
	for name := range l.Settings {
		if strings.HasSuffix(name, "."+key) {
			return `did you mean "` + name + `"?`
		}
	}
	if key == string(l.Family) {
		return "leave the family out: settings are those of the profile"
	}
	return spelling.Suggest(key, l.below(strings.TrimSuffix(prefix, ".")))
}

// decides reports whether a setting selects a variant of the family, on which some
// ranges depend.
func (l *Policies) decides(key string) bool {
	return slices.ContainsFunc(verb.Family(l.Family).Variants, func(v family.Variant) bool {
		return slices.ContainsFunc(v.Settings, func(s authn.Setting) bool { return string(s.Key) == key })
	})
}

// CheckSettings checks each known value with the product's own rules, together with
// the profile, on which some ranges depend.
func (l *Policies) CheckSettings(entries []story.Entry, s *resolve.Scope) {
	base := verb.VariantSettings(l.Story.Profile)
	for _, e := range slices.Concat(entries, l.Story.Policy) {
		if l.decides(e.Name) && len(base) == 0 && e.Value.Kind == syntax.Text &&
			!strings.Contains(e.Value.Text, "${") {
			base = append(base, authn.Setting{Key: authn.SettingKey(e.Name), Value: e.Value.Text})
		}
	}
	for _, e := range entries {
		for _, n := range l.Refs(e.Value, s) {
			l.checkSetting(base, e.Name, n)
		}
	}
}

// checkSetting checks one value.
func (l *Policies) checkSetting(base []authn.Setting, key string, n *syntax.Node) {
	written, ok := l.settingText(key, n)
	if !ok {
		return
	}
	settings := append(base[:len(base):len(base)], authn.Setting{Key: authn.SettingKey(key), Value: written})
	err := verb.JudgePolicy(settings)
	if err == nil {
		return
	}
	_, short, _ := strings.Cut(key, ".")
	var refusal *authn.Refusal
	if errors.As(err, &refusal) {
		accepted, _ := refusal.Fields["accepted"].(string)
		if refusal.Subject == key {
			l.Foundf(n.Pos, "OA310", "offauth admin policy explain "+key, "%s: %s: %s, got %s", short, refusal.Rule, accepted,
				written)
		}
		return
	}
	help := ""
	var fault *authn.Fault
	message := err.Error()
	if errors.As(err, &fault) {
		message = fault.Message
		if len(fault.Hints) > 0 {
			help = fault.Hints[0]
		}
	}
	l.Foundf(n.Pos, "OA202", help, "%s", message)
}

// settingText returns a value as the text of a setting, lists with commas.
func (l *Policies) settingText(key string, n *syntax.Node) (string, bool) {
	switch n.Kind {
	case syntax.Text, syntax.Bool:
		return n.Text, !strings.Contains(n.Text, "${")
	case syntax.Int:
		if _, ok := resolve.Integer(n); !ok {
			l.Value(key, shape.Field{Kind: shape.IntKind}, n)
			return "", false
		}
		return n.Text, true
	case syntax.List:
		var parts []string
		for _, item := range n.Items {
			if item.Kind != syntax.Text || strings.Contains(item.Text, "${") {
				return "", false
			}
			parts = append(parts, item.Text)
		}
		return strings.Join(parts, ","), true
	}
	if n.Kind != syntax.Float {
		l.Foundf(n.Pos, "OA202", "", "%s must be one value or a list, got %s", key, resolve.Say(n))
	}
	return "", false
}
