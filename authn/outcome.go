package authn

import "time"

// Outcome is what an Action gives.
type Outcome struct {
	// At is the world's time at which the Action happened.
	At time.Time
	// Result is the Action's own result type, or nil. It may hold Secrets and
	// is never stored.
	Result any
	// Events are the facts that were stored with it, in order.
	Events []Event
	// Pending is set when the Action has not ended.
	Pending *Pending
	// Warnings are sentences for the person who acted, beside the result:
	// what they should know and the product does not refuse.
	Warnings []string
}

// Pending describes an Action that waits for something: a tap towards a
// workstation that does not answer (rule H15).
type Pending struct {
	// ID names it for World.Look.
	ID string
	// Verb is the Action's.
	Verb string
	// Since is when it began, Until when its timer ends it.
	Since, Until time.Time
	// Waiting says for what, as a short phrase.
	Waiting string
}
