package lint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/verb"
	"github.com/offauth/offauth/scenarios/lint/resolve"
	"github.com/offauth/offauth/scenarios/spelling"
	"github.com/offauth/offauth/scenarios/story"
	"github.com/offauth/offauth/scenarios/syntax"
)

// profile finds the tables of the story's family.
func (l *builder) profile() {
	n, profiles := l.Last("profile"), verb.Profiles()
	name := resolve.Text(n)
	if n == nil && !l.Alone {
		l.Foundf(l.Root.Pos, "OA207", spelling.OneOf(profiles), `the key "profile" is missing, here and in the fixtures`)
	}
	if near := spelling.Nearest(name, profiles); near != "" && !slices.Contains(profiles, name) {
		name = near // misspelt, which is a finding; continue with the intended profile
	}
	l.Story.Profile = name
	family, _, _ := strings.Cut(name, "@")
	l.Tables = resolve.TablesFor(authn.FamilyName(family))
	if slices.Contains(profiles, name) && !l.Known() {
		l.Foundf(n.Pos, "OA307", "", "this program has no verbs for the profile %s", name)
	}
}

// collectVars merges the constants of all files.
func (l *builder) collectVars() {
	for _, f := range l.Files {
		n := f.Root.Get("vars")
		if n == nil {
			continue
		}
		for _, p := range n.Pairs {
			l.Story.Vars = replace(l.Story.Vars, story.Entry{Name: p.Key, At: p.At, Value: p.Value})
			l.Vars[p.Key] = p.Value
			if f.Main {
				l.Usage.Own[p.Key] = p.At
			}
		}
	}
}

// replace adds an entry, or replaces the one with the same name.
func replace(entries []story.Entry, e story.Entry) []story.Entry {
	for i := range entries {
		if entries[i].Name == e.Name {
			entries[i] = e
			return entries
		}
	}
	return append(entries, e)
}

// checkVars checks the references in vars, which may refer to earlier vars only.
func (l *builder) checkVars() {
	s := resolve.NewScope("vars")
	s.Bare, s.Before = true, map[string]bool{}
	for _, e := range l.Story.Vars {
		l.Size(e.Value)
		l.RefsIn(e.Value, s)
		s.Before[e.Name] = true
	}
	for _, c := range l.Story.Cases {
		for _, e := range c.Values {
			l.Size(e.Value)
			if e.Value.Kind == syntax.Float {
				l.Foundf(e.Value.Pos, "OA202", "quote it, if it is a text", "there are no fractions: %s", e.Value.Text)
			}
		}
	}
}

// collectActors merges the actors of all files and collects those that steps
// create.
func (l *builder) collectActors() {
	from := map[string]syntax.Pair{} // by the name in lower case
	for _, f := range l.Files {
		n := f.Root.Get("actors")
		if n == nil || n.Kind != syntax.Map {
			continue
		}
		for _, p := range n.Pairs {
			name := authn.FoldName(p.Key)
			before, ok := from[name]
			switch there := fmt.Sprintf("the other is at %s:%d", before.At.File, before.At.Line); {
			case ok && before.Key != p.Key:
				l.Foundf(p.At, "OA106", there, "the actors %q and %q differ by case alone, and so are one (A16)", before.Key, p.Key)
				continue
			case ok && !same(before.Value, p.Value):
				l.Foundf(p.At, "OA106", there, "the files disagree about the actor %q", p.Key)
				continue
			case ok:
				continue
			}
			from[name] = p
			l.addActor(p)
		}
	}
	l.AddUser(story.FirstUser)
	for _, f := range l.Files {
		for _, key := range []string{"setup", "steps", "cleanup"} {
			l.made(f.Root.Get(key))
		}
		if fragments := f.Root.Get("fragments"); fragments != nil {
			for _, p := range fragments.Pairs {
				l.made(p.Value.Get("steps"))
			}
		}
	}
	slices.Sort(l.Users)
}

