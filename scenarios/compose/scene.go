package compose

import (
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/scenarios/story"
)

// Scene is what a scenario is written of.
type Scene struct {
	// Header are lines of a comment on top, without their sign.
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

// Move is one thing that was done, with what came of it.
type Move struct {
	// Action is what was done, its secrets in clear; nil for a Restart or Crash
	// alone. AdvanceClock, SetClock, SetLink, SetFault and SkewClock become
	// steps of their own kinds.
	Action authn.Action
	// At is the world's time at which it was done, after the timers that were
	// due and before the Action moved the clock itself. Between two moves time
	// may pass by itself; that becomes a wait. A zero At means that none did.
	At      time.Time
	Outcome authn.Outcome
	Refusal *authn.Refusal
	// Restart is the site that was restarted.
	Restart authn.Site
	// Crash, from 1, is the write at which the process died in this Action, or
	// in the next one where this move has none.
	Crash int
	// Expect, if not nil, are the lines of YAML below "expect:" instead of
	// those of Refusal.
	Expect []string
}
