package library_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/keystore/memory"
	"github.com/offauth/offauth/scenarios/invariant/watch"
	"github.com/offauth/offauth/scenarios/library"
	"github.com/offauth/offauth/scenarios/lint"
	"github.com/offauth/offauth/scenarios/run"
	"github.com/offauth/offauth/scenarios/state"
	"github.com/offauth/offauth/scenarios/story"
	"github.com/offauth/offauth/scenarios/syntax"
)

// instances returns the instances of all stories in the library.
func instances(t *testing.T) []run.Instance {
	t.Helper()
	var stories []*story.Story
	for _, name := range library.Names() {
		story, findings := lint.Load(library.FS(), library.Path(name))
		if syntax.Wrong(findings) {
			t.Fatal(findings)
		}
		stories = append(stories, story)
	}
	all, err := run.Expand(stories, 0)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// options returns the options of a run with every invariant.
func options() run.Options {
	return run.Options{
		Store: func() authn.Store { return memory.NewStore() },
		Now:   time.Now, Parallel: 2,
		Watch: watch.New,
	}
}

// TestEveryStoryPassesAndEveryRuleIsProved plays each story with the seed of its file
// and with another, since no story may depend on the PINs that it draws. It checks that
// a passing instance names each rule that a story can prove, and that everything in the
// tables of verbs and events occurs.
func TestEveryStoryPassesAndEveryRuleIsProved(t *testing.T) {
	t.Parallel()
	o := options()
	o.Repeat, o.VarySeed = 2, true
	proved, kinds := map[authn.RuleID]bool{}, map[string]bool{}
	all := instances(t)
	results := run.Run(t.Context(), all, o).Results
	tablesAreSeen(t, all, results)
	for _, r := range results {
		for _, e := range r.Events {
			for name, v := range e.Fields {
				if got := state.KindOf(state.EventValue(e.Kind, name, v)); got != state.EventField(e.Kind, name) {
					kinds[fmt.Sprintf("%s: %s is %s, and the linter takes it for %s", e.Kind, name, got,
						state.EventField(e.Kind, name))] = true
				}
			}
		}
		if r.Status == run.Passed {
			for _, rule := range r.Rules {
				proved[rule] = true
			}
			continue
		}
		t.Errorf("%s, seed %d: %s %s", r.ID, r.Seed, r.Status, r.Reason)
		for _, f := range r.Failures {
			t.Errorf("  %s:%d:%d: %s: %s: expected %s, got %s", f.File, f.Line, f.Col, f.Code, f.What, f.Expected, f.Got)
		}
	}
	for what := range kinds {
		t.Error(what)
	}
	common := []authn.RuleID{"A2", "A3", "A4", "A6", "A8", "A11", "A15"}
	// There is no HTTP interface (E33), no randomized password (O45) and no virtual
	// authenticator (O46); a Go test checks the block of hashes (O19).
	waiting := []authn.RuleID{"E33", "O45", "O46", "O19"}
	family := regexp.MustCompile(`^[HEO][0-9]+$`)
	for _, rule := range authn.Rules() {
		if !family.MatchString(string(rule.ID)) && !slices.Contains(common, rule.ID) || slices.Contains(waiting, rule.ID) {
			continue
		}
		if !proved[rule.ID] {
			t.Errorf("no story of the library proves %s: %s", rule.ID, rule.Text)
		}
	}
}

// TestAttacksTellTheirStory checks that each attack describes the hole, the attempt, and
// what the story shows.
func TestAttacksTellTheirStory(t *testing.T) {
	t.Parallel()
	for _, name := range library.Names() {
		story, _ := lint.Load(library.FS(), library.Path(name))
		if story == nil {
			t.Fatal(name)
		}
		tagged, named := slices.Contains(story.Tags, "attack"), strings.HasSuffix(name, "-attack")
		if tagged != named {
			t.Errorf("%s: an attack has the tag and the name", name)
		}
		if !named {
			continue
		}
		header, _, _ := strings.Cut(story.Sources[story.Path], "offauth: scenario/v1")
		for _, part := range []string{"# vulnerability: ", "# attack: ", "# this verifies: "} {
			if strings.Count(header, part) != 1 {
				t.Errorf("%s: its header has no %q", name, part)
			}
		}
	}
}
