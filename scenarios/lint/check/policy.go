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

// Policies judges settings.
type Policies struct{ expects }

// SettingEntries flattens a nested policy into whole keys.
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
				l.Found(p.Value.Pos, "OA202", "", "%s must be one value, got a mapping", key)
			case whole:
				l.RefsIn(p.Value, s)
				entries = append(entries, story.Entry{Name: string(l.Family) + "." + key, At: p.At, Value: p.Value})
			case group && p.Value.Kind == syntax.Map:
				walk(key+".", p.Value)
			case group:
				l.Found(p.Value.Pos, "OA201", spelling.OneOf(l.below(key)), "%s must be a mapping, got %s", key,
					resolve.Say(p.Value))
			default:
				l.Found(p.At, "OA101", l.suggestSetting(prefix, p.Key), "unknown setting %q", key)
			}
		}
	}
	if n != nil && n.Kind == syntax.Map && l.Known() {
		walk("", n)
	}
	return entries
}

// Judged reads settings, and lets the product judge them unless they may be meant
// to be refused.
func (l *Policies) Judged(n *syntax.Node, meant bool, s *resolve.Scope) []story.Entry {
	entries := l.SettingEntries(n, s)
	if !meant {
		l.Judge(entries, s)
	}
	return entries
}

// group reports whether settings begin with a key.
func (l *Policies) group(key string) bool { return len(l.below(key)) > 0 }

// below lists the next words behind a key of settings; the key may be empty.
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

// suggestSetting helps with a setting that there is not: a slip, or a word
// that stands in another group.
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

// decides reports whether a setting tells variants of the family apart, which
// decide some ranges.
func (l *Policies) decides(key string) bool {
	return slices.ContainsFunc(verb.Family(l.Family).Variants, func(v family.Variant) bool {
		return slices.ContainsFunc(v.Settings, func(s authn.Setting) bool { return string(s.Key) == key })
	})
}

// Judge lets the product judge each value that is known: alone, beside the
// profile, which decides some ranges.
func (l *Policies) Judge(entries []story.Entry, s *resolve.Scope) {
	base := verb.VariantSettings(l.Story.Profile)
	for _, e := range slices.Concat(entries, l.Story.Policy) {
		if l.decides(e.Name) && len(base) == 0 && e.Value.Kind == syntax.Text &&
			!strings.Contains(e.Value.Text, "${") {
			base = append(base, authn.Setting{Key: authn.SettingKey(e.Name), Value: e.Value.Text})
		}
	}
	for _, e := range entries {
		for _, n := range l.Refs(e.Value, s) {
			l.judgeSetting(base, e.Name, n)
		}
	}
}

// judgeSetting judges one value.
func (l *Policies) judgeSetting(base []authn.Setting, key string, n *syntax.Node) {
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
			l.Found(n.Pos, "OA310", "offauth admin policy explain "+key, "%s: %s: %s, got %s", short, refusal.Rule, accepted,
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
	l.Found(n.Pos, "OA202", help, "%s", message)
}

// settingText writes a value as a setting takes it: lists with commas.
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
		l.Found(n.Pos, "OA202", "", "%s must be one value or a list, got %s", key, resolve.Say(n))
	}
	return "", false
}
