package authn

import (
	_ "embed"
	"strings"
)

// RuleID is the id of a rule, such as "H34". Ids never change.
type RuleID string

// Source is the origin of a rule.
type Source string

// The sources of rules. Doc and Public rules come from the product's own
// documents; a Choice is offauth's own, where nothing public was found.
const (
	Doc    Source = "doc"
	Public Source = "public"
	Choice Source = "choice"
)

// Rule is one rule of the simulator.
type Rule struct {
	ID     RuleID
	Source Source
	Text   string
}

//go:embed rules.txt
var rulesText string

// Rules returns every rule, in the order of rules.txt.
func Rules() []Rule {
	lines := strings.Split(strings.TrimSuffix(rulesText, "\n"), "\n")
	rules := make([]Rule, 0, len(lines))
	for _, line := range lines {
		id, rest, _ := strings.Cut(line, "\t")
		source, text, _ := strings.Cut(rest, "\t")
		rules = append(rules, Rule{ID: RuleID(id), Source: Source(source), Text: text})
	}
	return rules
}

// RuleByID finds a rule; the id may be typed in lower case.
func RuleByID(id RuleID) (Rule, bool) {
	for _, r := range Rules() {
		if strings.EqualFold(string(r.ID), string(id)) {
			return r, true
		}
	}
	return Rule{}, false
}
