package story

import (
	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/verb"
	"github.com/offauth/offauth/scenarios/syntax"
)

// The keys of steps that are not verbs.
const (
	StepPhase   = "phase"
	StepWait    = "wait"
	StepAt      = "at"
	StepAwait   = "await"
	StepLink    = "link"
	StepSkew    = "skew"
	StepRestart = "restart"
	StepCrash   = "crash"
	StepPolicy  = "policy"
	StepCheck   = "check"
	StepCall    = "call"
	StepRepeat  = "repeat"
)

// Step is one step.
type Step struct {
	// Pos is the position of the key that says what the step does.
	syntax.Pos
	ID, Name string
	// Spelled is this key, such as "wait" or "device tap", followed by the title of a
	// phase or the fragment of a call.
	Spelled string
	Body    Body
	Save    []Save
	// Expect is a mapping, a reference to one, or nil. It is not compiled, since any
	// part of it may be a reference.
	Expect *syntax.Node
	// When holds paths with their matchers, which must all match.
	When []Entry
	// Go reports whether a failure does not end the story (on_fail: continue).
	ContinueOnFail bool
}

// Body is what a step does: one of the types below.
type Body any

// Phase begins a chapter of the report.
type Phase struct{ Title string }

// Wait moves the clock forward, and At to an instant.
type (
	Wait struct{ By Value }
	At   struct{ To Value }
)

// Await moves the clock until the pending step of an id has ended.
type Await struct {
	syntax.Pos
	ID string
}

// Do does a verb.
type Do struct {
	Verb verb.Verb
	Args []Arg
	// Settings are the settings of a verb that takes settings, with full keys.
	Settings []Entry
	// By is the actor that does the verb, For the other actor; nil if left out.
	By, For *Value
}

// Arg is an argument with its value.
type Arg struct {
	Name  string
	Value Value
}

// Links holds values of type Uplink, Bluetooth and Fault, in the order of the file.
type Links []any

// Uplink is an actor's own link.
type Uplink struct {
	Actor string
	State Value
}

// Bluetooth is the link between a phone and a workstation. A nil end is the only actor
// of its role.
type Bluetooth struct {
	Phone, Workstation *Value
	State              Value
}

// Fault drops, replays or tampers with one message.
type Fault struct {
	Kind    authn.FaultKind
	Message Value
	Nth     Value
}

// Skew changes the clock of an actor by Offset, or sets it to Set.
type Skew struct {
	Actor       string
	Offset, Set *Value
}

// Skews changes clocks, in the order of the file.
type Skews []Skew

// Restart drops what an actor has in memory.
type Restart struct{ Actor Value }

// Crash makes the process die in the next Action: at moment 1 before the write is on
// disk, at 2 after that but before the outcome is returned.
type Crash struct{ Moment Value }

// Policy changes settings, which have full keys.
type Policy []Entry

// Check checks state and events. What is not compiled, like Expect.
type Check struct{ What *syntax.Node }

// Call plays a fragment.
type Call struct {
	Fragment *Fragment
	With     []Entry
}

// Repeat plays steps a number of times.
type Repeat struct {
	Times Value
	Steps []Step
}

// Save stores the value of a path under a name.
type Save struct {
	Name string
	At   syntax.Pos
	// Path begins with "result", "returns" or "state".
	Path string
	From syntax.Pos
}
