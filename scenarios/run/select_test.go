package run_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/offauth/offauth/scenarios/run"
	"github.com/offauth/offauth/scenarios/story"
	"github.com/offauth/offauth/scenarios/syntax"
)

func TestTagsAreAndedOredAndNegated(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{ // tags of the stories: a: hypr; b: hypr slow; c: encap qr; d: none
		"": "abcd", "hypr": "ab", "not hypr": "cd", "hypr and not slow": "a", "encap or slow": "bc",
		"hypr and not (slow or qr)": "a", "hypr or encap and qr": "abc", "(hypr or encap) and qr": "c",
		"not not hypr": "ab", "((hypr))": "ab", "not(hypr)or slow": "bcd", "nothing": "",
	} {
		fits, err := run.ParseTags(text)
		if err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		got := ""
		for name, tags := range map[string][]string{"a": {"hypr"}, "b": {"hypr", "slow"}, "c": {"encap", "qr"}, "d": nil} {
			if fits.Fit(tags) {
				got += name
			}
		}
		letters := strings.Split(got, "")
		slices.Sort(letters)
		if got = strings.Join(letters, ""); got != want {
			t.Errorf("%q fits %q, want %q", text, got, want)
		}
	}
}

func TestWhatIsNoExpressionOverTagsIsSaid(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"and", "hypr and", "hypr slow", "not", "(hypr", "hypr)", "()", "hypr or or slow", "HYPR", "hypr,slow", "-a", "a && b",
		"!a",
		strings.Repeat("(", 5000), strings.Repeat("not ", 5000) + "a",
	} {
		if _, err := run.ParseTags(text); !errors.Is(err, run.ErrBadTags) {
			t.Errorf("%.20q: %v", text, err)
		}
	}
}

func TestGlobsTakeBracketsForThemselves(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		pattern, text string
		want          bool
	}{
		{"hypr-*", "hypr-five-seconds[back-at-5s]", true}, {"*[back-at-5s]", "hypr-five-seconds[back-at-5s]", true},
		{"*[back-at-6s]", "hypr-five-seconds[back-at-5s]", false}, {"hypr", "hypr-x", false}, {"", "", true}, {"*", "", true},
		{"a?c", "abc", true}, {"a?c", "ac", false}, {"*a*b*c", "xxaxxbxxbxc", true}, {"*a*b*c", "xxaxxcxxb", false},
		{"a**", "a", true},
	} {
		if got := run.Glob(row.pattern, row.text); got != row.want {
			t.Errorf("%q on %q is %v", row.pattern, row.text, got)
		}
	}
}

// tale returns a story that is never played.
func tale(name string, tags []string, cases []string, axes ...string) *story.Story {
	s := &story.Story{Path: name + ".scenario.yaml", Name: name, Tags: tags}
	for _, c := range cases {
		s.Cases = append(s.Cases, story.Case{Name: c})
	}
	for _, a := range axes {
		name, values, _ := strings.Cut(a, "=")
		axis := story.Axis{Name: name}
		for v := range strings.SplitSeq(values, "|") {
			axis.Values = append(axis.Values, &syntax.Node{Kind: syntax.Text, Text: v})
		}
		s.Axes = append(s.Axes, axis)
	}
	return s
}

func ids(all []run.Instance) string {
	var names []string
	for _, i := range all {
		names = append(names, i.ID)
	}
	return strings.Join(names, " ")
}

func TestInstancesAreRowsTimesPointsInTheOrderOfTheirIDs(t *testing.T) {
	t.Parallel()
	tied := tale("tied", nil, []string{"all", "one"}, "length=4|6")
	tied.Cases[1].Where = []story.Entry{{Name: "length", Value: &syntax.Node{Kind: syntax.Text, Text: "6"}}}
	for want, stories := range map[string][]*story.Story{
		"a b":                       {tale("b", nil, nil), tale("a", nil, nil)},
		"a[x] a[y]":                 {tale("a", nil, []string{"y", "x"})},
		"a[n=1] a[n=2]":             {tale("a", nil, nil, "n=1|2")},
		"a[x,n=1,m=8] a[x,n=1,m=9]": {tale("a", nil, []string{"x"}, "n=1", "m=8|9")},
		"tied[all,length=4] tied[all,length=6] tied[one,length=6]": {tied},
	} {
		all, err := run.Expand(stories, 0)
		if got := ids(all); err != nil || got != want {
			t.Errorf("%s (%v), want %s", got, err, want)
		}
	}
}

func TestTooManyInstancesNoneAndTwoOfOneNameAreErrors(t *testing.T) {
	t.Parallel()
	ten := "0|1|2|3|4|5|6|7|8|9"
	big := tale("big", nil, []string{"x", "y"}, "a="+ten, "b="+ten, "c="+ten, "d="+ten, "e="+ten, "f="+ten, "g="+ten,
		"h="+ten)
	if _, err := run.Expand([]*story.Story{big}, 0); !errors.Is(err, run.ErrTooMany) {
		t.Error(err)
	}
	four := tale("four", nil, nil, "a="+ten, "b="+ten)
	if all, err := run.Expand([]*story.Story{four}, 100); err != nil || len(all) != 100 {
		t.Error(len(all), err)
	}
	if _, err := run.Expand([]*story.Story{four}, 99); !errors.Is(err, run.ErrTooMany) {
		t.Error(err)
	}
	never := tale("never", nil, []string{"x"}, "n=1")
	never.Cases[0].Where = []story.Entry{{Name: "n", Value: &syntax.Node{Kind: syntax.Text, Text: "2"}}}
	for _, stories := range [][]*story.Story{{never}, {tale("a", nil, nil), tale("a", nil, nil)}} {
		if all, err := run.Expand(stories, 0); err == nil {
			t.Errorf("%s", ids(all))
		}
	}
}

func TestSelectingKeepsWhatFitsAndNamesWhatIsNear(t *testing.T) {
	t.Parallel()
	all, err := run.Expand([]*story.Story{
		tale("hypr-five-seconds", []string{"hypr", "slow"}, []string{"back-at-5s", "back-at-60s"}),
		tale("hypr-drain", []string{"hypr"}, nil),
		tale("encap-qr", []string{"encap"}, nil, "length=4|6"),
	}, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		filters []string
		tags    string
		want    string
	}{
		{nil, "slow", "hypr-five-seconds[back-at-5s] hypr-five-seconds[back-at-60s]"},
		{[]string{"hypr-five-seconds"}, "", "hypr-five-seconds[back-at-5s] hypr-five-seconds[back-at-60s]"},
		{[]string{"*[back-at-5s]", "*drain"}, "hypr", "hypr-drain hypr-five-seconds[back-at-5s]"},
		{[]string{"*length=4*"}, "", "encap-qr[length=4]"},
	} {
		kept, err := run.Select(all, row.filters, row.tags)
		if got := ids(kept); err != nil || got != row.want {
			t.Errorf("%v: %s (%v)", row, got, err)
		}
	}
	_, err = run.Select(all, []string{"hypr-drian"}, "")
	var none *run.NothingSelectedError
	if !errors.As(err, &none) || none.Near[0] != "hypr-drain" {
		t.Errorf("%v, %+v", err, none)
	}
	if _, err = run.Select(all, nil, "hypr and encap"); !errors.As(err, &none) ||
		!strings.Contains(fmt.Sprint(err), "hypr and encap") || !slices.IsSorted(none.AllTags) ||
		!slices.Contains(none.AllTags, "encap") {
		t.Errorf("%v, %q", err, none.AllTags)
	}
}
