package authn

import (
	"errors"
	"time"
)

// Message is what one site says to another, encoded.
type Message struct {
	From, To Site
	// Kind is what a one-shot fault names, such as "pin_set".
	Kind string
	Body []byte
	// Near says that it goes over Bluetooth, which uplinks do not touch.
	Near bool
}

// Host is what a site stands on while it acts: its clock and chance, what it
// keeps, and the ways out. The families' Phone, Workstation and Server hold
// one and know nothing else, so each can be tested alone.
type Host struct {
	// Site is the site itself.
	Site Site
	// Env has the site's own clock.
	Env Env
	// Shelf is what the site keeps.
	Shelf Shelf
	// Emit writes an event. Site, At and Seq are filled in.
	Emit func(Event)
	// Send hands a message to the link. It is delivered when the site has
	// finished, or lost; the sender does not learn which.
	Send func(to Site, kind string, body []byte)
	// Near is Send over Bluetooth.
	Near func(to Site, kind string, body []byte)
	// Journal returns the site's own events with a greater number, oldest
	// first: what it has to tell the audit trail.
	Journal func(after uint64) ([]Event, error)
	// Uplink is the state of the site's own uplink, which it knows at once.
	Uplink func() Uplink
	// Wake sets a timer on the site's own clock, or moves it.
	Wake func(kind, subject string, at time.Time)
	// Calm stops a timer; one that is not set is no error.
	Calm func(kind, subject string)
	// Slow runs functions that take long, and gives their answers in order.
	// It answers ErrNotYet when they have not been run: the site then gives
	// the error up, what it did is forgotten, the functions are run outside
	// the lock, and the site is called again, with the same random bytes.
	Slow func(jobs []SlowJob) ([][]byte, error)
}

// What can happen to a message of any family.
const (
	EventMessageRefused Kind = "message_refused" // a site threw it away
	EventFaultStruck    Kind = "fault_struck"    // it met a one-shot fault
)

// Happened writes an event that is no refusal.
func (h Host) Happened(kind Kind, subject string, rule RuleID, fields map[string]any) {
	h.Emit(Event{Kind: kind, Subject: subject, Result: "ok", Rule: rule, Fields: fields})
}

// Refuse records that a message was thrown away. The sender does not learn of
// it, as on a real line.
func (h Host) Refuse(m Message, reason string) error {
	h.Emit(Event{Kind: EventMessageRefused, Subject: string(m.From), Result: reason,
		Fields: map[string]any{"message": m.Kind, "reason": reason}})
	return nil
}

// Discard is the error of a handler that throws a message away. It is the
// reason, as EventMessageRefused has it.
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

// Dispatch hands a message to the handler of its kind. It refuses one that has
// no handler, and one whose handler returns a Discard.
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

// SlowJob is a pure function that takes long, such as a KDF. Jobs with the
// same Key have the same answer.
type SlowJob struct {
	Key string
	Do  func() []byte
}

// KDF is the cost of turning a PIN into a key: Argon2id with one lane. It is
// kept beside each salt, so a change never locks anyone out.
type KDF struct {
	// Time is the number of passes, at least 1.
	Time uint32 `json:"time"`
	// MemoryKiB is at least 8.
	MemoryKiB uint32 `json:"memory_kib"`
}

// DefaultKDF costs tens of milliseconds a PIN on a laptop of 2026.
func DefaultKDF() KDF { return KDF{Time: 2, MemoryKiB: 19 * 1024} }

// Shelf is what one site keeps: named records with a public and a secret
// half, each a struct that encoding/json can write.
type Shelf interface {
	// Load fills public and secret (either may be nil) and reports whether the
	// record is there.
	Load(name string, public, secret any) (bool, error)
	// Save writes both halves; a nil secret means none.
	Save(name string, public, secret any) error
	// Remove deletes a record; one that is not there is no error.
	Remove(name string) error
	// Names lists the records whose names begin with prefix, in order.
	Names(prefix string) ([]string, error)
}

// ErrNotYet is what Host.Slow answers while its jobs have not been run.
var ErrNotYet = errors.New("slow work has not been done yet")
