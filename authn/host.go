package authn

import (
	"errors"
	"time"
)

// Message is an encoded message from one site to another.
type Message struct {
	From, To Site
	// Kind is the kind that a one-shot fault names, such as "pin_set".
	Kind string
	Body []byte
	// Near reports whether it travels over Bluetooth, which does not depend on
	// uplinks.
	Near bool
}

// Host gives a site its clock, randomness, storage and network. The families'
// Phone, Workstation and Server use nothing else, so each can be tested alone.
type Host struct {
	// Site is the site itself.
	Site Site
	// Env has the site's own clock.
	Env Env
	// Shelf stores the site's records.
	Shelf Shelf
	// Emit writes an event. Site, At and Seq are filled in.
	Emit func(Event)
	// Send hands a message to the link. It is delivered or lost after the site
	// has returned; the sender does not learn which.
	Send func(to Site, kind string, body []byte)
	// Near is Send over Bluetooth.
	Near func(to Site, kind string, body []byte)
	// Journal returns the site's own events with a greater number, oldest
	// first, for its reports to the audit trail.
	Journal func(after uint64) ([]Event, error)
	// Uplink returns the state of the site's own uplink.
	Uplink func() Uplink
	// SetTimer sets a timer on the site's own clock, or moves one that is set.
	SetTimer func(kind, subject string, at time.Time)
	// StopTimer stops a timer; stopping one that is not set is no error.
	StopTimer func(kind, subject string)
	// Slow returns the results of slow functions, in order. It returns
	// ErrNotYet if they have not run yet. The site then returns that error, its
	// writes are discarded, the functions run outside the lock, and the site is
	// called again with the same random bytes.
	Slow func(jobs []SlowJob) ([][]byte, error)
}

// The kinds of events about a message of any family.
const (
	EventMessageRefused Kind = "message_refused" // a site discarded it
	EventFaultStruck    Kind = "fault_struck"    // a one-shot fault hit it
)

// Happened writes an event with the result "ok".
func (h Host) Happened(kind Kind, subject string, rule RuleID, fields map[string]any) {
	h.Emit(Event{Kind: kind, Subject: subject, Result: "ok", Rule: rule, Fields: fields})
}

// Refuse records that a message was discarded. The sender does not learn of it,
// as on a real network.
func (h Host) Refuse(m Message, reason string) error {
	h.Emit(Event{Kind: EventMessageRefused, Subject: string(m.From), Result: reason,
		Fields: map[string]any{"message": m.Kind, "reason": reason}})
	return nil
}

// Discard is the error of a handler that discards a message. Its text is the
// reason in EventMessageRefused.
type Discard string

// The reasons that families share.
const (
	Malformed    Discard = "malformed"
	NotAuthentic Discard = "not_authentic"
	Replayed     Discard = "replayed"
	Unexpected   Discard = "unexpected"
	BadKeyOrName Discard = "bad_key_or_name"
)

// Error implements error.
func (d Discard) Error() string { return "message discarded: " + string(d) }

// Dispatch passes a message to the handler of its kind. It refuses a message
// without a handler, and one for which the handler returns a Discard.
func (h Host) Dispatch(m Message, handlers map[string]func(Message) error) error {
	err := error(Unexpected)
	if handle, ok := handlers[m.Kind]; ok {
		err = handle(m)
	}
	var reason Discard
	if errors.As(err, &reason) {
		return h.Refuse(m, string(reason))
	}
	return err
}

// SlowJob is a slow pure function, such as a KDF. Jobs with the same Key have
// the same result.
type SlowJob struct {
	Key string
	Do  func() []byte
}

// KDF is the cost of turning a PIN into a key: Argon2id with one lane. It is
// stored with each salt, so changing the default never locks anyone out.
type KDF struct {
	// Time is the number of passes, at least 1.
	Time uint32 `json:"time"`
	// MemoryKiB is at least 8.
	MemoryKiB uint32 `json:"memory_kib"`
}

// DefaultKDF costs tens of milliseconds a PIN on a laptop of 2026.
func DefaultKDF() KDF { return KDF{Time: 2, MemoryKiB: 19 * 1024} }

// Shelf stores the named records of one site. A record has a public and a
// secret half, each a struct that encoding/json can marshal.
type Shelf interface {
	// Load fills public and secret (either may be nil) and reports whether the
	// record is there.
	Load(name string, public, secret any) (bool, error)
	// Save writes both halves; a nil secret means none.
	Save(name string, public, secret any) error
	// Remove deletes a record; deleting a missing one is no error.
	Remove(name string) error
	// Names returns the sorted names of the records that begin with prefix.
	Names(prefix string) ([]string, error)
}

// ErrNotYet is returned by Host.Slow until its jobs have run.
var ErrNotYet = errors.New("slow work has not been done yet")
