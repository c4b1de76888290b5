package worlds_test

import (
	"context"
	"testing"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/keystore"
	"github.com/offauth/offauth/keystore/keystoretest"
	"github.com/offauth/offauth/keystore/worlds"
)

// note is a small change of a world.
func note(name string) authn.Batch {
	return authn.Batch{Put: []authn.Record{{Site: authn.SiteServer, Name: name, Version: 1}}}
}

// asked returns what the next question says.
func asked(t *testing.T, w *worlds.Watch) bool {
	t.Helper()
	changed, err := w.Changed(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return changed
}

func TestAWatchTellsOfEachChangeOnce(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.create(t, "w", nil)
	mine, other := p.open(t, "w"), p.open(t, "w")
	watch, err := mine.Watch(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer watch.Close()
	if asked(t, watch) {
		t.Error("it tells of a change before there was one")
	}
	for name, w := range map[string]*worlds.World{"another's": other, "our own": mine} {
		if err := write(w, note(name)); err != nil {
			t.Fatal(err)
		}
		if !asked(t, watch) {
			t.Errorf("it does not tell of %s change", name)
		}
		if asked(t, watch) {
			t.Errorf("it tells of %s change twice", name)
		}
	}
	if err := other.View(t.Context(), func(authn.Reader) error { return nil }); err != nil {
		t.Fatal(err)
	}
	if asked(t, watch) {
		t.Error("it takes a look at the world for a change")
	}
}

// Nobody waits for a watch, and it waits for nobody: it answers in the middle
// of another's change.
func TestAWatchAnswersWhileAnotherChangesTheWorld(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.create(t, "w", nil)
	mine, other := p.open(t, "w"), p.open(t, "w")
	watch, err := mine.Watch(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer watch.Close()
	err = other.Update(context.Background(), func(authn.Reader) (authn.Batch, error) {
		if asked(t, watch) {
			t.Error("it tells of what is not committed")
		}
		return note("late"), nil
	})
	if err != nil || !asked(t, watch) {
		t.Errorf("after the change: %v", err)
	}
}

func TestAWatchFindsOutThatTheWorldWasDeleted(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.create(t, "w", nil)
	mine := p.open(t, "w")
	watch, err := mine.Watch(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer watch.Close()
	if err := p.Delete(t.Context(), "w", p.byKind, true); err != nil {
		t.Fatal(err)
	}
	_, err = watch.Changed(t.Context())
	keystoretest.WantCode(t, err, keystore.CodeNoWorld)
}
