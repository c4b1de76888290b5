package lint

import (
	"slices"
	"sort"
	"sync"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/verb"
	"github.com/offauth/offauth/scenarios/state"
	"github.com/offauth/offauth/scenarios/story"
	"github.com/offauth/offauth/scenarios/syntax"
)

// tables are what is known of one family. They are made once a process: a
// lint of a thousand files asks them for every step.
type tables struct {
	family   authn.FamilyName
	verbs    map[string]verb.Verb
	spelled  []string // the verbs that a step may do
	foreign  map[string]authn.FamilyName
	refusals map[authn.Code]bool
	kinds    map[authn.Kind]authn.KindSpec
	others   map[authn.Kind]authn.FamilyName // the events of other families alone
	foreigns map[authn.Code]authn.FamilyName // and their refusals
	settings map[string]authn.SettingView    // by key without the family
	state    *state.Table
	messages []string
	makers   map[string]verb.Makes // by verb, those of other families too
	results  map[string]map[string]state.Kind
}

// refusedVerbs are those that a step says otherwise, or not at all.
var refusedVerbs = map[string]string{
	authn.AdvanceClock{}.Verb(): "write wait: 5s",
	authn.SetClock{}.Verb():     "write at: 2026-03-02T08:00:00Z",
	authn.SkewClock{}.Verb():    "write skew: {ACTOR: {offset: -7m}}",
	authn.SetLink{}.Verb():      "write link: {ACTOR: down}",
	authn.SetFault{}.Verb():     "write link: {fault: {drop: MESSAGE, nth: 1}}",
	authn.RunClock{}.Verb():     "a scenario's clock stands still between its steps",
	authn.FreezeClock{}.Verb():  "a scenario's clock stands still between its steps",
	authn.VerbRepair:            "a scenario's world is never copied back",
}

var (
	tablesLock sync.Mutex
	tablesOf   = map[authn.FamilyName]*tables{}
)

func tablesFor(family authn.FamilyName) *tables {
	tablesLock.Lock()
	defer tablesLock.Unlock()
	if t, ok := tablesOf[family]; ok {
		return t
	}
	t := makeTables(family)
	tablesOf[family] = t
	return t
}

func makeTables(family authn.FamilyName) *tables {
	t := &tables{
		family: family, verbs: map[string]verb.Verb{}, foreign: map[string]authn.FamilyName{}, refusals: map[authn.Code]bool{}, kinds: map[authn.Kind]authn.KindSpec{}, others: map[authn.Kind]authn.FamilyName{}, foreigns: map[authn.Code]authn.FamilyName{},
		settings: map[string]authn.SettingView{}, state: state.For(family), messages: verb.MessageKinds(), results: map[string]map[string]state.Kind{},
		makers: map[string]verb.Makes{},
	}
	for _, v := range verb.All() {
		if v.Makes.Arg != "" {
			t.makers[v.Name] = v.Makes
		}
		switch {
		case v.Family != "" && v.Family != family:
			t.foreign[v.Name] = v.Family
		case refusedVerbs[v.Name] == "":
			t.verbs[v.Name] = v
			t.spelled = append(t.spelled, v.Name)
			kinds := map[string]state.Kind{}
			for name, zero := range verb.Fields(v.Result) {
				kinds[name] = state.KindOf(zero)
			}
			t.results[v.Name] = kinds
		}
	}
	for _, c := range verb.Codes() {
		if c.Refusal && (c.Family == "" || c.Family == family) {
			t.refusals[c.Code] = true
		} else if c.Refusal {
			t.foreigns[c.Code] = c.Family
		}
	}
	for _, k := range verb.Kinds() {
		if k.Family == "" || k.Family == family {
			t.kinds[k.Kind] = k
		} else {
			t.others[k.Kind] = k.Family
		}
	}
	for _, s := range verb.Policy() {
		if of, key := s.Key.Cut(); of == family {
			t.settings[key] = s
		}
	}
	return t
}

// known reports whether the family has anything at all.
func (t *tables) known() bool {
	return slices.ContainsFunc(t.spelled, func(name string) bool { return t.verbs[name].Family == t.family })
}

// world is what a story's names mean.
type world struct {
	notes
	*tables
	story *story.Story
	// files are those that were read, in the order in which they count; root is
	// the scenario's own mapping.
	files []*file
	root  *syntax.Node
	// alone says that it is a fixture that is read by itself.
	alone  bool
	actors []actor
	users  []string
	added  []string // users whom steps add
	// open says that an actor's or user's name is a reference that is known in
	// play alone; then no name can be called unknown.
	open      bool
	fragments map[string]*fragment
	vars      map[string]*syntax.Node
	cases     []*syntax.Node
	axes      []story.Axis
}

// actor is one that acts, from the start or made in mid-story.
type actor struct {
	name string
	role authn.Role
	made bool
}

// of lists the actors of a role; server and admin are both the server.
func (w *world) of(roles ...authn.Role) []string {
	var names []string
	for _, a := range w.actors {
		if slices.Contains(roles, a.role) {
			names = append(names, a.name)
		}
	}
	return names
}

func (w *world) actor(name string) (actor, bool) {
	for _, a := range w.actors {
		if authn.SameName(a.name, name) {
			return a, true
		}
	}
	return actor{}, false
}

// plays reports whether an actor may do what a role does.
func plays(has, wants authn.Role) bool {
	server := func(r authn.Role) bool { return r == authn.RoleServer || r == authn.RoleAdmin }
	unknown := !slices.Contains(roles, string(has)) // a finding of its own
	return has == wants || server(has) && server(wants) || wants == authn.RoleWorld || unknown
}

// names lists the actors.
func (w *world) names() []string {
	names := []string{}
	for _, a := range w.actors {
		names = append(names, a.name)
	}
	return names
}

// keysOf lists the keys of a map in order.
func keysOf[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}
