package cli

import (
	"fmt"
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
		key, person := string(c.Key), &circle{t: t, store: memory.NewStore()}
		if err := sim.Start(t.Context(), person.store, nil); err != nil {
			t.Fatal(err)
		}
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
		want := fmt.Sprintf("error: %s accepts %s, not %s (out_of_range, %s)\nhint: offauth admin policy explain %s\n", key, c.Range, c.Value, c.Rule, key)
		if exit != int(authn.ExitRefused) || errs != want || after != before {
			t.Errorf("%s: exit code %d: %s\nwant %s\n%s", c.Name(), exit, errs, want, after)
		}
	}
}
