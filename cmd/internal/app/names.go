package app

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/verb"
	"github.com/offauth/offauth/scenarios/spelling"
)

// NoSuch returns the fault of an unknown name, with similar names as hints, or
// with all names if there are few.
func NoSuch(code authn.Code, what, name string, names []string, list string) *authn.Fault {
	f := &authn.Fault{Code: code, Message: fmt.Sprintf("there is no %s %q", what, name)}
	for _, near := range Nearest(name, names) {
		f.Hints = append(f.Hints, "did you mean "+near+"?")
	}
	if len(names) > 0 && len(names) <= 8 {
		f.Message += "; there is " + strings.Join(names, ", ")
	}
	f.Hints = append(f.Hints, list)
	return f
}

// Missing returns the fault of a skipped step, with the command that takes it.
func Missing(code authn.Code, message, step string) *authn.Fault {
	return &authn.Fault{Code: code, Message: message, Hints: []string{step}}
}

// NamesOf returns the name of each item.
func NamesOf[T any, N ~string](things []T, name func(T) N) []N {
	out := make([]N, len(things))
	for i, t := range things {
		out[i] = name(t)
	}
	return out
}

// IndexName returns the index of a name, ignoring case, or -1 (A16). An exact
// match wins: a world made before A16 may have two names that differ only in
// case.
func IndexName[N ~string](names []N, name string) int {
	if i := slices.Index(names, N(name)); i >= 0 {
		return i
	}
	return slices.IndexFunc(names, func(n N) bool { return authn.SameName(string(n), name) })
}

// nearDistance is the largest edit distance at which a name is still suggested.
const nearDistance = 2

// Nearest returns the names within a small edit distance of word, nearest
// first. In a short word one letter may differ: "foo" does not suggest "log",
// nor "pin" "link".
func Nearest(word string, names []string) []string {
	type near struct {
		name string
		off  int
	}
	var found []near
	for _, name := range names {
		off := spelling.Distance(strings.ToLower(word), strings.ToLower(name))
		prefix := len(word) >= 3 && strings.HasPrefix(strings.ToLower(name), strings.ToLower(word))
		short := min(len([]rune(word)), len([]rune(name)))
		if off <= min(nearDistance, short/2) || prefix {
			found = append(found, near{name, off})
		}
	}
	sort.SliceStable(found, func(i, j int) bool { return found[i].off < found[j].off })
	out := make([]string, len(found))
	for i, f := range found {
		out[i] = f.name
	}
	return out
}

// DefaultSettings returns the settings of a new world, of every family.
func DefaultSettings() []authn.SettingView {
	return verb.Policy()
}

// SettingOf returns a setting with its default, or an error that suggests
// similar keys.
func SettingOf(key string) (authn.SettingView, error) {
	all := DefaultSettings()
	keys := NamesOf(all, settingKey)
	if i := slices.Index(keys, key); i >= 0 {
		return all[i], nil
	}
	near := Nearest(key, keys)
	for _, k := range keys {
		// People remember the last part of a key: "count".
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

// SettingText returns lines about a setting's range, its default and how to set
// it.
func SettingText(s authn.SettingView) []string {
	lines := []string{"accepted: " + s.Range.String(), "default: " + s.Default}
	if rule, ok := authn.RuleByID(s.Rule); ok {
		lines = append(lines, "rule: "+RuleText(rule))
	}
	return append(lines, fmt.Sprintf("set it: offauth admin policy set %s=%s", s.Key, s.Default))
}
