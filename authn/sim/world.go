package sim

import (
	"context"
	"io"
	"time"

	"github.com/offauth/offauth/authn"
)

// Config is what a World is made of.
type Config struct {
	// Store keeps it.
	Store authn.Store
	// Host reads the host's clock; a frozen world never calls it.
	Host func() time.Time
	// Rand gives the stream of random bytes of one site for one purpose. It
	// may be called from one goroutine at a time only.
	Rand func(site authn.Site, purpose string) io.Reader
	// Slow is how many slow jobs run at once; 0 means one.
	Slow int
	// Progress, if set, is told how many slow jobs are done of how many. It
	// is called from the goroutine that called Apply.
	Progress func(done, of int)
}

// World is one simulation. It keeps nothing in memory between Actions but its
// Config, so any number of processes may hold the same world.
type World struct{ cfg Config }

// Open gives the world that is in a store; an empty store is an empty world.
func Open(cfg Config) *World { return &World{cfg: cfg} }

// Apply does an Action: the one door. See authn.Applier.
func (w *World) Apply(ctx context.Context, a authn.Action) (authn.Outcome, error) {
	panic("soon")
}

// Look says how a pending Action stands, and writes nothing: what timers have
// ended by now is shown as ended. The Outcome's Events are all those since
// the Action began; its Pending is nil when the Action has ended, and its
// Result is then the Action's.
func (w *World) Look(ctx context.Context, id string) (authn.Outcome, error) {
	panic("soon")
}

// Snapshot copies what may be shown, with due timers shown as fired. It
// writes nothing.
func (w *World) Snapshot(ctx context.Context, scope authn.Scope) (authn.Snapshot, error) {
	panic("soon")
}

// Events gives the events that a query selects, oldest first, those of due
// timers included.
func (w *World) Events(ctx context.Context, q authn.EventQuery) ([]authn.Event, error) {
	panic("soon")
}

// Start sets the clock of a world that has none: running as the host's, or
// frozen at an instant.
func Start(ctx context.Context, store authn.Store, frozenAt *time.Time) error { panic("soon") }
