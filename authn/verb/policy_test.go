package verb_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/encap"
	"github.com/offauth/offauth/authn/hypr"
	"github.com/offauth/offauth/authn/onespan"
	"github.com/offauth/offauth/authn/policytest"
	"github.com/offauth/offauth/authn/verb"
)

// TestEverySettingIsAcceptedInItsRangeOnly tries the bounds of every setting
// and the values next to them.
func TestEverySettingIsAcceptedInItsRangeOnly(t *testing.T) {
	for _, c := range policytest.Cases(t) {
		err := verb.JudgePolicy(append(slices.Clone(c.Before), c.Setting))
		if c.Accepted {
			if err != nil {
				t.Errorf("%s: %v", c.Name(), err)
			}
			continue
		}
		r, refused := authn.AsRefusal(err)
		if !refused || r.Code != authn.CodeOutOfRange || r.Rule != c.Rule || r.Subject != string(c.Key) ||
			r.Fields["accepted"] != c.Range.String() {
			t.Errorf("%s: %+v, want out_of_range by %s", c.Name(), err, c.Rule)
		}
	}
}

// written matches a range in a sentence: "6 to 13".
var written = regexp.MustCompile(`\b[0-9]+ to [0-9]+\b`)

// TestTheRulesNameTheRangesAndDefaultsOfTheSettings compares the sentences of
// rules.txt with the table of settings, both ways.
func TestTheRulesNameTheRangesAndDefaultsOfTheSettings(t *testing.T) {
	ranges := map[authn.RuleID][]string{}
	for _, c := range policytest.Cases(t) {
		if c.Range.High > 0 {
			said := fmt.Sprintf("%d to %d", c.Range.Low, c.Range.High)
			if !slices.Contains(ranges[c.Rule], said) {
				ranges[c.Rule] = append(ranges[c.Rule], said)
			}
		}
	}
	for id, want := range ranges {
		rule, _ := authn.RuleByID(id)
		said := written.FindAllString(rule.Text, -1)
		for _, r := range want {
			if !slices.Contains(said, r) {
				t.Errorf("%s does not say that its setting accepts %s: %s", id, r, rule.Text)
			}
		}
		for _, r := range said {
			if !slices.Contains(want, r) {
				t.Errorf("%s says %s, and its settings accept %s", id, r, strings.Join(want, ", "))
			}
		}
	}
	for _, v := range verb.Policy() {
		rule, _ := authn.RuleByID(v.Rule)
		number := strings.TrimSuffix(v.Default, v.Range.Unit)
		if said := regexp.MustCompile(`defaults? to ([0-9]+)`).FindStringSubmatch(rule.Text); said != nil &&
			v.Range.High > 0 && said[1] != number {
			t.Errorf("%s says that the default is %s, and it is %s", v.Rule, said[1], v.Default)
		}
	}
}

// TestASettingIsTypedAsItIsShown types what each setting shows, which changes
// nothing, and another value, which changes that setting and no other.
func TestASettingIsTypedAsItIsShown(t *testing.T) {
	other := map[authn.SettingKey]string{
		"hypr.rp_application": "Laptops", "hypr.server.version": "3.5", "hypr.offline.enabled": "true",
		"encap.offline.methods": "OFFLINE", "encap.add.methods": "DEVICE",
	}
	for _, c := range policytest.Cases(t) {
		if c.Accepted && len(c.Before) == 0 && c.Value != defaultOf(c.Key) {
			other[c.Key] = c.Value
		}
	}
	for _, v := range verb.Policy() {
		if v.Doc == "" || v.Range.String() == "" || v.Value != v.Default {
			t.Errorf("%s: %+v", v.Key, v)
		}
		if _, ok := authn.RuleByID(v.Rule); !ok {
			t.Errorf("%s names the rule %q", v.Key, v.Rule)
		}
		for _, value := range []string{v.Value, other[v.Key]} {
			for _, w := range after(t, authn.Setting{Key: v.Key, Value: value}) {
				want := w.Default
				if w.Key == v.Key {
					want = value
				}
				if w.Value != want || w.Default != defaultOf(w.Key) {
					t.Errorf("after %s=%s, %s is %s (default %s)", v.Key, value, w.Key, w.Value, w.Default)
				}
			}
		}
	}
}

func defaultOf(key authn.SettingKey) string {
	for _, v := range verb.Policy() {
		if v.Key == key {
			return v.Default
		}
	}
	return ""
}

// after returns the settings of a family after one was changed.
func after(t *testing.T, change authn.Setting) []authn.SettingView {
	t.Helper()
	var views []authn.SettingView
	var err error
	switch family, _ := change.Key.Cut(); family {
	case authn.FamilyHYPR:
		s, failed := hypr.DefaultSettings().With([]authn.Setting{change})
		views, err = s.View(), failed
	case authn.FamilyEncap:
		s, failed := encap.DefaultSettings().With([]authn.Setting{change})
		views, err = s.View(), failed
	case authn.FamilyOneSpan:
		s, failed := onespan.DefaultSettings().With([]authn.Setting{change})
		views, err = s.View(), failed
	}
	if err != nil {
		t.Errorf("%v: %v", change, err)
	}
	return views
}
