package lint

import (
	"errors"
	"slices"
	"strings"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/hypr"
	"github.com/offauth/offauth/authn/verb"
	"github.com/offauth/offauth/scenarios/story"
	"github.com/offauth/offauth/scenarios/syntax"
)

// mergePolicies merges the settings of all files, key by key.
func (l *builder) mergePolicies() {
	s := newScope("policy")
	s.bare = true
	for _, f := range l.files {
		for _, e := range l.settingEntries(f.root.Get("policy"), s) {
			l.story.Policy = replace(l.story.Policy, e)
		}
	}
	l.judge(l.story.Policy, s)
}

// policies judges settings.
type policies struct{ expects }

// settingEntries flattens a nested policy into whole keys.
func (l *policies) settingEntries(n *syntax.Node, s *scope) []story.Entry {
	var entries []story.Entry
	var walk func(prefix string, n *syntax.Node)
	walk = func(prefix string, n *syntax.Node) {
		for _, p := range n.Pairs {
			key := prefix + p.Key
			_, whole := l.settings[key]
			group := l.group(key)
			switch {
			case whole && p.Value.Kind == syntax.Map:
				l.found(p.Value.Pos, "OA202", "", "%s must be one value, got a mapping", key)
			case whole:
				l.refsIn(p.Value, s)
				entries = append(entries, story.Entry{Name: string(l.family) + "." + key, At: p.At, Value: p.Value})
			case group && p.Value.Kind == syntax.Map:
				walk(key+".", p.Value)
			case group:
				l.found(p.Value.Pos, "OA201", oneOf(l.below(key)), "%s must be a mapping, got %s", key, say(p.Value))
			default:
				l.found(p.At, "OA101", l.suggestSetting(prefix, p.Key), "unknown setting %q", key)
			}
		}
	}
	if n != nil && n.Kind == syntax.Map && l.known() {
		walk("", n)
	}
	return entries
}

// judged reads settings, and lets the product judge them unless they may be meant
// to be refused.
func (l *policies) judged(n *syntax.Node, meant bool, s *scope) []story.Entry {
	entries := l.settingEntries(n, s)
	if !meant {
		l.judge(entries, s)
	}
	return entries
}

// group reports whether settings begin with a key.
func (l *policies) group(key string) bool { return len(l.below(key)) > 0 }

// below lists the next words behind a key of settings; the key may be empty.
func (l *policies) below(key string) []string {
	if key != "" {
		key += "."
	}
	seen := map[string]bool{}
	for name := range l.settings {
		if rest, ok := strings.CutPrefix(name, key); ok {
			first, _, _ := strings.Cut(rest, ".")
			seen[first] = true
		}
	}
	return keysOf(seen)
}

// suggestSetting helps with a setting that there is not: a slip, or a word
// that stands in another group.
func (l *policies) suggestSetting(prefix, key string) string {
	for name := range l.settings {
		if strings.HasSuffix(name, "."+key) {
			return `did you mean "` + name + `"?`
		}
	}
	if key == string(l.family) {
		return "leave the family out: settings are those of the profile"
	}
	return suggest(key, l.below(strings.TrimSuffix(prefix, ".")))
}

// judge lets the product judge each value that is known: alone, beside the
// profile, which decides some ranges.
func (l *policies) judge(entries []story.Entry, s *scope) {
	var base []authn.Setting
	if l.story.Profile == "hypr@current" {
		base = append(base, authn.Setting{Key: hypr.KeyProfile, Value: hypr.ProfileCurrent})
	}
	for _, e := range slices.Concat(entries, l.story.Policy) {
		if e.Name == string(hypr.KeyProfile) && len(base) == 0 && e.Value.Kind == syntax.Text && !strings.Contains(e.Value.Text, "${") {
			base = append(base, authn.Setting{Key: hypr.KeyProfile, Value: e.Value.Text})
		}
	}
	for _, e := range entries {
		for _, n := range l.refs(e.Value, s) {
			l.judgeSetting(base, e.Name, n)
		}
	}
}

// judgeSetting judges one value.
func (l *policies) judgeSetting(base []authn.Setting, key string, n *syntax.Node) {
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
			l.found(n.Pos, "OA310", "offauth admin policy explain "+key, "%s: %s: %s, got %s", short, refusal.Rule, accepted, written)
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
	l.found(n.Pos, "OA202", help, "%s", message)
}

// settingText writes a value as a setting takes it: lists with commas.
func (l *policies) settingText(key string, n *syntax.Node) (string, bool) {
	switch n.Kind {
	case syntax.Text, syntax.Bool:
		return n.Text, !strings.Contains(n.Text, "${")
	case syntax.Int:
		if _, ok := integer(n); !ok {
			l.value(key, field{kind: kInt}, n)
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
		l.found(n.Pos, "OA202", "", "%s must be one value or a list, got %s", key, say(n))
	}
	return "", false
}
