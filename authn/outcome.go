package authn

import "time"

// Outcome is the outcome of an Action.
type Outcome struct {
	// At is the world's time at which the Action happened.
	At time.Time
	// Result is the Action's own result type, or nil. It may hold Secrets and
	// is never stored.
	Result any
	// Events are the events that were stored with it, in order.
	Events []Event
	// Pending is set when the Action has not ended.
	Pending *Pending
	// Warnings are sentences for the person who acted, about problems that the
	// product does not refuse.
	Warnings []string
}

// Pending describes an Action that waits, such as a tap on a workstation that
// does not answer (rule H15).
type Pending struct {
	// ID identifies it for World.Look.
	ID string
	// Verb is the Action's.
	Verb string
	// Since is when it began, Until when its timer ends it.
	Since, Until time.Time
	// Waiting is what it waits for, as a short phrase.
	Waiting string
}
