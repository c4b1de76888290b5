// Package resolve resolves the names of a story and checks references to them.
package resolve

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/verb"
	"github.com/offauth/offauth/scenarios/lint/shape"
	"github.com/offauth/offauth/scenarios/state"
	"github.com/offauth/offauth/scenarios/story"
	"github.com/offauth/offauth/scenarios/syntax"
)

// Tables holds the verbs, refusals, events and settings of one family. It is built
// once in a process, since linting uses it in every step.
type Tables struct {
	Family   authn.FamilyName
	Verbs    map[string]verb.Verb
	Spelled  []string // the verbs that a step may do
	Foreign  map[string]authn.FamilyName
	Refusals map[authn.Code]bool
	Kinds    map[authn.Kind]authn.KindSpec
	Others   map[authn.Kind]authn.FamilyName // the events of other families alone
	Foreigns map[authn.Code]authn.FamilyName // and their refusals
	Settings map[string]authn.SettingView    // by key without the family
	state    *state.Table
	Messages []string
	Makers   map[string]verb.Makes // by verb, those of other families too
	Results  map[string]map[string]state.Kind
}

var (
	tablesLock sync.Mutex
	tablesOf   = map[authn.FamilyName]*Tables{}
)

// TablesFor returns the tables of a family.
func TablesFor(family authn.FamilyName) *Tables {
	tablesLock.Lock()
	defer tablesLock.Unlock()
	if t, ok := tablesOf[family]; ok {
		return t
	}
	t := makeTables(family)
	tablesOf[family] = t
	return t
}

func makeTables(family authn.FamilyName) *Tables {
	t := &Tables{
		Family: family, Verbs: map[string]verb.Verb{}, Foreign: map[string]authn.FamilyName{},
		Refusals: map[authn.Code]bool{}, Kinds: map[authn.Kind]authn.KindSpec{}, Others: map[authn.Kind]authn.FamilyName{},
		Foreigns: map[authn.Code]authn.FamilyName{},
		Settings: map[string]authn.SettingView{}, state: state.For(family), Messages: verb.MessageKinds(),
		Results: map[string]map[string]state.Kind{},
		Makers:  map[string]verb.Makes{},
	}
	for _, v := range verb.All() {
		if v.Makes.Arg != "" {
			t.Makers[v.Name] = v.Makes
		}
		switch {
		case v.Family != "" && v.Family != family:
			t.Foreign[v.Name] = v.Family
		case shape.RefusedVerbs[v.Name] == "":
			t.Verbs[v.Name] = v
			t.Spelled = append(t.Spelled, v.Name)
			kinds := map[string]state.Kind{}
			for name, zero := range verb.Fields(v.Result) {
				kinds[name] = state.KindOf(zero)
			}
			t.Results[v.Name] = kinds
		}
	}
	for _, c := range verb.Codes() {
		if c.Refusal && (c.Family == "" || c.Family == family) {
			t.Refusals[c.Code] = true
		} else if c.Refusal {
			t.Foreigns[c.Code] = c.Family
		}
	}
	for _, k := range verb.Kinds() {
		if k.Family == "" || k.Family == family {
			t.Kinds[k.Kind] = k
		} else {
			t.Others[k.Kind] = k.Family
		}
	}
	for _, s := range verb.Policy() {
		if of, key := s.Key.Cut(); of == family {
			t.Settings[key] = s
		}
	}
	return t
}

// Known reports whether the family has any verbs.
func (t *Tables) Known() bool {
	return slices.ContainsFunc(t.Spelled, func(name string) bool { return t.Verbs[name].Family == t.Family })
}

// world holds the names of a story: files, actors, users, vars, cases and fragments.
type world struct {
	notes
	*Tables
	Story *story.Story
	// Files are the files read; later ones override earlier ones. Root is the mapping
	// of the scenario itself.
	Files []*File
	Root  *syntax.Node
	// Alone reports whether a fixture is checked without a story.
	Alone  bool
	Actors []Actor
	Users  []string
	Added  []string // users whom steps add
	// Open reports whether a step creates an actor or user whose name is only known in
	// play. Then no name can be reported as unknown.
	Open      bool
	Fragments map[string]*Fragment
	Vars      map[string]*syntax.Node
	Cases     []*syntax.Node
	Axes      []story.Axis
}

// Actor is an actor of the file, or one that a step creates (Made).
type Actor struct {
	Name string
	Role authn.Role
	Made bool
}

// Of returns the actors of a role; server and admin are both the server.
func (w *world) Of(roles ...authn.Role) []string {
	var names []string
	for _, a := range w.Actors {
		if slices.Contains(roles, a.Role) {
			names = append(names, a.Name)
		}
	}
	return names
}

func (w *world) Actor(name string) (Actor, bool) {
	for _, a := range w.Actors {
		if authn.SameName(a.Name, name) {
			return a, true
		}
	}
	return Actor{}, false
}

