package authn

import "time"

// Kind is the name of a kind of event, such as "pin_shown".
type Kind string

// Event is a record of something that happened. Events are stored append-only
// and in order, and never hold a secret (rule A15).
type Event struct {
	// Seq counts from 1 in each world, without gaps.
	Seq uint64
	// At is the world's time, which differs from the site's own if its clock is
	// skewed.
	At time.Time
	// Site is where it happened.
	Site Site
	// Kind is what happened.
	Kind Kind
	// Subject is the user, "user@workstation" or site that it concerns.
	Subject string
	// Result is "ok" or the code of a refusal.
	Result string
	// Rule is the rule behind it, if there is one.
	Rule RuleID
	// Fields are the kind's own values, each a string, an int64 or a bool.
	Fields map[string]any
}

// Text returns a field that is a text, or "".
func (e Event) Text(field string) string {
	s, _ := e.Fields[field].(string)
	return s
}

// Number returns a field that is a number, or 0.
func (e Event) Number(field string) int64 {
	n, _ := e.Fields[field].(int64)
	return n
}

// The kinds of events that are common to all families.
const (
	EventRefused   Kind = "refused"    // an Action was refused; the result is the code
	EventUserAdded Kind = "user_added" // the administrator added a user
	EventPolicySet Kind = "policy_set" // the administrator changed a setting

	EventProviderAdded Kind = "provider_added" // a service provider's site was added

	EventUnlocked Kind = "unlocked" // a workstation was unlocked
	EventLocked   Kind = "locked"   // a workstation was locked

	// EventClockWentBack records that the host's clock went back. It is also
	// the reason that the families record when they cancel pending operations
	// because of it (A8).
	EventClockWentBack Kind = "clock_went_back"
)

// FieldLocked is the field of EventRefused that is true if the refusal locked
// the user out.
const FieldLocked = "locked"

// EventQuery selects events. The zero query selects all, oldest first.
type EventQuery struct {
	// After selects those with a greater sequence number.
	After uint64
	// Since selects those at or after an instant; zero selects all.
	Since time.Time
	// Site, Kind and Subject select by equality; empty selects all.
	Site    Site
	Kind    Kind
	Subject string
	// Last keeps only the newest n of the selected events, still oldest first;
	// 0 keeps all.
	Last int
}

// Matches reports whether the query selects the event. It ignores Last.
func (q EventQuery) Matches(e Event) bool {
	return e.Seq > q.After &&
		(q.Since.IsZero() || !e.At.Before(q.Since)) &&
		(q.Site == "" || e.Site == q.Site) &&
		(q.Kind == "" || e.Kind == q.Kind) &&
		(q.Subject == "" || e.Subject == q.Subject)
}
