package story

import (
	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/verb"
	"github.com/offauth/offauth/scenarios/syntax"
)

// The keys of steps that are no verb.
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
	// Pos is that of the key that says what it does.
	syntax.Pos
	ID, Name string
	// Spelled is that key, such as "wait" or "device tap", with the title of a
	// phase and the fragment of a call.
	Spelled string
	Body    Body
	Save    []Save
	// Expect is a mapping, or a reference to one; nil for none. It stays as it
	// was written, as a reference may stand for any part of it.
	Expect *syntax.Node
	// When are a path with a matcher each; all must hold.
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
	// Settings are those of an argument of that kind, with whole keys.
	Settings []Entry
	// By is the actor that does it, For the one to whom; nil where left out.
	By, For *Value
}

// Arg is an argument with its value.
type Arg struct {
	Name  string
	Value Value
}

// Links sets links, in the order of the file: Uplink, Bluetooth and Fault.
type Links []any

// Uplink is an actor's own link.
type Uplink struct {
	Actor string
	State Value
}

// Bluetooth is the link between a phone and a workstation; nil is the only one.
type Bluetooth struct {
	Phone, Workstation *Value
	State              Value
}

// Fault lets a message be lost, doubled or changed, once.
type Fault struct {
	Kind    authn.FaultKind
	Message Value
	Nth     Value
}

// Skew puts the clock of an actor off by Offset, or to the instant Set.
type Skew struct {
	Actor       string
	Offset, Set *Value
}

// Skews puts clocks off, in the order of the file.
type Skews []Skew

// Restart drops what an actor has in memory.
type Restart struct{ Actor Value }

// Crash lets the process die at a moment of the next Action: 1 before it is on
// disk, 2 before it is told.
type Crash struct{ Moment Value }

// Policy changes settings, which have whole keys.
type Policy []Entry

// Check looks, and does nothing. What stays as it was written, as an Expect does.
type Check struct{ What *syntax.Node }

// Call does a fragment.
type Call struct {
	Fragment *Fragment
	With     []Entry
}

// Repeat does steps so many times.
type Repeat struct {
	Times Value
	Steps []Step
}

// Save stores the value of a path under a name.
type Save struct {
	Name string
	At   syntax.Pos
	// Path is below "result", "returns" or "state".
	Path string
	From syntax.Pos
}
