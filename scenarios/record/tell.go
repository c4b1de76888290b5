package record

import (
	"context"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/scenarios/compose"
	"github.com/offauth/offauth/scenarios/lint"
	"github.com/offauth/offauth/scenarios/player"
	"github.com/offauth/offauth/scenarios/syntax"
)

// Told is a scenario that was written and played once.
type Told struct {
	// Text is the file's.
	Text []byte
	// Exact reports whether it tells every gap of time to the nanosecond, as its
	// story does not come true with whole seconds.
	Exact bool
	// Result is that of playing it, empty if Findings are more than warnings.
	Result   player.Result
	Findings []syntax.Finding
}

// Passed reports whether it tells what was done.
func (t Told) Passed() bool { return !syntax.Wrong(t.Findings) && t.Result.Status == player.Passed }

// Tell writes a scene, in whole seconds if it comes true so, and plays it in a
// world of its own. Store returns an empty store, Now reads the wall clock. The
// error wraps compose.ErrUntold if something was done that no scenario can
// tell.
func Tell(ctx context.Context, scene compose.Scene, store func() authn.Store, now func() time.Time) (Told, error) {
	rounded, err := tell(ctx, Rounded(scene), store, now)
	if err != nil || rounded.Passed() && sameTimers(scene, rounded) {
		return rounded, err
	}
	exact, err := tell(ctx, Exact(scene), store, now)
	if err != nil {
		return exact, err
	}
	if exact.Passed() && (!rounded.Passed() || sameTimers(scene, exact)) {
		return exact, nil
	}
	return rounded, nil
}

// sameTimers reports whether as many timers of each kind fired as were recorded.
// A rounded second may make another timer fire, though nothing that was
// expected hangs on it.
func sameTimers(scene compose.Scene, told Told) bool {
	count := map[authn.Kind]int{}
	for _, m := range scene.Moves {
		for _, e := range timersOf(m.Outcome.Events) {
			count[e.Kind]++
		}
	}
	for _, e := range timersOf(told.Result.Events) {
		count[e.Kind]--
	}
	for kind, n := range count {
		if n != 0 && kind != authn.EventClockWentBack { // which is told as set back
			return false
		}
	}
	return true
}

func tell(ctx context.Context, scene compose.Scene, store func() authn.Store, now func() time.Time) (Told, error) {
	told := Told{Exact: scene.Exact}
	var err error
	if told.Text, err = compose.Write(scene); err != nil {
		return told, err
	}
	told.Result, told.Findings, err = Play(ctx, scene.Name+lint.ScenarioSuffix, told.Text, store, now)
	return told, err
}