// HasRole reports whether an actor with the role has may act in the role wants.
func HasRole(has, wants authn.Role) bool {
	server := func(r authn.Role) bool { return r == authn.RoleServer || r == authn.RoleAdmin }
	unknown := !slices.Contains(shape.Roles, string(has)) // reported elsewhere
	return has == wants || server(has) && server(wants) || wants == authn.RoleWorld || unknown
}

// names returns the actors.
func (w *world) names() []string {
	names := []string{}
	for _, a := range w.Actors {
		names = append(names, a.Name)
	}
	return names
}

// Keys returns the keys of a map in order.
func Keys[K ~string, V any](m map[K]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, string(k))
	}
	slices.Sort(keys)
	return keys
}

// RuleIDs are the ids of all rules.
var RuleIDs = sync.OnceValue(func() map[authn.RuleID]bool {
	ids := map[authn.RuleID]bool{}
	for _, r := range authn.Rules() {
		ids[r.ID] = true
	}
	return ids
})

// Last returns the value of a key in the last file that has it, or nil.
func (l *world) Last(key string) *syntax.Node {
	for _, f := range slices.Backward(l.Files) {
		if n := f.Root.Get(key); n != nil {
			return n
		}
	}
	return nil
}

// RefsIn checks all references in a value, and reports fractions, which are not
// allowed.
func (l *References) RefsIn(n *syntax.Node, s *Scope) {
	if n.Kind == syntax.Float {
		l.Foundf(n.Pos, "OA202", fmt.Sprintf("quote it, if it is a text: %q", n.Text), "there are no fractions: %s", n.Text)
	}
	l.Refs(n, s)
	for _, p := range n.Pairs {
		l.RefsIn(p.Value, s)
	}
	for _, item := range n.Items {
		l.RefsIn(item, s)
	}
}

// People returns the users of the world: those of the actors, or the first user, and
// those that steps add.
func (l *world) People() []string {
	var names []string
	add := func(name string) {
		if name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	for _, a := range l.Story.Actors {
		add(a.User)
	}
	if len(names) == 0 {
		add(story.FirstUser)
	}
	for _, name := range l.Added {
		add(name)
	}
	return names
}

func (l *world) AddUser(name string) {
	if name != "" && !l.User(name) {
		l.Users = append(l.Users, name)
	}
}

// User reports whether a user with that name exists, in any case (A16).
func (l *world) User(name string) bool {
	return slices.ContainsFunc(l.Users, func(u string) bool { return authn.SameName(u, name) })
}

// File is one file of a story.
type File struct {
	Path string
	Root *syntax.Node
	Main bool
}

// notes collects findings.
type notes struct{ Findings []syntax.Finding }

// Foundf adds a finding.
func (l *notes) Foundf(at syntax.Pos, code, help, format string, args ...any) {
	oneLine := strings.NewReplacer("\n", " ")
	l.Findings = append(l.Findings,
		syntax.Finding{Pos: at, Code: code, Message: oneLine.Replace(fmt.Sprintf(format, args...)),
			Help: oneLine.Replace(help)})
}

// Fragment is a procedure while it is read.
type Fragment struct {
	Name  string
	Node  *syntax.Node
	At    syntax.Pos
	Made  *story.Fragment
	Own   bool // of the scenario itself
	Calls []FragmentCall
	Used  bool
}

// FragmentCall is a call in a fragment, or in the story.
type FragmentCall struct {
	Name string
	At   syntax.Pos
}

// Returns returns the names of its return values.
func (f *Fragment) Returns() []string {
	names := []string{}
	if n := f.Node.Get("returns"); n != nil {
		for _, p := range n.Pairs {
			names = append(names, p.Key)
		}
	}
	return names
}

// GoesBack reports whether a step of any file sets the clock back.
func (l *world) GoesBack() bool {
	var in func(n *syntax.Node) bool
	in = func(n *syntax.Node) bool {
		for _, p := range n.Pairs {
			if p.Key == (authn.BackClock{}).Verb() || in(p.Value) {
				return true
			}
		}
		for _, item := range n.Items {
			if in(item) {
				return true
			}
		}
		return false
	}
	for _, f := range l.Files {
		if in(f.Root) {
			return true
		}
	}
	return false
}

// usage records what a story uses, for warnings.
type usage struct {
	Vars map[string]bool
	// Own are the scenario's own vars; a fixture's serve other stories too.
	Own    map[string]syntax.Pos
	Checks int
	Calls  []FragmentCall
}

// NewUsage returns an empty usage.
func NewUsage() usage { return usage{Vars: map[string]bool{}, Own: map[string]syntax.Pos{}} }

// StepVerb is the kind of a subject that is a verb.
const StepVerb = "verb"

// End returns one end of a Bluetooth link: the named actor, or the first of the role.
func (l *world) End(n *syntax.Node, role authn.Role) string {
	if v := n.Get(string(role)); v != nil {
		return v.Text
	}
	if many := l.Of(role); len(many) > 0 {
		return many[0]
	}
	return ""
}
