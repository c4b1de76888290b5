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
)

var (
	ruleID = regexp.MustCompile(`\b[HEOA][0-9]{1,2}\b`)
	// ruleNames are the rules at the end of a test's name: TestTheVectorsA1A7.
	ruleNames   = regexp.MustCompile(`func Test\w*?[a-z_](([HEOA][0-9]{1,2})+)\(`)
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
		isTest := strings.HasSuffix(path, "_test.go") || strings.HasSuffix(path, ".txtar")
		if !isTest && !strings.HasSuffix(path, ".go") || slices.Contains([]string{"rules_test.go", "vocabulary_test.go"}, filepath.Base(path)) {
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

// spine are the rules that stand; they are never waiting again.
var spine = strings.Fields(`H1 H2 H3 H4 H5 H6 H7 H8 H9 H10 H11 H12 H13 H14 H15 H16 H17 H18 H19 H20 H21 H22 H23 H24 H25
	H26 H27 H28 H29 H30 H31 H32 H33 H34 H35 H36 H37 H38 H39 H40 H41 H42 H43 H44 H45 H46
	E1 E2 E3 E4 E5 E6 E7 E8 E9 E10 E11 E12 E13 E14 E15 E16 E17 E18 E19 E20 E21 E22 E23 E24 E25 E26 E27 E28 E29 E30 E31 E32 E34 E35
	O1 O2 O3 O4 O5 O6 O7 O8 O9 O10 O11 O12 O13 O14 O15 O16 O17 O18 O19 O20 O21 O22 O23 O24 O25 O26 O27 O28 O29 O30
	O31 O32 O33 O34 O35 O36 O37 O38 O39 O40 O41 O42 O43 O44 O47 O48
	A1 A2 A3 A4 A5 A6 A7 A8 A9 A10 A11 A15 A16`)

func TestTheRulesThatStandAreNamedByTests(t *testing.T) {
	_, tests := rulesNamed(t)
	for _, id := range spine {
		if len(tests[id]) == 0 {
			t.Errorf("%s stands, and no test names it", id)
		}
	}
}
