package player

import (
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/scenarios/story"
	"github.com/offauth/offauth/scenarios/syntax"
)

// Status is the status of an instance.
type Status string

// The statuses of instances.
const (
	Passed  Status = "passed"
	Failed  Status = "failed"
	Errored Status = "error"
	Skipped Status = "skipped"
	XFailed Status = "xfailed"
	XPassed Status = "xpassed"
	NotRun  Status = "not_run"
)

// Result is the result of an instance.
type Result struct {
	// ID is NAME, NAME[case], NAME[axis=value] or NAME[case,axis=value].
	ID string
	// Repeat counts from 1 if instances are repeated, and is 0 otherwise.
	Repeat int
	Path   string
	Line   int
	Name   string
	Tags   []string
	Status Status
	// Reason explains skipped, xfailed, xpassed, error and not_run.
	Reason string
	Seed   int64
	// Wall is the real time that it took, Virtual the world's time.
	Wall, Virtual time.Duration
	Actions       int
	// Hash is the SHA-256 of the transcript, 64 hex digits.
	Hash string
	// Rules are the rules that its expectations name or its file declares.
	Rules []authn.RuleID
	// Refusals ("verb code"), Kinds of events, Verbs and Roles are those that
	// occurred, sorted and without duplicates.
	Refusals, Kinds, Verbs, Roles []string
	Phases                        []Phase
	Failures                      []Failure
	// Cleanup are the failures of the cleanup.
	Cleanup []Failure
	// Transcript has a line for each Action and event, without secrets.
	Transcript []string
	// Events are all events, without secrets.
	Events []authn.Event
}

// Phase is a phase of a story; steps before the first phase step have an empty
// title.
type Phase struct {
	Title string
	// At is the virtual time from the start to its beginning.
	At      time.Duration
	Actions int
	Failed  bool
}

// The codes of failures.
const (
	CodeExpect    = "expect"
	CodeRefused   = "refused"
	CodeReference = "reference"
	CodeTimeout   = "timeout"
	CodePending   = "pending"
	CodeInvariant = "invariant"
	CodeFault     = "fault"
)

// Failure is a failed expectation or another failure of a step.
type Failure struct {
	syntax.Pos
	// Code is "expect", "refused", "reference", "timeout", "pending",
	// "invariant", "golden", "determinism", "fault" or "panic".
	Code string
	// What names the checked value, such as "pins_low: left".
	What          string
	Expected, Got string
	// Outcome is the step's refusal or result. It is empty if the failure occurred
	// before the step was done.
	Outcome string
	// Step is the name of the step, Phase the title of the phase.
	Step, Phase string
	// Stack holds the calls and loops, the outermost first, and the step itself.
	Stack []Frame
	// Last holds the last events before the failure as texts, the oldest first.
	Last []string
	// Diff holds the lines of the difference from a golden, with - or + in front.
	Diff []string
	// Actions is the number of Actions before the failure.
	Actions int
}

// Frame is a call of a fragment, a loop, or the step itself.
type Frame struct {
	syntax.Pos
	What string
}

// Played is one step that was played.
type Played struct {
	// Step is nil for the checks after the last step: pending steps, the story's
	// expectation and the invariants.
	Step *story.Step
	// Name is the name of the step, Phase the title of the phase.
	Name, Phase string
	// Depth is the number of calls and repeats around it.
	Depth int
	// At is the virtual time from the start to the end of the step.
	At time.Duration
	// Lines are the lines that it added to the transcript.
	Lines []string
	// Skipped reports whether its "when" was false.
	Skipped  bool
	Failures []Failure
}
