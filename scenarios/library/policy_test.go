package library_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/policytest"
	"github.com/offauth/offauth/authn/verb"
	"github.com/offauth/offauth/scenarios/lint"
	"github.com/offauth/offauth/scenarios/run"
	"github.com/offauth/offauth/scenarios/story"
)

// TestEverySettingIsAcceptedInItsRangeByAStory writes, lints and plays a story with the
// bounds of each setting and the values next to them.
func TestEverySettingIsAcceptedInItsRangeByAStory(t *testing.T) {
	t.Parallel()
	var stories []*story.Story
	all := policytest.Cases(t)
	for len(all) > 0 {
		n := 1
		for n < len(all) && all[n].Key == all[0].Key && len(all[n].Before) == len(all[0].Before) {
			n++
		}
		text := boundsOf(all[:n])
		told, findings := lint.Load(fstest.MapFS{"bounds.scenario.yaml": {Data: []byte(text)}}, "bounds.scenario.yaml")
		if told == nil || len(findings) > 0 {
			t.Fatalf("%v\n%s", findings, text)
		}
		told.Name = fmt.Sprintf("%s-%d", told.Name, len(stories))
		stories, all = append(stories, told), all[n:]
	}
	instances, err := run.Expand(stories, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range run.Run(t.Context(), instances, options()).Results {
		if r.Status != run.Passed {
			t.Errorf("%s: %s %s %+v", r.ID, r.Status, r.Reason, r.Failures)
		}
	}
}

// TestTheLinterKnowsTheRangeOfEverySetting writes the bounds of each setting,
// and the values next to them, into the policy of a story.
func TestTheLinterKnowsTheRangeOfEverySetting(t *testing.T) {
	t.Parallel()
	for _, c := range policytest.Cases(t) {
		text := beginning(c, append(c.Before, c.Setting)...) + "steps: [{wait: 1s, expect: {no_events: [policy_set]}}]\n"
		_, findings := lint.Load(fstest.MapFS{"bounds.scenario.yaml": {Data: []byte(text)}}, "bounds.scenario.yaml")
		_, short, _ := strings.Cut(string(c.Key), ".")
		want := fmt.Sprintf("%s: %s: %s, got %s", short, c.Rule, c.Range, c.Value)
		if c.Accepted && len(findings) > 0 || !c.Accepted && (len(findings) != 1 || findings[0].Code != "OA310" ||
			findings[0].Message != want) {
			t.Errorf("%s: %v, want %s", c.Name(), findings, want)
		}
	}
}

// beginning returns a story of one family with a policy, up to its steps.
func beginning(c policytest.Case, policy ...authn.Setting) string {
	return fmt.Sprintf("offauth: scenario/v1\nname: bounds\nprofile: %s\npolicy: %s\n"+
		"actors: {server: {role: server}, admin: {role: admin}}\nclock: {start: 2026-03-02T08:00:00Z}\n", c.Family,
		nested(policy...))
}

// boundsOf returns a story that sets one setting to each value in turn.
func boundsOf(cases []policytest.Case) string {
	first := cases[0]
	_, short, _ := strings.Cut(string(first.Key), ".")
	text := beginning(first, first.Before...) + "steps:\n"
	now := defaultOf(first.Key)
	for _, c := range cases {
		text += "  - policy: " + nested(c.Setting) + "\n"
		if c.Accepted {
			now = c.Value
			text += fmt.Sprintf("    expect: {events: [policy_set], state: {server.policy.%s: %s}}\n", short, now)
		} else {
			text += fmt.Sprintf(
				"    expect: {refused: out_of_range, rule: %s, no_events: [policy_set], state: {server.policy.%s: %s}}\n", c.Rule,
				short, now)
		}
	}
	return text
}

func defaultOf(key authn.SettingKey) string {
	for _, v := range verb.Policy() {
		if v.Key == key {
			return v.Default
		}
	}
	return ""
}

// nested returns settings in the form of a story: {pins: {count: 10}}.
func nested(settings ...authn.Setting) string {
	var parts []string
	for _, s := range settings {
		words := strings.Split(string(s.Key), ".")[1:]
		parts = append(parts, strings.Join(words, ": {")+": "+s.Value+strings.Repeat("}", len(words)-1))
	}
	return "{" + strings.Join(parts, ", ") + "}"
}
