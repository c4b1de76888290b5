// Package policytest lists the values at the bounds of every setting, for the
// tests of all layers that handle settings.
package policytest

import (
	"slices"
	"strconv"
	"testing"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/encap"
	"github.com/offauth/offauth/authn/hypr"
	"github.com/offauth/offauth/authn/onespan"
)

// Case is a value at a bound of a setting.
type Case struct {
	// Before has the settings that the range depends on, if any.
	Before []authn.Setting
	authn.Setting
	Family authn.FamilyName
	Rule   authn.RuleID
	Range  authn.Range
	// Accepted is false for a value one step outside the range.
	Accepted bool
}

// Name names the case for a subtest.
func (c Case) Name() string {
	name := string(c.Key) + "=" + c.Value
	for _, s := range c.Before {
		name += "," + string(s.Key) + "=" + s.Value
	}
	return name
}

// Cases returns the lowest and the highest number of every setting, the next
// number outside on each side, every word of a list, and an invalid word.
func Cases(t testing.TB) []Case {
	t.Helper()
	return append(append(
		family(t, authn.FamilyHYPR, hypr.DefaultSettings()),
		family(t, authn.FamilyEncap, encap.DefaultSettings())...),
		family(t, authn.FamilyOneSpan, onespan.DefaultSettings())...)
}

// settings is the interface of a family's settings.
type settings[S any] interface {
	With([]authn.Setting) (S, error)
	View() []authn.SettingView
}

// family returns the cases of one family with its defaults and, if a word of
// one setting changes the range of another, with that word.
func family[S settings[S]](t testing.TB, name authn.FamilyName, defaults S) []Case {
	t.Helper()
	var cases []Case
	first := defaults.View()
	for i, v := range first {
		cases = append(cases, around(name, nil, v)...)
		for _, word := range v.Range.Words {
			before := []authn.Setting{{Key: v.Key, Value: word}}
			s, err := defaults.With(before)
			if err != nil {
				t.Fatal(err)
			}
			for j, now := range s.View() {
				if j != i && now.Range.String() != first[j].Range.String() {
					cases = append(cases, around(name, before, now)...)
				}
			}
		}
	}
	return cases
}

// around returns the cases of one setting.
func around(family authn.FamilyName, before []authn.Setting, v authn.SettingView) []Case {
	var cases []Case
	add := func(value string, accepted bool) {
		c := Case{Before: before, Setting: authn.Setting{Key: v.Key, Value: value}, Family: family, Rule: v.Rule,
			Range: v.Range, Accepted: accepted}
		cases = append(cases, c)
	}
	if r := v.Range; r.High > 0 {
		for _, n := range []int{r.Low - 1, r.Low, r.High, r.High + 1} {
			add(strconv.Itoa(n)+r.Unit, n >= r.Low && n <= r.High)
		}
	}
	for _, word := range v.Range.Words {
		add(word, true)
	}
	if len(v.Range.Words) > 0 && !slices.Equal(v.Range.Words, []string{"true", "false"}) {
		add("none-of-these", false)
	}
	return cases
}
