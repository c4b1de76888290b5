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
	// Exact says that it tells every gap of time to the nanosecond, as its
	// story does not come true with whole seconds.
	Exact bool
	// Result is that of playing it, empty if Findings are more than warnings.
	Result   player.Result
	Findings []syntax.Finding
}

// Passed says whether it tells what was done.
func (t Told) Passed() bool { return !syntax.Wrong(t.Findings) && t.Result.Status == player.Passed }

// Tell writes a scene, in whole seconds if it comes true so, and plays it in a
// world of its own. Store gives an empty store, Now reads the wall clock. The
// error wraps compose.ErrUntold if something was done that no scenario can
// tell.
func Tell(ctx context.Context, scene compose.Scene, store func() authn.Store, now func() time.Time) (Told, error) {
	rounded, err := tell(ctx, Rounded(scene), store, now)
	if err != nil || rounded.Passed() {
		return rounded, err
	}
	exact, err := tell(ctx, Exact(scene), store, now)
	if err != nil || exact.Passed() {
		return exact, err
	}
	return rounded, nil
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
