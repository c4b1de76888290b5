package library_test

import (
	"slices"
	"testing"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/verb"
	"github.com/offauth/offauth/scenarios/coverage"
	"github.com/offauth/offauth/scenarios/run"
)

// tablesAreSeen fails for each refusal of a verb, event, or field of an event in the
// tables that occurs in no story.
func tablesAreSeen(t *testing.T, all []run.Instance, results []run.Result) {
	t.Helper()
	family := map[string]authn.FamilyName{}
	for _, one := range all {
		family[one.Story.Name] = one.Story.Family()
	}
	seen := map[authn.Kind]map[string]bool{}
	for _, r := range results {
		for _, e := range r.Events {
			for field := range e.Fields {
				if seen[e.Kind] == nil {
					seen[e.Kind] = map[string]bool{}
				}
				seen[e.Kind][field] = true
			}
		}
	}
	c := coverage.Of(results, func(name string) authn.FamilyName { return family[name] })
	for _, items := range [][]coverage.Item{c.Refusals, c.Events} {
		names, _ := coverage.Untouched(items)
		for _, name := range names {
			t.Errorf("no story sees %s", name)
		}
	}
	for _, k := range verb.Kinds() {
		for _, field := range k.Fields {
			written := slices.ContainsFunc(c.Events, func(i coverage.Item) bool { return i.Name == string(k.Kind) })
			if written && !seen[k.Kind][field] {
				t.Errorf("no story sees the field %s of %s", field, k.Kind)
			}
		}
	}
}
