package cli

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/scenarios/coverage"
)

var (
	ruleID = regexp.MustCompile(`\b[HEOA][0-9]{1,2}\b`)
	// ruleNames are the rules at the end of a test's name: TestTheVectorsA1A7.
	ruleNames = regexp.MustCompile(`func Test\w*?[a-z_](([HEOA][0-9]{1,2})+)\(`)
	// testOrStory are the files whose naming of a rule counts as holding it.
	testOrStory = regexp.MustCompile(`(_test\.go|\.txtar|/scenarios/library/[^/]+\.scenario\.yaml)$`)
	ruleLiteral = regexp.MustCompile(`"([HEOA][0-9]{1,2})"`)
)

// rulesNamed reads which rules the code names as a reason, and which the
// tests and stories name at all.
func rulesNamed(t *testing.T) (code, tests map[string][]string) {
	t.Helper()
	code, tests = map[string][]string{}, map[string][]string{}
	root := filepath.Join("..", "..", "..")
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			if entry != nil && entry.IsDir() && strings.HasPrefix(entry.Name(), ".") && entry.Name() != ".." && path != root {
				return filepath.SkipDir
			}
			return err
		}
		isTest := testOrStory.MatchString(filepath.ToSlash(path))
		if !isTest && !strings.HasSuffix(path, ".go") ||
			slices.Contains([]string{"rules_test.go", "vocabulary_test.go"}, filepath.Base(path)) {
			return nil // this file's own list proves nothing, and the other names ids that are none
		}
		if strings.HasSuffix(filepath.ToSlash(path), "scenarios/coverage/held.go") {
			return nil // which rules wait, and which tests hold: no reason of anything
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		into, ids := code, ruleLiteral.FindAllStringSubmatch(string(text), -1)
		if isTest {
			into, ids = tests, nil
			for _, id := range ruleID.FindAllString(string(text), -1) {
				ids = append(ids, []string{id, id})
			}
			for _, end := range ruleNames.FindAllStringSubmatch(string(text), -1) {
				for _, id := range regexp.MustCompile(`[HEOA][0-9]+`).FindAllString(end[1], -1) {
					ids = append(ids, []string{id, id})
				}
			}
		}
		name := filepath.ToSlash(strings.TrimPrefix(path, root+string(filepath.Separator)))
		for _, id := range ids {
			if !slices.Contains(into[id[1]], name) {
				into[id[1]] = append(into[id[1]], name)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return code, tests
}

// TestEveryRuleThatTheCodeNamesIsNamedByATest holds the rules both ways: a
// rule that refuses or leaves an event has a test; an id that is named
// anywhere is a rule; and docs/rules.md says which rules wait.
func TestEveryRuleThatTheCodeNamesIsNamedByATest(t *testing.T) {
	code, tests := rulesNamed(t)
	for id, files := range code {
		if _, ok := authn.RuleByID(authn.RuleID(id)); !ok {
			t.Errorf("%s is no rule, but %s names it", id, files)
		}
		if len(tests[id]) == 0 {
			t.Errorf("%s is named by %s and by no test", id, files)
		}
	}
	for id, files := range tests {
		if _, ok := authn.RuleByID(authn.RuleID(id)); !ok {
			t.Errorf("%s is no rule, but %s names it", id, files)
		}
	}
}

func TestEveryRuleThatDoesNotWaitIsNamedByATest(t *testing.T) {
	_, tests := rulesNamed(t)
	for _, r := range authn.Rules() {
		if coverage.WaitsFor(r.ID) == "" && len(tests[string(r.ID)]) == 0 {
			t.Errorf("%s stands, and no test names it", r.ID)
		}
	}
}
