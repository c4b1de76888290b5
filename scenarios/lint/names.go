package lint

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/scenarios/story"
	"github.com/offauth/offauth/scenarios/syntax"
)

// firstUser is who is there where nobody is named.
const firstUser = "alice"

var ruleIDs = sync.OnceValue(func() map[authn.RuleID]bool {
	ids := map[authn.RuleID]bool{}
	for _, r := range authn.Rules() {
		ids[r.ID] = true
	}
	return ids
})

// last returns the value of a key: the last file that has it counts.
func (l *world) last(key string) *syntax.Node {
	for _, f := range slices.Backward(l.files) {
		if n := f.root.Get(key); n != nil {
			return n
		}
	}
	return nil
}

// profile finds the tables of the story's family.
func (l *builder) profile() {
	n := l.last("profile")
	name := text(n)
	if n == nil && !l.alone {
		l.found(l.root.Pos, "OA207", oneOf(profiles), `the key "profile" is missing, here and in the fixtures`)
	}
	if near := nearest(name, profiles); near != "" && !slices.Contains(profiles, name) {
		name = near // a slip, which is a finding; what follows is judged by what was meant
	}
	l.story.Profile = name
	family, _, _ := strings.Cut(name, "@")
	l.tables = tablesFor(authn.FamilyName(family))
	if slices.Contains(profiles, name) && !l.known() {
		l.found(n.Pos, "OA307", "", "this program has no verbs for the profile %s", name)
	}
}

// collectVars merges the constants of all files.
func (l *builder) collectVars() {
	for _, f := range l.files {
		n := f.root.Get("vars")
		if n == nil {
			continue
		}
		for _, p := range n.Pairs {
			l.story.Vars = replace(l.story.Vars, story.Entry{Name: p.Key, At: p.At, Value: p.Value})
			l.vars[p.Key] = p.Value
			if f.main {
				l.usage.own[p.Key] = p.At
			}
		}
	}
}

// replace puts an entry in, in the place of one of its name.
func replace(entries []story.Entry, e story.Entry) []story.Entry {
	for i := range entries {
		if entries[i].Name == e.Name {
			entries[i] = e
			return entries
		}
	}
	return append(entries, e)
}

// checkVars judges the references of constants: each may use those above it.
func (l *builder) checkVars() {
	s := newScope("vars")
	s.bare, s.before = true, map[string]bool{}
	for _, e := range l.story.Vars {
		l.size(e.Value)
		l.refsIn(e.Value, s)
		s.before[e.Name] = true
	}
	for _, c := range l.story.Cases {
		for _, e := range c.Values {
			l.size(e.Value)
			if e.Value.Kind == syntax.Float {
				l.found(e.Value.Pos, "OA202", "quote it, if it is a text", "there are no fractions: %s", e.Value.Text)
			}
		}
	}
}

// refsIn judges the references anywhere in a value. A fraction is no value.
func (l *references) refsIn(n *syntax.Node, s *scope) {
	if n.Kind == syntax.Float {
		l.found(n.Pos, "OA202", fmt.Sprintf("quote it, if it is a text: %q", n.Text), "there are no fractions: %s", n.Text)
	}
	l.refs(n, s)
	for _, p := range n.Pairs {
		l.refsIn(p.Value, s)
	}
	for _, item := range n.Items {
		l.refsIn(item, s)
	}
}

// collectActors merges the actors of all files and finds those that steps
// make.
func (l *builder) collectActors() {
	from := map[string]syntax.Pair{} // by the name in lower case
	for _, f := range l.files {
		n := f.root.Get("actors")
		if n == nil || n.Kind != syntax.Map {
			continue
		}
		for _, p := range n.Pairs {
			name := authn.FoldName(p.Key)
			before, ok := from[name]
			switch there := fmt.Sprintf("the other is at %s:%d", before.At.File, before.At.Line); {
			case ok && before.Key != p.Key:
				l.found(p.At, "OA106", there, "the actors %q and %q differ by case alone, and so are one (A16)", before.Key, p.Key)
				continue
			case ok && !same(before.Value, p.Value):
				l.found(p.At, "OA106", there, "the files disagree about the actor %q", p.Key)
				continue
			case ok:
				continue
			}
			from[name] = p
			l.addActor(p)
		}
	}
	l.addUser(firstUser)
	for _, f := range l.files {
		for _, key := range []string{"setup", "steps", "cleanup"} {
			l.made(f.root.Get(key))
		}
		if fragments := f.root.Get("fragments"); fragments != nil {
			for _, p := range fragments.Pairs {
				l.made(p.Value.Get("steps"))
			}
		}
	}
	slices.Sort(l.users)
}

