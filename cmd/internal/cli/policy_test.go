package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/policytest"
	"github.com/offauth/offauth/authn/sim"
	"github.com/offauth/offauth/keystore/memory"
)

// TestPolicySetAcceptsTheRangeOfEverySetting types the bounds of every setting,
// and the values next to them.
func TestPolicySetAcceptsTheRangeOfEverySetting(t *testing.T) {
	t.Parallel()
	for _, c := range policytest.Cases(t) {
		store := memory.NewStore()
		if err := sim.Start(t.Context(), store, nil); err != nil {
			t.Fatal(err)
		}
		key, person := string(c.Key), &circle{t: t, host: hostOf(t, store)}
		for _, s := range c.Before {
			if exit, _, errs := person.run([]string{"admin", "policy", "set", string(s.Key) + "=" + s.Value}, ""); exit != 0 {
				t.Fatalf("%s: %s", c.Name(), errs)
			}
		}
		_, before, _ := person.run([]string{"admin", "policy", "show", "-q"}, "")
		exit, out, errs := person.run([]string{"admin", "policy", "set", key + "=" + c.Value}, "")
		_, after, _ := person.run([]string{"admin", "policy", "show", "-q"}, "")
		if c.Accepted {
			if exit != 0 || !strings.HasPrefix(out, key+" is "+c.Value+"\n") || !strings.Contains(after, key+"="+c.Value+"\n") {
				t.Errorf("%s: exit code %d: %s%s", c.Name(), exit, out, errs)
			}
			continue
		}
		want := fmt.Sprintf("error: %s accepts %s, not %s (out_of_range, %s)\nhint: offauth admin policy explain %s\n", key,
			c.Range, c.Value, c.Rule, key)
		if exit != int(authn.ExitRefused) || errs != want || after != before {
			t.Errorf("%s: exit code %d: %s\nwant %s\n%s", c.Name(), exit, errs, want, after)
		}
	}
}

// TestPagesNameTheRangesThatSettingsHave reads the pages, and with them the help
// that some are made from: where a line names a setting or its rule and says
// "6 to 13", that is the range.
func TestPagesNameTheRangesThatSettingsHave(t *testing.T) {
	t.Parallel()
	ranges := map[string][]string{}
	for _, c := range policytest.Cases(t) {
		if c.Range.High > 0 {
			said := fmt.Sprintf("%d to %d", c.Range.Low, c.Range.High)
			for _, name := range []string{string(c.Rule), string(c.Key)} {
				ranges[name] = append(ranges[name], said)
			}
		}
	}
	pages, err := filepath.Glob(filepath.Join(repository, "docs", "*.md"))
	deeper, err2 := filepath.Glob(filepath.Join(repository, "docs", "*", "*.md"))
	if err != nil || err2 != nil || len(deeper) == 0 {
		t.Fatal(err, err2, len(deeper))
	}
	number, name := regexp.MustCompile(`\b([0-9][0-9,]*)s? to ([0-9][0-9,]*)`),
		regexp.MustCompile(`\b([HEOA][0-9]+|(hypr|encap|onespan)\.[a-z_.]+)\b`)
	found := 0
	for _, page := range append(append(pages, deeper...), filepath.Join(repository, "README.md")) {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(page, "changelog.md") {
			continue // which tells of ranges that were
		}
		for line := range strings.Lines(string(text)) {
			var known []string
			for _, n := range name.FindAllString(line, -1) {
				known = append(known, ranges[n]...)
			}
			for _, said := range number.FindAllStringSubmatch(line, -1) {
				if bounds := strings.ReplaceAll(said[1]+" to "+said[2], ",", ""); len(known) > 0 &&
					!slices.Contains(known, bounds) {
					t.Errorf("%s says %s, and the settings that it names accept %s:\n%s", page, bounds, strings.Join(known, ", "),
						line)
				} else if len(known) > 0 {
					found++
				}
			}
		}
	}
	if found < 10 {
		t.Errorf("only %d ranges were found in the pages", found)
	}
}
