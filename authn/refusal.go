package authn

import "errors"

// Code is the stable name of a refusal or a fault, such as "pin_expired". It
// is the JSON field, what a scenario expects, and the row of docs/codes.md.
type Code string

// Refusal is the product saying no. It is an error; what the Action wrote
// before it was refused (a count, a lock, an event) is kept.
type Refusal struct {
	// Code is the stable name.
	Code Code
	// Rule is the rule that refused.
	Rule RuleID
	// Site is the side that refused.
	Site Site
	// Subject is whom or what it concerns, as in Event.
	Subject string
	// Message is the true reason: one lowercase sentence without a full stop.
	Message string
	// Shown is what the product shows its user, where that is another text.
	Shown string
	// Native is the product's own number and name, where it has one.
	Native string
	// Hints are commands or sentences that help, the best first.
	Hints []string
	// Fields go into the event that records the refusal; never a secret.
	Fields map[string]any
}

// Error returns the message.
func (r *Refusal) Error() string { return r.Message }

// Fault says that offauth, or what it was given, is wrong: an unknown name, a
// broken file, a vault that does not answer. Nothing of the Action is kept.
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

// BadArgument is the fault of an argument out of shape.
func BadArgument(message string, hints ...string) *Fault {
	return &Fault{Code: CodeBadArgument, Message: message, Hints: hints}
}

// Error returns the message, and the cause behind a colon.
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
