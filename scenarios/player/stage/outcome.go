package stage

import (
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/verb"
	"github.com/offauth/offauth/scenarios/player/eval"
)

// Outcome is what a step came to.
type Outcome struct {
	Result  any
	Refusal *authn.Refusal
	Pending *authn.Pending
	Crashed bool
	// Err is a fault, or what is wrong with the step itself.
	Err error
	// Events are those since it began, Elapsed how far the clock moved.
	Events  []authn.Event
	Elapsed time.Duration
	// Named are the values of the result, or what a fragment returned; Fields
	// works them out.
	Named map[string]any
}

// Accepted reports whether the step was neither refused nor lost.
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
