package player

import (
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/scenarios/story"
	"github.com/offauth/offauth/scenarios/syntax"
)

// Status is how an instance ended.
type Status string

// The ends of an instance. NotRun is never a pass.
const (
	Passed  Status = "passed"
	Failed  Status = "failed"
	Errored Status = "error"
	Skipped Status = "skipped"
	XFailed Status = "xfailed"
	XPassed Status = "xpassed"
	NotRun  Status = "not_run"
)

// Result is how one instance went.
type Result struct {
	// ID is NAME, NAME[case], NAME[axis=value] or NAME[case,axis=value].
	ID string
	// Repeat counts from 1 where instances are repeated.
	Repeat int
	Path   string
	Line   int
	Name   string
	Tags   []string
	Status Status
	// Reason says more of skipped, xfailed, xpassed, error and not_run.
	Reason string
	Seed   int64
	// Wall is how long it took, Virtual how far its clock moved.
	Wall, Virtual time.Duration
	Actions       int
	// Hash is that of the transcript, 64 hex digits.
	Hash string
	// Rules are those that its expectations name or its file declares.
	Rules []authn.RuleID
	// Refusals are "verb code", Kinds the events, Verbs "verb" and Roles the
	// roles that were seen; sorted, each once.
	Refusals, Kinds, Verbs, Roles []string
	Phases                        []Phase
	Failures                      []Failure
	// Cleanup are failures of the cleanup, which never hide the others.
	Cleanup []Failure
	// Transcript has one line an action or event, without a secret.
	Transcript []string
	// Events are all that were left, without a secret.
	Events []authn.Event
}

// Phase is a chapter of a story; steps before the first have an empty title.
type Phase struct {
	Title string
	// At is the virtual time since the start at which it began.
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

// Failure is one expectation that did not come true.
type Failure struct {
	syntax.Pos
	// Code is "expect", "refused", "reference", "timeout", "pending",
	// "invariant", "golden", "determinism", "fault" or "panic".
	Code string
	// What says what was looked at, such as "pins_low: left".
	What          string
	Expected, Got string
	// Outcome is what the step came to: its refusal, or what it gave. It is
	// empty for a failure that is found before the step is done.
	Outcome string
	// Step is the step's name, Phase the chapter's title.
	Step, Phase string
	// Stack are the calls, the outermost first, the step itself last.
	Stack []Frame
	// Last are the last events before it, oldest first, as short texts.
	Last []string
	// Diff are lines of a golden, with - and + in front.
	Diff []string
	// Actions is how many were done before.
	Actions int
}

// Frame is one call of a fragment, or the step itself.
type Frame struct {
	syntax.Pos
	What string
}

// Played is one step that was played.
type Played struct {
	// Step is what the file says; nil for what comes at the end of the steps:
	// pending Actions, the expectation of the whole run, the invariants.
	Step *story.Step
	// Name is the step's, Phase the chapter's title.
	Name, Phase string
	// Depth counts the calls and repeats around it.
	Depth int
	// At is the virtual time since the start, after the step.
	At time.Duration
	// Lines are those that it added to the transcript.
	Lines []string
	// Skipped reports whether its "when" did not hold.
	Skipped  bool
	Failures []Failure
}
