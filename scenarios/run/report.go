package run

import (
	"time"

	"github.com/offauth/offauth/scenarios/player"
)

// The types of results are those of the player.
type (
	// Status is the status of an instance.
	Status = player.Status
	// Result is the result of an instance.
	Result = player.Result
	// Phase is a phase of a story.
	Phase = player.Phase
	// Failure is a failed expectation or another failure of a step.
	Failure = player.Failure
	// Frame is a call of a fragment, a loop, or the step itself.
	Frame = player.Frame
	// Instance is a story with one row of its table and one point of its matrix.
	Instance = player.Instance
)

// The statuses of instances.
const (
	Passed  = player.Passed
	Failed  = player.Failed
	Errored = player.Errored
	Skipped = player.Skipped
	XFailed = player.XFailed
	XPassed = player.XPassed
	NotRun  = player.NotRun
)

// Report is the result of a run. Except for wall times, it depends only on the files
// and the seeds.
type Report struct {
	// Results are sorted by ID, then Repeat.
	Results []Result
	// Shuffle is the seed of the order in which instances were started; nil means by ID.
	Shuffle *uint64
	// KDF is a phrase with the cost of stretching PINs.
	KDF string
	// Wall is the duration of the run.
	Wall time.Duration
	// Interrupted reports whether the run was cancelled.
	Interrupted bool
	// Goldens maps the paths of the goldens that Options.Update selects to their new
	// texts, which the caller writes.
	Goldens map[string]string
}

// Count returns the number of results with a status.
func (r Report) Count(s Status) int {
	n := 0
	for _, one := range r.Results {
		if one.Status == s {
			n++
		}
	}
	return n
}

// Virtual returns the sum of the virtual times of all instances.
func (r Report) Virtual() time.Duration {
	var sum time.Duration
	for _, one := range r.Results {
		sum += one.Virtual
	}
	return sum
}
