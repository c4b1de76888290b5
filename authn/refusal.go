package authn

import "errors"

// Code is the stable name of a refusal or a fault, such as "pin_expired". JSON
// output, the expectations of scenarios and docs/codes.md all use it.
type Code string

// Refusal is the error of an Action that the product refused. Writes that the
// Action made before (a count, a lock, an event) are kept.
type Refusal struct {
	// Code is the stable name.
	Code Code
	// Rule is the rule that refused.
	Rule RuleID
	// Site is the side that refused.
	Site Site
	// Subject is the user or site that it concerns, as in Event.
	Subject string
	// Message is the true reason: one lowercase sentence without a full stop.
	Message string
	// Shown is the text that the product shows its user, if it differs from
	// Message.
	Shown string
	// Native is the product's own number and name, where it has one.
	Native string
	// Hints are commands or sentences that help, the best first.
	Hints []string
	// Fields are added to the event that records the refusal. They hold no
	// secret.
	Fields map[string]any
}

// Error returns the message.
func (r *Refusal) Error() string { return r.Message }

// Fault is an error of offauth or of its input: an unknown name, a broken file,
// a vault that does not answer. None of the Action's writes are kept.
type Fault struct {
	// Code is the stable name; docs/codes.md gives its exit code.
	Code Code
	// Message is one lowercase line without a full stop.
	Message string
	// Hints are commands or sentences that help, the best first.
	Hints []string
	// Err is the cause, if there is one.
	Err error
}

// BadArgument returns the fault for an invalid argument.
func BadArgument(message string, hints ...string) *Fault {
	return &Fault{Code: CodeBadArgument, Message: message, Hints: hints}
}

// Error returns the message, followed by a colon and the cause, if any.
func (f *Fault) Error() string {
	if f.Err != nil {
		return f.Message + ": " + f.Err.Error()
	}
	return f.Message
}

// Unwrap returns the cause.
func (f *Fault) Unwrap() error { return f.Err }

// AsRefusal finds a refusal in an error.
func AsRefusal(err error) (*Refusal, bool) {
	var r *Refusal
	ok := errors.As(err, &r)
	return r, ok
}

// AsFault finds a fault in an error.
func AsFault(err error) (*Fault, bool) {
	var f *Fault
	ok := errors.As(err, &f)
	return f, ok
}
