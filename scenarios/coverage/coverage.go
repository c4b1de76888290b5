package coverage

import (
	"slices"
	"strings"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/sim"
	"github.com/offauth/offauth/authn/verb"
	"github.com/offauth/offauth/scenarios/run"
)

// State is how a rule is proved.
type State string

// The states of rules. A Waiting rule does not count; a Missing one fails the
// command with --fail-under.
const (
	ByStory State = "story"
	ByTest  State = "test"
	Missing State = "missing"
	Waiting State = "waits"
)

// Rule is a rule with the stories and tests that prove it.
type Rule struct {
	ID    authn.RuleID `json:"id"`
	Text  string       `json:"text"`
	State State        `json:"state"`
	// Stories are the names of the stories that name it and passed, sorted.
	Stories []string `json:"stories"`
	// Tests are the Go tests that prove it instead; Reason is why it waits.
	Tests  []string `json:"tests"`
	Reason string   `json:"reason"`
}

// Item is something that a story can touch.
type Item struct {
	Name string `json:"name"`
	// Family is empty for what belongs to none.
	Family authn.FamilyName `json:"family"`
	// Stories are the names of the stories that touched it and passed, sorted.
	Stories []string `json:"stories"`
}

// Coverage is what stories have touched.
type Coverage struct {
	Rules []Rule `json:"rules"`
	// Refusals are "verb code".
	Refusals []Item `json:"refusals"`
	Events   []Item `json:"events"`
	Verbs    []Item `json:"verbs"`
	Roles    []Item `json:"roles"`
}

// Of returns the coverage of the results that passed. family returns the family of a
// story by its name.
func Of(results []run.Result, family func(name string) authn.FamilyName) Coverage {
	t := tables()
	for _, one := range results {
		if one.Status != run.Passed {
			continue // a failed story proves nothing
		}
		f := family(one.Name)
		for i := range t.Rules {
			if slices.Contains(one.Rules, t.Rules[i].ID) {
				touch(&t.Rules[i].Stories, one.Name)
			}
		}
		touchAll(t.Refusals, one.Refusals, f, one.Name)
		touchAll(t.Events, one.Kinds, f, one.Name)
		touchAll(t.Verbs, one.Verbs, f, one.Name)
		touchAll(t.Roles, one.Roles, f, one.Name)
	}
	for i := range t.Rules {
		t.Rules[i].judge()
	}
	return t
}

// judge sets the state of a rule, once the stories that name it are known.
func (r *Rule) judge() {
	r.State, r.Tests, r.Reason = Missing, []string{}, WaitsFor(r.ID)
	if tests := held[r.ID]; tests != nil {
		r.Tests = tests
	}
	switch {
	case len(r.Stories) > 0:
		r.State, r.Reason = ByStory, ""
	case r.Reason != "":
		r.State = Waiting
	case len(r.Tests) > 0:
		r.State = ByTest
	}
}

// WaitsFor returns what a rule waits for, or "".
func WaitsFor(id authn.RuleID) string {
	if reason := waiting[id]; reason != "" {
		return reason
	}
	f, ok := shown[id]
	if !ok {
		f = familyOf(id)
	}
	if f != "" && !stands(f) {
		return "the family " + string(f) + ", which offauth has not"
	}
	return ""
}

// familyOf returns the family that a rule belongs to, by its letter; common
// rules belong to none.
func familyOf(id authn.RuleID) authn.FamilyName {
	for _, f := range verb.Families() {
		if f.Rules != "" && strings.HasPrefix(string(id), f.Rules) {
			return f.Name
		}
	}
	return ""
}

// stands reports whether a family has verbs.
func stands(f authn.FamilyName) bool {
	return slices.ContainsFunc(verb.All(), func(v verb.Verb) bool { return v.Family == f })
}

// tables returns a Coverage with every item and no story yet.
func tables() Coverage {
	var c Coverage
	for _, r := range authn.Rules() {
		c.Rules = append(c.Rules, Rule{ID: r.ID, Text: r.Text, Stories: []string{}})
	}
	roles := map[authn.Role]bool{}
	for _, v := range verb.All() {
		if unwritten[v.Name] {
			continue
		}
		c.Verbs = append(c.Verbs, item(v.Name, v.Family))
		if !roles[v.Role] {
			c.Roles = append(c.Roles, item(string(v.Role), ""))
		}
		roles[v.Role] = true
		for _, code := range v.Refusals {
			c.Refusals = append(c.Refusals, item(v.Name+" "+string(code), v.Family))
		}
	}
	for _, k := range verb.Kinds() {
		if !unseen[k.Kind] {
			c.Events = append(c.Events, item(string(k.Kind), k.Family))
		}
	}
	return c
}

// unwritten are the verbs that no step can do: a story's clock stands still
// between its steps, "at" advances it, and its world was never copied back.
var unwritten = map[string]bool{
	authn.SetClock{}.Verb(): true, authn.RunClock{}.Verb(): true, authn.FreezeClock{}.Verb(): true, authn.VerbRepair: true,
}

// unseen are the events that only those verbs or the host's clock cause.
var unseen = map[authn.Kind]bool{sim.EventClockRuns: true, sim.EventClockFrozen: true, authn.EventClockWentBack: true,
	sim.EventRollbackAccepted: true}

func item(name string, f authn.FamilyName) Item {
	return Item{Name: name, Family: f, Stories: []string{}}
}

// touchAll adds a story to the items that it touched: those of its family, and
// those that belong to no family.
func touchAll(items []Item, names []string, f authn.FamilyName, story string) {
	for i := range items {
		if (items[i].Family == f || items[i].Family == "") && slices.Contains(names, items[i].Name) {
			touch(&items[i].Stories, story)
		}
	}
}

func touch(stories *[]string, name string) {
	if at, there := slices.BinarySearch(*stories, name); !there {
		*stories = slices.Insert(*stories, at, name)
	}
}

// Percent returns the share of the rules that a story or a test proves, from 0
// to 100. Rules that wait do not count.
func (c Coverage) Percent() float64 {
	holds, all := 0, 0
	for _, r := range c.Rules {
		if r.State == Waiting {
			continue
		}
		all++
		if r.State != Missing {
			holds++
		}
	}
	if all == 0 {
		return 100
	}
	return 100 * float64(holds) / float64(all)
}

// Of returns the rules in a state.
func (c Coverage) Of(s State) []Rule {
	var rules []Rule
	for _, r := range c.Rules {
		if r.State == s {
			rules = append(rules, r)
		}
	}
	return rules
}

// Untouched returns the names of the items that no story touched, and the
// number of all items.
func Untouched(items []Item) (names []string, all int) {
	for _, i := range items {
		if len(i.Stories) == 0 {
			names = append(names, strings.TrimSpace(string(i.Family)+" "+i.Name))
		}
	}
	return names, len(items)
}
