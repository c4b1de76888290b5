package sim

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/family"
)

// Config configures a World.
type Config struct {
	// Store stores the world.
	Store authn.Store
	// Host returns the time of the host's clock; a frozen world never calls it.
	Host func() time.Time
	// Rand returns the stream of random bytes of one site for one purpose. It
	// is called from the goroutine that called Apply.
	Rand func(site authn.Site, purpose string) io.Reader
	// Families are the products; where several act, they act in this order.
	// authn/verb has the built-in ones.
	Families []family.Family
	// KDF is the cost for new accounts; the zero KDF means authn.DefaultKDF.
	KDF authn.KDF
	// Slow is how many slow jobs run at once; 0 means one.
	Slow int
	// Alone reports whether only this process uses the store, such as one in
	// memory. Nobody else waits for its lock, so slow jobs are done when they
	// are requested, and no Action is rehearsed. The outcome of an Action does
	// not depend on it.
	Alone bool
	// Progress, if set, is called with the number of slow jobs done and their
	// total. It is called from the goroutine that called Apply.
	Progress func(done, of int)
}

// World is one simulation. Between Actions it has only its Config in memory, so
// any number of processes may use the same world.
type World struct {
	cfg Config
	routes
}

// Open returns the world in a store, on which Start was called once.
func Open(cfg Config) *World {
	if cfg.KDF == (authn.KDF{}) {
		cfg.KDF = authn.DefaultKDF()
	}
	return &World{cfg: cfg, routes: routesOf(cfg.Families)}
}

var _ authn.Applier = (*World)(nil)

// Apply does an Action. The error is nil, a *authn.Refusal (returned with an
// Outcome; its writes are kept), or a fault (nothing is kept).
//
// Slow work, the KDFs, is never done under the store's lock. An Action that may
// need it is first rehearsed on a read of the world; the slow jobs that the
// rehearsal requests are run, and the Action then runs under the lock with
// their results. If the world has changed in between and the Action requests
// other jobs, it is rolled back, the jobs are run, and it runs again with the
// same random bytes, so the PINs of a set stay the same.
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

// attempt is one Apply. Its passes share the random bytes and the results of
// slow work.
type attempt struct {
	world *World
	tape  *tape
	slow  *slowWork
}

// run does one pass on a state. A refusal is not an error here: the pass holds
// it, and its writes are kept.
func (t *attempt) run(r authn.Reader, a authn.Action) (*pass, error) {
	t.tape.rewind()
	p, err := t.world.newPass(r, t.tape, t.slow)
	if err != nil {
		return nil, err
	}
	return p, p.apply(a)
}

// unlessSlow runs the slow jobs that a pass requested. It ignores any other
// error of a rehearsal, which the real run will return again.
func (t *attempt) unlessSlow(ctx context.Context, err error) error {
	if !errors.Is(err, authn.ErrNotYet) {
		return nil
	}
	return t.slow.do(ctx, t.world.cfg.Slow, t.world.cfg.Progress)
}

// Read calls look with the current world, as if the due timers had fired, and
// writes nothing. If look requests slow work, the work is done and look is
// called again.
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

// Look returns the state of a pending Action, as if the due timers had fired,
// and writes nothing. The Outcome's Pending is nil once the Action has ended.
// An unknown id is a fault, "no_such_tap".
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

// Events returns the events that a query selects, oldest first, including those
// of due timers.
func (w *World) Events(ctx context.Context, q authn.EventQuery) ([]authn.Event, error) {
	var events []authn.Event
	err := w.read(ctx, func(p *pass) error {
		var err error
		events, err = p.since(q)
		return err
	})
	return events, err
}

// Start sets the clock of a new world: following the host's, or frozen at an
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
