package explore_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/keystore/memory"
	"github.com/offauth/offauth/scenarios/compose"
	"github.com/offauth/offauth/scenarios/explore"
	"github.com/offauth/offauth/scenarios/player"
	"github.com/offauth/offauth/scenarios/record"
	"github.com/offauth/offauth/scenarios/syntax"
)

// told writes what was found as a file, wants the linter to have nothing
// against it, and plays it over a store.
func told(t *testing.T, f *explore.Found, store func() authn.Store, want player.Status) string {
	t.Helper()
	text, err := compose.Write(f.Scene)
	if err != nil {
		t.Fatal(err)
	}
	r, findings, err := record.Play(t.Context(), f.Scene.Name+".scenario.yaml", text, store, func() time.Time { return time.Time{} })
	nothing := func(f syntax.Finding) bool { return f.Code == "OA401" } // of a panic nothing can be expected but that there is none
	if err != nil || slices.ContainsFunc(findings, func(f syntax.Finding) bool { return !nothing(f) }) {
		t.Fatalf("%v, %+v\n%s", err, findings, text)
	}
	if r.Status != want {
		t.Errorf("it is %s (%s), want %s: %+v\n%s\n%s", r.Status, r.Reason, want, r.Failures, text, strings.Join(r.Transcript, "\n"))
	}
	return string(text)
}

// amnesiac is a store that loses what is written again of a PIN set at a
// workstation: so it forgets which PINs were used. Unlike a bug between a
// world and its user, it can lie under the explorer and under the player.
type amnesiac struct{ authn.Store }

func forgetting() authn.Store { return amnesiac{memory.NewStore()} }

func (a amnesiac) Fork() authn.Store {
	return amnesiac{a.Store.(interface{ Fork() authn.Store }).Fork()}
}

// Update implements authn.Store.
func (a amnesiac) Update(ctx context.Context, change func(authn.Reader) (authn.Batch, error)) error {
	return a.Store.Update(ctx, func(r authn.Reader) (authn.Batch, error) {
		batch, err := change(r)
		batch.Put = slices.DeleteFunc(batch.Put, func(rec authn.Record) bool {
			return rec.Version > 1 && rec.Site.Role() == authn.RoleWorkstation && strings.HasPrefix(rec.Name, "hypr/set/")
		})
		return batch, err
	})
}

// TestAFoundFileFailsWithTheBugAndPassesWithoutIt is the whole way: a bug is
// found, cut down, written, read again, and played with the bug and without.
func TestAFoundFileFailsWithTheBugAndPassesWithoutIt(t *testing.T) {
	t.Parallel()
	o := explore.Options{Profile: "hypr", Seed: 5, Runs: 400, Store: forgetting, Invariants: []string{"no_pin_accepted_twice"}}
	f := explored(t, o).Found
	if f == nil {
		t.Fatal("nothing was found")
	}
	text := told(t, f, forgetting, player.Failed)
	told(t, f, memoryStore, player.Passed)
	if len(f.Scene.Moves) > 8 || !strings.Contains(text, "refused: pin_used") || !strings.Contains(text, "# no_pin_accepted_twice: ") {
		t.Errorf("%d moves:\n%s", len(f.Scene.Moves), text)
	}
}

// TestACredentialIsToldByItsParts: no code and no PIN of a found story is in
// its file.
func TestACredentialIsToldByItsParts(t *testing.T) {
	t.Parallel()
	o := explore.Options{Profile: "onespan", Seed: 2, Runs: 400, Open: plant(again), Invariants: []string{"no_code_accepted_twice"}}
	f := explored(t, o).Found
	if f == nil {
		t.Fatal("nothing was found")
	}
	text := told(t, f, memoryStore, player.Passed)
	if !strings.Contains(text, "${saved.code1}") || strings.Contains(text, "2580") {
		t.Error(text)
	}
	o.Store = memoryStore
	if less, err := explore.Shrink(t.Context(), o, f.Scene); err != nil || less == nil || less.ID != f.ID || less.Kept != f.Kept {
		t.Errorf("cut down again: %v, %+v", err, less)
	}
}
