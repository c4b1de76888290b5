package compose

import (
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/scenarios/story"
	"github.com/offauth/offauth/scenarios/syntax"
)

// Scene is the content of a scenario to write.
type Scene struct {
	// Header holds the lines of the comment at the top, without the "#".
	Header            []string
	Name, Description string
	Tags              []string
	// Profile is as in story.Story.
	Profile string
	// Policy are the settings that differ from the defaults, with whole keys.
	Policy []authn.Setting
	Actors []story.Actor
	Start  time.Time
	Seed   int64
	Moves  []Move
	// Exact writes every gap between two moves to the nanosecond. Without it
	// a gap of up to a second is left out and a longer one loses its fraction,
	// as far as no timer that fired would be missed.
	Exact bool
}

// Move is an Action, a restart or a crash, with its outcome.
type Move struct {
	// Action holds its secrets in clear text. It is nil for a Restart or Crash
	// alone. AdvanceClock, SetClock, SetLink, SetFault and SkewClock become
	// steps of their own kinds.
	Action authn.Action
	// At is the world's time of the move, after due timers have fired and before
	// the Action itself moves the clock. Time that passes between two moves
	// becomes a wait. A zero At means that no time has passed.
	At      time.Time
	Outcome authn.Outcome
	Refusal *authn.Refusal
	// Restart is the site that was restarted.
	Restart authn.Site
	// Crash, from 1, is the write at which the process died in this Action, or
	// in the next Action if this move has none.
	Crash int
	// Expect, if not nil, replaces the expectation that follows from the outcome.
	Expect *syntax.Node
}
