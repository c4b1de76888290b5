package sim

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/family"
)

// Config is what a World is made of.
type Config struct {
	// Store keeps it.
	Store authn.Store
	// Host reads the host's clock; a frozen world never calls it.
	Host func() time.Time
	// Rand returns the stream of random bytes of one site for one purpose. It
	// is called from the goroutine that called Apply.
	Rand func(site authn.Site, purpose string) io.Reader
	// Families are the products that there are, in the order in which they act
	// where several do; authn/verb has those that are built in.
	Families []family.Family
	// KDF is the cost for accounts that are new; the zero KDF means
	// authn.DefaultKDF.
	KDF authn.KDF
	// Slow is how many slow jobs run at once; 0 means one.
	Slow int
	// Alone says that the store is this process's own, as one in memory is.
	// Nobody waits for it, so slow jobs are done where they are asked for, and no
	// Action is rehearsed. What an Action gives does not depend on it.
	Alone bool
	// Progress, if set, is told how many slow jobs are done of how many. It
	// is called from the goroutine that called Apply.
	Progress func(done, of int)
}

// World is one simulation. It keeps nothing in memory between Actions but its
// Config, so any number of processes may hold the same world.
type World struct {
	cfg Config
	routes
}

// Open returns the world that is in a store, on which Start was called once.
func Open(cfg Config) *World {
	if cfg.KDF == (authn.KDF{}) {
		cfg.KDF = authn.DefaultKDF()
	}
	return &World{cfg: cfg, routes: routesOf(cfg.Families)}
}

var _ authn.Applier = (*World)(nil)

// Apply does an Action: the one door. The error is nil, a *authn.Refusal
// (which comes with its Outcome: what was written is kept), or a fault
// (nothing is kept).
//
// Slow work, the KDFs, is never done under the store's lock. An Action that
// may need it is rehearsed on a read first; what the rehearsal asks for is
// computed, and the Action then runs under the lock with the answers at
// hand. Where something else changed in between that asks for other work,
// the Action is rolled back, the work is done, and it runs again: with the
// same random bytes, so PINs that were stretched stay the PINs of the set.
func (w *World) Apply(ctx context.Context, a authn.Action) (authn.Outcome, error) {
	attempt := &attempt{world: w, tape: newTape(w.cfg.Rand), slow: newSlowWork(w.cfg.Alone)}
	if w.mayBeSlow(a) && !w.cfg.Alone {
		err := w.cfg.Store.View(ctx, func(r authn.Reader) error {
			_, err := attempt.run(r, a)
			return err
		})
		if err := attempt.unlessSlow(ctx, err); err != nil {
			return authn.Outcome{}, err
		}
	}
	for {
		var done *pass
		err := w.cfg.Store.Update(ctx, func(r authn.Reader) (authn.Batch, error) {
			var err error
			if done, err = attempt.run(r, a); err != nil {
				return authn.Batch{}, err
			}
			return done.batch()
		})
		switch {
		case errors.Is(err, authn.ErrNotYet):
			if err := attempt.unlessSlow(ctx, err); err != nil {
				return authn.Outcome{}, err
			}
		case err != nil:
			return authn.Outcome{}, err
		case done.refusal != nil:
			return done.outcome, done.refusal
		default:
			return done.outcome, nil
		}
	}
}

// attempt is one Apply over all its passes: they share the random bytes and
// the slow work that was done.
type attempt struct {
	world *World
	tape  *tape
	slow  *slowWork
}

// run does one pass over a state. A refusal is no error here: the pass holds
// it, and what was written counts.
func (t *attempt) run(r authn.Reader, a authn.Action) (*pass, error) {
	t.tape.rewind()
	p, err := t.world.newPass(r, t.tape, t.slow)
	if err != nil {
		return nil, err
	}
	return p, p.apply(a)
}

// unlessSlow does the slow work that a pass asked for; any other error of a
// rehearsal is left to the real run to find again.
func (t *attempt) unlessSlow(ctx context.Context, err error) error {
	if !errors.Is(err, authn.ErrNotYet) {
		return nil
	}
	return t.slow.do(ctx, t.world.cfg.Slow, t.world.cfg.Progress)
}

// Read lets a function look at the world as it is now: with the timers that are
// due fired, and nothing written. Slow work that it asks for is done before it
// is called again.
func (w *World) Read(ctx context.Context, look func(family.Sites) error) error {
	return w.read(ctx, func(p *pass) error { return look(sites{p}) })
}

func (w *World) read(ctx context.Context, look func(*pass) error) error {
	slow := newSlowWork(w.cfg.Alone)
	for {
		err := w.cfg.Store.View(ctx, func(r authn.Reader) error {
			p, err := w.newPass(r, newTape(w.cfg.Rand), slow)
			if err != nil {
				return err
			}
			if err := p.catchUp(); err != nil {
				return err
			}
			return look(p)
		})
		if !errors.Is(err, authn.ErrNotYet) {
			return err
		}
		if err := slow.do(ctx, w.cfg.Slow, nil); err != nil {
			return err
		}
	}
}

// Look says how an Action stands that was left pending, and writes nothing:
// what timers have ended by now is shown as ended. The Outcome's Pending is nil
// once it has ended. An id that no Action gave is a fault, "no_such_tap".
func (w *World) Look(ctx context.Context, id string) (authn.Outcome, error) {
	var out authn.Outcome
	err := w.read(ctx, func(p *pass) error {
		for _, f := range w.families {
			if f.Look == nil {
				continue
			}
			var found bool
			var err error
			if out, found, err = f.Look(sites{p}, id); found || err != nil {
				return err
			}
		}
		return noSuch(CodeNoTap, "tap", id)
	})
	return out, err
}

// Events returns the events that a query selects, oldest first, those of timers
// that are due included.
func (w *World) Events(ctx context.Context, q authn.EventQuery) ([]authn.Event, error) {
	var events []authn.Event
	err := w.read(ctx, func(p *pass) error {
		var err error
		events, err = p.since(q)
		return err
	})
	return events, err
}

// Start sets the clock of a new world: running as the host's, or frozen at an
// instant.
func Start(ctx context.Context, store authn.Store, frozenAt *time.Time) error {
	return store.Update(ctx, func(r authn.Reader) (authn.Batch, error) {
		c := clockState{}
		if frozenAt != nil {
			c.Frozen, c.Instant, c.Latest = true, frozenAt.UTC(), frozenAt.UTC()
		}
		l := newLedger(r)
		if err := l.save(authn.SiteWorld, recordClock, c, nil); err != nil {
			return authn.Batch{}, err
		}
		return l.batch(), nil
	})
}
