package explore_test

import (
	"errors"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/keystore/memory"
	"github.com/offauth/offauth/scenarios/explore"
	"github.com/offauth/offauth/scenarios/invariant"
)

func memoryStore() authn.Store { return memory.NewStore() }

// bounded is a store that cannot be copied.
type bounded struct{ authn.Store }

// runs is how many a test plays; many more when there is time.
func runs(few int) int {
	if os.Getenv("OFFAUTH_LONG") != "" {
		return 40 * few
	}
	return few
}

func explored(t *testing.T, o explore.Options) explore.Result {
	t.Helper()
	if o.Store == nil {
		o.Store = memoryStore
	}
	r, err := explore.Explore(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestTheEngineBreaksNoInvariantAndIsLookedAtClosely(t *testing.T) {
	t.Parallel()
	for profile, weak := range map[string][]string{ // what few runs may miss
		"hypr": {"exhaustion", "unconfirmed_set_used", "reset_by_success", "others_right_pin", "answered_at_the_last_moment"}, "encap": nil, "hypr@current": nil,
		"onespan": {},
	} {
		t.Run(profile, func(t *testing.T) {
			t.Parallel()
			few := 60
			if profile == "hypr@current" {
				few = 5
			}
			r := explored(t, explore.Options{Profile: profile, Seed: 1, Runs: runs(few), Now: time.Now})
			t.Logf("%d runs, %d actions in %v; never: %v", r.Runs, r.Actions, r.Wall, explore.Never(r.Refusals))
			if f := r.Found; f != nil {
				t.Fatalf("%s: %s\n%s", f.ID, f.What, tell(f))
			}
			if r.Runs != runs(few) || r.Actions < 30*r.Runs || r.Replayed == 0 || len(r.Edges) == 0 || len(r.Invariants) < 10 || r.Wall <= 0 {
				t.Errorf("too little was done: %+v", r)
			}
			never := explore.Never(r.States)
			if os.Getenv("OFFAUTH_LONG") == "" {
				never = slices.DeleteFunc(never, func(s string) bool { return slices.Contains(weak, s) || few < 10 })
			}
			if len(never) > 0 {
				t.Errorf("never met: %v", never)
			}
		})
	}
}

// tell writes a story for a failing test.
func tell(f *explore.Found) string {
	var b strings.Builder
	for _, a := range f.Scene.Actors {
		b.WriteString("  " + string(a.Role) + " " + a.Name + " " + a.User + "\n")
	}
	for _, m := range f.Scene.Moves {
		b.WriteString("  " + m.At.Format(time.RFC3339Nano) + " ")
		if m.Action == nil {
			b.WriteString("crash\n")
			continue
		}
		b.WriteString(m.Action.Verb() + " " + reflect.TypeOf(m.Action).Name())
		if m.Refusal != nil {
			b.WriteString(" refused " + string(m.Refusal.Code))
		}
		b.WriteString(" " + strings.Join(m.Expect, "; ") + "\n")
	}
	return b.String()
}

func TestARunIsTheSameEachTimeAndWithAnyStore(t *testing.T) {
	t.Parallel()
	o := explore.Options{Profile: "encap", Seed: 7, Runs: 4}
	first, second := explored(t, o), explored(t, o)
	if !reflect.DeepEqual(first, second) {
		t.Errorf("two explorations of one seed differ:\n%+v\n%+v", first, second)
	}
	o.Store = func() authn.Store { return bounded{memory.NewStore()} }
	if third := explored(t, o); !reflect.DeepEqual(first, third) {
		t.Errorf("a store that cannot be copied gives another exploration:\n%+v\n%+v", first, third)
	}
	o.Seed = 8
	if other := explored(t, o); reflect.DeepEqual(first.Refusals, other.Refusals) {
		t.Error("two seeds give the same exploration")
	}
}

func TestOptionsThatSayNothingAreRefused(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]explore.Options{
		"profile":    {Profile: "hypr@modern", Runs: 1, Store: memoryStore},
		"no end":     {Profile: "hypr", Store: memoryStore},
		"no clock":   {Profile: "hypr", For: time.Second, Store: memoryStore},
		"no store":   {Profile: "hypr", Runs: 1},
		"invariants": {Profile: "hypr", Runs: 1, Store: memoryStore, Invariants: []string{"no_such"}},
	} {
		if _, err := explore.Explore(t.Context(), o); !errors.Is(err, explore.ErrOptions) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTimeEndsAnExploration(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)
	tick := func() time.Time { now = now.Add(time.Second); return now }
	r := explored(t, explore.Options{Profile: "encap", Seed: 1, For: 3 * time.Second, Now: tick})
	if r.Runs == 0 || r.Runs > 3 || r.Wall < 3*time.Second {
		t.Errorf("%d runs in %v", r.Runs, r.Wall)
	}
}

func TestTheInvariantsThatAreNamedAreHeld(t *testing.T) {
	t.Parallel()
	r := explored(t, explore.Options{Profile: "hypr", Seed: 1, Runs: 1, Invariants: []string{"old_set_dead"}})
	if want := []string{"old_set_dead", invariant.SpendBeforeTell, invariant.SameSeedSameLog, invariant.NoFault}; !slices.Equal(r.Invariants, want) {
		t.Errorf("got %v, want %v", r.Invariants, want)
	}
}

// BenchmarkExplore plays runs; actions/s is with the real primitives, at the
// cost of CheapKDF.
func BenchmarkExplore(b *testing.B) {
	for _, profile := range explore.Profiles() {
		b.Run(profile, func(b *testing.B) {
			actions := 0
			for i := range b.N {
				r, err := explore.Explore(b.Context(), explore.Options{Profile: profile, Seed: int64(i), Runs: 200, Store: memoryStore})
				if err != nil || r.Found != nil {
					b.Fatal(err, r.Found)
				}
				actions += r.Actions
			}
			b.ReportMetric(float64(actions)/b.Elapsed().Seconds(), "actions/s")
		})
	}
}
