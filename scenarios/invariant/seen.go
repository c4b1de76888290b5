package invariant

import (
	"fmt"

	"github.com/offauth/offauth/authn"
)

// Seen is one Action with all that came of it.
type Seen struct {
	// N counts the Actions of a run from 1.
	N      int
	Action authn.Action
	// Outcome is what it gave; of a refusal, what it left.
	Outcome authn.Outcome
	// Refusal is nil for what was accepted.
	Refusal *authn.Refusal
	// Crashed says that the process died in it: nothing was told. Where it
	// died after its write was on disk, Outcome.Events are what it left, and
	// Outcome.At is the world's time afterwards.
	Crashed bool
	// Look returns the world as it is afterwards. It costs a read of the whole
	// world, so a checker asks only when it must. It may be nil.
	Look func() (authn.Snapshot, error)
}

// Broken says that an invariant does not hold.
type Broken struct {
	// ID is the invariant's name, such as "no_pin_accepted_twice".
	ID string
	// Rules are those that it stands for.
	Rules []authn.RuleID
	// Sentence says what must always hold, What in one sentence what happened
	// instead; neither holds a secret.
	Sentence, What string
	// N is the Action at which it was seen.
	N int
	// Want is the code with which an Action should have been refused that was
	// accepted; empty where it is not about that.
	Want authn.Code
	// Kind is that of an event that came and should not have, or should have
	// come and did not; empty where it is not about one.
	Kind authn.Kind
}

// Brokenf makes what a check found; History adds the rest.
func Brokenf(format string, args ...any) *Broken {
	return &Broken{What: fmt.Sprintf(format, args...)}
}

// Wants returns b with the code that should have come.
func (b *Broken) Wants(code authn.Code) *Broken {
	b.Want = code
	return b
}

// About returns b with the kind of event that is too much or missing.
func (b *Broken) About(kind authn.Kind) *Broken {
	b.Kind = kind
	return b
}

// Watcher is told of every Action of a run, in order.
type Watcher interface {
	// See returns what the Action has broken.
	See(Seen) []Broken
	// End returns what is found broken when the run is over.
	End() []Broken
}
