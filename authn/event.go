package authn

import "time"

// Kind is the name of a kind of event, such as "pin_shown".
type Kind string

// Event is a fact that is stored: append-only, in order, and never with a
// secret (rule A15).
type Event struct {
	// Seq counts from 1 in each world, without gaps.
	Seq uint64
	// At is the world's time. A site whose clock is skewed reads another.
	At time.Time
	// Site is where it happened.
	Site Site
	// Kind is what happened.
	Kind Kind
	// Subject is whom or what it concerns: a user, "user@workstation", a site.
	Subject string
	// Result is "ok" or the code of a refusal.
	Result string
	// Rule is the rule that it follows from, if one does.
	Rule RuleID
	// Fields are the kind's own values: string, int64 or bool.
	Fields map[string]any
}

// The kinds of events that the world keeps for every family.
const (
	EventRefused   Kind = "refused"    // an Action was refused; the result is the code
	EventUserAdded Kind = "user_added" // the administrator added a user
	EventPolicySet Kind = "policy_set" // the administrator changed a setting

	EventProviderAdded Kind = "provider_added" // a service provider's site was added

	EventUnlocked Kind = "unlocked" // a workstation was unlocked
	EventLocked   Kind = "locked"   // a workstation was locked

	// EventClockWentBack is the host's clock having gone back; it is also the
	// reason for which the families close what waited (A8).
	EventClockWentBack Kind = "clock_went_back"
)

// FieldLocked is the field of EventRefused that is true if the refusal locked
// the user out.
const FieldLocked = "locked"

// EventQuery selects events. The zero query selects all, oldest first.
type EventQuery struct {
	// After selects those with a greater sequence number.
	After uint64
	// Since selects those at or after an instant, unless it is zero.
	Since time.Time
	// Site, Kind and Subject select by equality, unless empty.
	Site    Site
	Kind    Kind
	Subject string
	// Last keeps only the newest n of what was selected, unless 0. The answer
	// is oldest first all the same.
	Last int
}

// Matches reports whether the event is one of those that the query selects;
// Last is not looked at.
func (q EventQuery) Matches(e Event) bool {
	return e.Seq > q.After &&
		(q.Since.IsZero() || !e.At.Before(q.Since)) &&
		(q.Site == "" || e.Site == q.Site) &&
		(q.Kind == "" || e.Kind == q.Kind) &&
		(q.Subject == "" || e.Subject == q.Subject)
}
