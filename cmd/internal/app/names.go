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

// NoSuch is the fault of a name that nothing has, with those that are near,
// or all of them where they are few.
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

// Missing is the fault of a step that a newcomer has skipped, with the
// command that does it.
func Missing(code authn.Code, message, step string) *authn.Fault {
	return &authn.Fault{Code: code, Message: message, Hints: []string{step}}
}

// NamesOf collects the names of things.
func NamesOf[T any, N ~string](things []T, name func(T) N) []N {
	out := make([]N, len(things))
	for i, t := range things {
		out[i] = name(t)
	}
	return out
}

// IndexName finds a name in whatever case it is typed, or gives -1 (A16). The
// one that is written so comes first: a world that was made before A16 may have
// two that differ by case alone.
func IndexName[N ~string](names []N, name string) int {
	if i := slices.Index(names, N(name)); i >= 0 {
		return i
	}
	return slices.IndexFunc(names, func(n N) bool { return authn.SameName(string(n), name) })
}

// nearDistance is how many slips a name may be off and still be offered.
const nearDistance = 2

// Nearest returns those of the names that are a slip of the hand away from word,
// the nearest first. Of a short word one letter may be wrong: "foo" is no
// slip of "log", nor "pin" of "link".
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
