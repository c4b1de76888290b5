package stage

import (
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/verb"
	"github.com/offauth/offauth/scenarios/player/eval"
)

// Outcome is the outcome of a step.
type Outcome struct {
	Result  any
	Refusal *authn.Refusal
	Pending *authn.Pending
	Crashed bool
	// Err is a fault, or a mistake in the step itself.
	Err error
	// Events are the events since the step began, Elapsed the world's time since.
	Events  []authn.Event
	Elapsed time.Duration
	// Named are the values of the result or of a fragment's return; use Fields,
	// which fills them in.
	Named map[string]any
}

// Accepted reports whether the step was done: not refused, failed or crashed.
func (o *Outcome) Accepted() bool { return o.Err == nil && o.Refusal == nil && !o.Crashed }

// Fields returns the named values of the result.
func (o *Outcome) Fields() map[string]any {
	if o.Named == nil {
		o.Named = map[string]any{}
		for name, v := range verb.Fields(o.Result) {
			if v = eval.Plain(v); v != nil {
				o.Named[name] = v
			}
		}
	}
	return o.Named
}
