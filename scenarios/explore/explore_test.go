package explore_test

import (
	"context"
	"testing"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/keystore"
	"github.com/offauth/offauth/scenarios/explore"
)

func memory() authn.Store { return keystore.NewMemoryStore() }

func TestTry(t *testing.T) {
	for _, profile := range []string{"hypr", "encap"} {
		r, err := explore.Explore(context.Background(), explore.Options{Profile: profile, Seed: 1, Runs: 2500, Store: memory, Now: time.Now})
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%s: %d runs %d actions %v: %.0f/s", profile, r.Runs, r.Actions, r.Wall, float64(r.Actions)/r.Wall.Seconds())
		for _, c := range r.States {
			t.Logf("  %-30s %d", c.Name, c.N)
		}
		for _, c := range r.Edges {
			t.Logf("  edge %-30s %d", c.Name, c.N)
		}
		t.Logf("  never %v", explore.Never(r.Refusals))
		if f := r.Found; f != nil {
			t.Logf("found %s: %s (drawn %d kept %d replays %d)", f.ID, f.What, f.Drawn, f.Kept, f.Replays)
			for _, m := range f.Scene.Moves {
				t.Logf("   %v %T%+v %v %v", m.At.Format(time.TimeOnly), m.Action, m.Action, m.Refusal, m.Expect)
			}
		}
	}
}
