package coverage_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/scenarios/coverage"
	"github.com/offauth/offauth/scenarios/run"
)

// TestTheTestsThatHoldRulesAreThere looks for each of the Go tests that
// coverage names in place of a story, so that none is renamed away.
func TestTheTestsThatHoldRulesAreThere(t *testing.T) {
	t.Parallel()
	var all strings.Builder
	err := filepath.WalkDir(filepath.Join("..", ".."), func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		all.Write(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for id, tests := range coverage.Held() {
		ids = append(ids, string(id))
		for _, name := range tests {
			if !strings.Contains(all.String(), "func "+name+"(") {
				t.Errorf("%s is held by %s, which there is not", id, name)
			}
		}
	}
	slices.Sort(ids)
	if want := []string{"A1", "A10", "A12", "A13", "A14", "A16", "A5", "A7", "A9", "O19"}; !slices.Equal(ids, want) {
		t.Errorf("Go tests hold %v; every other rule needs a story", ids)
	}
}

func families(name string) authn.FamilyName {
	if strings.HasPrefix(name, "encap") {
		return authn.FamilyEncap
	}
	return authn.FamilyHYPR
}

func TestOnlyWhatPassedCounts(t *testing.T) {
	t.Parallel()
	results := []run.Result{
		{Name: "hypr-b", Status: run.Passed, Rules: []authn.RuleID{"H24", "A1"},
			Refusals: []string{"workstation login wrong_pin"}, Kinds: []string{"unlocked", "refused"},
			Verbs: []string{"workstation login"}, Roles: []string{"workstation"}},
		{Name: "hypr-a", Status: run.Passed, Rules: []authn.RuleID{"H24"}},
		{Name: "hypr-a", Status: run.Passed, Rules: []authn.RuleID{"H24"}},
		{Name: "hypr-c", Status: run.Failed, Rules: []authn.RuleID{"H25"}, Verbs: []string{"device hide"}},
	}
	c := coverage.Of(results, families)
	rule := func(id authn.RuleID) coverage.Rule {
		return c.Rules[slices.IndexFunc(c.Rules, func(r coverage.Rule) bool { return r.ID == id })]
	}
	for id, want := range map[authn.RuleID]coverage.State{"H24": coverage.ByStory, "H25": coverage.Missing,
		"A1": coverage.ByStory, "A5": coverage.ByTest, "E33": coverage.Waiting, "E30": coverage.Missing} {
		if got := rule(id).State; got != want {
			t.Errorf("%s: %s, want %s", id, got, want)
		}
	}
	if got := rule("H24").Stories; !slices.Equal(got, []string{"hypr-a", "hypr-b"}) {
		t.Errorf("H24 is proved by %v", got)
	}
	if r := rule("E33"); r.Reason == "" {
		t.Error("a rule that waits says for what")
	}
	missing, all := coverage.Untouched(c.Verbs)
	if all < 30 || slices.Contains(missing, "hypr workstation login") || !slices.Contains(missing, "workstation lock") ||
		slices.Contains(missing, "clock run") {
		t.Errorf("of %d verbs, untouched: %v", all, missing)
	}
	if missing, _ := coverage.Untouched(c.Refusals); slices.Contains(missing, "hypr workstation login wrong_pin") ||
		!slices.Contains(missing, "hypr workstation login pin_used") {
		t.Errorf("refusals untouched: %v", missing)
	}
	if missing, _ := coverage.Untouched(c.Roles); !slices.Contains(missing, "phone") ||
		slices.Contains(missing, "workstation") {
		t.Errorf("roles untouched: %v", missing)
	}
}

func TestThePercentageIsOverTheRulesOfStandingFamilies(t *testing.T) {
	t.Parallel()
	var all []authn.RuleID
	for _, r := range authn.Rules() {
		all = append(all, r.ID)
	}
	whole := coverage.Of([]run.Result{{Name: "hypr-all", Status: run.Passed, Rules: all}}, families)
	if got := whole.Percent(); got != 100 {
		t.Errorf("with every rule proved it is %v", got)
	}
	none := coverage.Of(nil, families)
	n := len(none.Of(coverage.ByTest))
	want := 100 * float64(n) / float64(n+len(none.Of(coverage.Missing)))
	if got := none.Percent(); n != len(coverage.Held()) || got != want || got > 20 {
		t.Errorf("without a story it is %v, want %v", got, want)
	}
	if waits := none.Of(coverage.Waiting); len(waits) < 1 {
		t.Error("E33 waits")
	}
}

func TestAStoryTouchesItsOwnFamilyOnly(t *testing.T) {
	t.Parallel()
	c := coverage.Of([]run.Result{{Name: "encap-a", Status: run.Passed, Verbs: []string{"device tap", "device replace"}}},
		families)
	missing, _ := coverage.Untouched(c.Verbs)
	if !slices.Contains(missing, "hypr device tap") || slices.Contains(missing, "device replace") {
		t.Errorf("untouched: %v", missing)
	}
}
