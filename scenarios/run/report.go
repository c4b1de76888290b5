package run

import (
	"time"

	"github.com/offauth/offauth/scenarios/player"
)

// What a run reports of its instances comes from the player.
type (
	// Status is how an instance ended.
	Status = player.Status
	// Result is how one instance went.
	Result = player.Result
	// Phase is a chapter of a story.
	Phase = player.Phase
	// Failure is one expectation that did not come true.
	Failure = player.Failure
	// Frame is one call of a fragment, or the step itself.
	Frame = player.Frame
	// Instance is a story with one row of its table and one point of its matrix.
	Instance = player.Instance
)

// The ends of an instance. NotRun is never a pass.
const (
	Passed  = player.Passed
	Failed  = player.Failed
	Errored = player.Errored
	Skipped = player.Skipped
	XFailed = player.XFailed
	XPassed = player.XPassed
	NotRun  = player.NotRun
)

// Report is the result of a run. But for the wall times it depends on the files
// and the seeds alone.
type Report struct {
	// Results are sorted by ID, then Repeat.
	Results []Result
	// Shuffle is the seed of the order in which they were started; nil if by ID.
	Shuffle *uint64
	// KDF is the cost at which PINs were stretched, as a phrase.
	KDF string
	// Wall is how long it took.
	Wall time.Duration
	// Interrupted reports whether it was ended early.
	Interrupted bool
	// Goldens are the new texts of the goldens that Options.Update asked for, by
	// their paths; the caller writes them.
	Goldens map[string]string
}

// Count counts the results of a status.
func (r Report) Count(s Status) int {
	n := 0
	for _, one := range r.Results {
		if one.Status == s {
			n++
		}
	}
	return n
}

// Virtual is how far the clocks of all instances moved together.
func (r Report) Virtual() time.Duration {
	var sum time.Duration
	for _, one := range r.Results {
		sum += one.Virtual
	}
	return sum
}