// addActor checks and adds an actor of a file.
func (l *builder) addActor(p syntax.Pair) {
	if authn.CheckName(p.Key) != nil || strings.Contains(p.Key, ".") {
		l.Foundf(p.At, "OA202", "1 to 64 letters, digits, _, @ and -, the first a letter or digit",
			"an actor cannot be called %q", p.Key)
	}
	if slices.Contains(resolve.Roots, p.Key) {
		l.Foundf(p.At, "OA202", "references begin with that word", "an actor cannot be called %q", p.Key)
	}
	n := p.Value
	a := story.Actor{Pos: p.At, Name: p.Key, Role: authn.Role(resolve.Text(n.Get("role"))),
		User: resolve.Text(n.Get("user")), Version: resolve.Text(n.Get("version")), Platform: resolve.Text(n.Get("platform"))}
	a.Clock, _ = resolve.Duration(n.Get("clock"))
	if a.User != "" && authn.CheckName(a.User) != nil {
		l.Foundf(n.Get("user").Pos, "OA202", "", "a user cannot be called %q", a.User)
	}
	if a.Role == authn.RolePhone && a.User == "" {
		a.User = story.FirstUser
	}
	for _, key := range []string{"user", "platform"} {
		if n.Get(key) != nil && a.Role != authn.RolePhone {
			l.Foundf(n.Get(key).Pos, "OA308", "", "%s is a phone's; %s is a %s", key, a.Name, a.Role)
		}
	}
	if v := n.Get("version"); v != nil && a.Role != authn.RolePhone && a.Role != authn.RoleWorkstation {
		l.Foundf(v.Pos, "OA308", "", "version is a phone's or a workstation's; %s is a %s", a.Name, a.Role)
	}
	if v := n.Get("no_tray"); v != nil {
		a.NoTray = v.Kind == syntax.Bool && v.Text == "true"
		if a.NoTray && a.Role != authn.RoleWorkstation {
			l.Foundf(v.Pos, "OA308", "", "no_tray is a workstation's; %s is a %s", a.Name, a.Role)
		}
	}
	l.AddUser(a.User)
	l.Story.Actors = append(l.Story.Actors, a)
	l.Actors = append(l.Actors, resolve.Actor{Name: a.Name, Role: a.Role})
}

// made collects the actors and users that steps create.
func (l *builder) made(steps *syntax.Node) {
	if steps == nil || steps.Kind != syntax.List {
		return
	}
	for _, step := range steps.Items {
		l.made(step.Get("steps"))
		for _, p := range step.Pairs {
			maker, ok := l.Makers[p.Key]
			name := p.Value.Get(maker.Arg)
			if !ok || name == nil || name.Kind != syntax.Text {
				continue
			}
			if strings.Contains(name.Text, "${") {
				l.Open = true
				continue
			}
			if maker.Role == "" {
				l.AddUser(name.Text)
				l.Added = append(l.Added, name.Text)
			} else if _, there := l.Actor(name.Text); !there {
				l.Actors = append(l.Actors, resolve.Actor{Name: name.Text, Role: maker.Role, Made: true})
			}
		}
	}
}

// same reports whether two values are equal apart from their positions.
func same(a, b *syntax.Node) bool {
	if a == nil || b == nil {
		return a == b
	}
	if a.Kind != b.Kind || a.Text != b.Text || len(a.Pairs) != len(b.Pairs) || len(a.Items) != len(b.Items) {
		return false
	}
	for i := range a.Items {
		if !same(a.Items[i], b.Items[i]) {
			return false
		}
	}
	for _, p := range a.Pairs {
		if v := b.Get(p.Key); v == nil || !same(p.Value, v) {
			return false
		}
	}
	return true
}

// mergePolicies merges the settings of all files, key by key.
func (l *builder) mergePolicies() {
	s := resolve.NewScope("policy")
	s.Bare = true
	for _, f := range l.Files {
		for _, e := range l.SettingEntries(f.Root.Get("policy"), s) {
			l.Story.Policy = replace(l.Story.Policy, e)
		}
	}
	l.CheckSettings(l.Story.Policy, s)
}