// addActor takes an actor of a file.
func (l *builder) addActor(p syntax.Pair) {
	if authn.CheckName(p.Key) != nil || strings.Contains(p.Key, ".") {
		l.found(p.At, "OA202", "1 to 64 letters, digits, _, @ and -, the first a letter or digit", "an actor cannot be called %q", p.Key)
	}
	if slices.Contains(roots, p.Key) {
		l.found(p.At, "OA202", "references begin with that word", "an actor cannot be called %q", p.Key)
	}
	n := p.Value
	a := story.Actor{Pos: p.At, Name: p.Key, Role: authn.Role(text(n.Get("role"))), User: text(n.Get("user")), Version: text(n.Get("version")), Platform: text(n.Get("platform"))}
	a.Clock, _ = duration(n.Get("clock"))
	if a.User != "" && authn.CheckName(a.User) != nil {
		l.found(n.Get("user").Pos, "OA202", "", "a user cannot be called %q", a.User)
	}
	if a.Role == authn.RolePhone && a.User == "" {
		a.User = firstUser
	}
	for _, key := range []string{"user", "platform"} {
		if n.Get(key) != nil && a.Role != authn.RolePhone {
			l.found(n.Get(key).Pos, "OA308", "", "%s is a phone's; %s is a %s", key, a.Name, a.Role)
		}
	}
	if v := n.Get("version"); v != nil && a.Role != authn.RolePhone && a.Role != authn.RoleWorkstation {
		l.found(v.Pos, "OA308", "", "version is a phone's or a workstation's; %s is a %s", a.Name, a.Role)
	}
	if v := n.Get("no_tray"); v != nil {
		a.NoTray = v.Kind == syntax.Bool && v.Text == "true"
		if a.NoTray && a.Role != authn.RoleWorkstation {
			l.found(v.Pos, "OA308", "", "no_tray is a workstation's; %s is a %s", a.Name, a.Role)
		}
	}
	l.addUser(a.User)
	l.story.Actors = append(l.story.Actors, a)
	l.actors = append(l.actors, actor{name: a.Name, role: a.Role})
}

// people lists the users that the world has: those whom the actors name, or
// the first user, and those whom steps add.
func (l *world) people() []string {
	var names []string
	add := func(name string) {
		if name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	for _, a := range l.story.Actors {
		add(a.User)
	}
	if len(names) == 0 {
		add(firstUser)
	}
	for _, name := range l.added {
		add(name)
	}
	return names
}

func (l *world) addUser(name string) {
	if name != "" && !l.user(name) {
		l.users = append(l.users, name)
	}
}

// user reports whether there is a user of that name, in any case (A16).
func (l *world) user(name string) bool {
	return slices.ContainsFunc(l.users, func(u string) bool { return authn.SameName(u, name) })
}

// made finds the actors and users that steps make.
func (l *builder) made(steps *syntax.Node) {
	if steps == nil || steps.Kind != syntax.List {
		return
	}
	for _, step := range steps.Items {
		l.made(step.Get("steps"))
		for _, p := range step.Pairs {
			maker, ok := l.makers[p.Key]
			name := p.Value.Get(maker.Arg)
			if !ok || name == nil || name.Kind != syntax.Text {
				continue
			}
			if strings.Contains(name.Text, "${") {
				l.open = true
				continue
			}
			if maker.Role == "" {
				l.addUser(name.Text)
				l.added = append(l.added, name.Text)
			} else if _, there := l.actor(name.Text); !there {
				l.actors = append(l.actors, actor{name: name.Text, role: maker.Role, made: true})
			}
		}
	}
}

// same compares two values without their places.
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
