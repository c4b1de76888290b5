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

// Scenario is a scenario that was written and played once.
type Scenario struct {
	// Text is the content of the file.
	Text []byte
	// Exact reports whether its waits are exact to the nanosecond, because the
	// scenario fails with whole seconds.
	Exact bool
	// Result is empty if Findings contain an error.
	Result   player.Result
	Findings []syntax.Finding
}

// Passed reports whether the scenario is valid and passed.
func (s Scenario) Passed() bool { return !syntax.Wrong(s.Findings) && s.Result.Status == player.Passed }

// Write writes a scene and plays it in a new world. Waits are whole seconds if the
// scenario passes with them. store returns an empty store, now reads the wall
// clock. The error wraps compose.ErrUnsupported if a move cannot be expressed.
func Write(ctx context.Context, scene compose.Scene, store func() authn.Store, now func() time.Time) (Scenario, error) {
	rounded, err := write(ctx, Rounded(scene), store, now)
	if err != nil || rounded.Passed() && sameTimers(scene, rounded) {
		return rounded, err
	}
	exact, err := write(ctx, Exact(scene), store, now)
	if err != nil {
		return exact, err
	}
	if exact.Passed() && (!rounded.Passed() || sameTimers(scene, exact)) {
		return exact, nil
	}
	return rounded, nil
}

// sameTimers reports whether the same number of timers of each kind fired as in
// the recording. Rounding can change that without failing an expectation.
func sameTimers(scene compose.Scene, written Scenario) bool {
	count := map[authn.Kind]int{}
	for _, m := range scene.Moves {
		for _, e := range timersOf(m.Outcome.Events) {
			count[e.Kind]++
		}
	}
	for _, e := range timersOf(written.Result.Events) {
		count[e.Kind]--
	}
	for kind, n := range count {
		if n != 0 && kind != authn.EventClockWentBack { // the scenario sets the clock back instead
			return false
		}
	}
	return true
}

func write(ctx context.Context, scene compose.Scene, store func() authn.Store, now func() time.Time) (Scenario, error) {
	written := Scenario{Exact: scene.Exact}
	var err error
	if written.Text, err = compose.Write(scene); err != nil {
		return written, err
	}
	written.Result, written.Findings, err = Play(ctx, scene.Name+lint.ScenarioSuffix, written.Text, store, now)
	return written, err
}
