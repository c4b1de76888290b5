package property_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/encap"
	"github.com/offauth/offauth/authn/sim"
	"github.com/offauth/offauth/authn/verb"
	"github.com/offauth/offauth/keystore/memory"
	"github.com/offauth/offauth/scenarios/invariant"
	"github.com/offauth/offauth/scenarios/invariant/watch"
)

// start is the start time of every world, a Monday morning.
var start = time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)

// world is the world of a life; *sim.World implements it.
type world interface {
	authn.Applier
	Snapshot(ctx context.Context, scope authn.Scope) (authn.Snapshot, error)
	Events(ctx context.Context, q authn.EventQuery) ([]authn.Event, error)
}

// setup says how a test creates its worlds.
type setup struct {
	store func() authn.Store
	open  func(sim.Config) world
	only  []string // names of invariants; none means all
}

// sound returns the setup of offauth without planted bugs.
func sound() setup {
	return setup{
		store: func() authn.Store { return memory.NewStore() },
		open:  func(c sim.Config) world { return sim.Open(c) },
	}
}

// life is a world and everything that was done in it.
type life struct {
	setup
	family family
	seed   uint64
	alone  bool
	store  *crashStore
	rand   func(authn.Site, string) io.Reader
	world  world
	watch  invariant.Watcher
	moves  []move
	broken []invariant.Broken
	now    time.Time
	seq    uint64          // of the last event
	look   *authn.Snapshot // cached until the next Action
}

// move is an Action with its outcome.
type move struct {
	action  authn.Action
	crash   int // 1: the process dies before the write is on disk, 2: after
	at      time.Time
	outcome authn.Outcome
	refusal *authn.Refusal
	crashed bool
}

// begin creates an empty world. alone is as in sim.Config.
func begin(s setup, f family, seed uint64, alone bool) *life {
	l := &life{setup: s, family: f, seed: seed, alone: alone, store: &crashStore{Store: s.store()}, rand: streams(seed),
		now: start}
	if err := sim.Start(context.Background(), l.store, &l.now); err != nil {
		panic(err)
	}
	watcher, err := watch.New(f.name, s.only)
	if err != nil {
		panic(err)
	}
	l.watch = watcher
	l.reopen()
	return l
}

// streams returns the random bytes of a world.
func streams(seed uint64) func(authn.Site, string) io.Reader {
	readers := map[string]io.Reader{}
	return func(site authn.Site, purpose string) io.Reader {
		key := string(site) + "\x00" + purpose
		if readers[key] == nil {
			readers[key] = rand.NewChaCha8(sha256.Sum256(fmt.Appendf(nil, "%d %s", seed, key)))
		}
		return readers[key]
	}
}

// reopen starts a new process with the same store.
func (l *life) reopen() {
	l.world = l.open(sim.Config{Families: verb.Families(), Store: l.store, Rand: l.rand,
		KDF: authn.KDF{Time: 1, MemoryKiB: 8}, Alone: l.alone})
}

// snapshot returns a snapshot of the world, which is read at most once for each Action.
func (l *life) snapshot() (authn.Snapshot, error) {
	if l.look == nil {
		s, err := l.world.Snapshot(context.Background(), authn.Scope{})
		if err != nil {
			return s, err
		}
		l.look = &s
	}
	return *l.look, nil
}

// apply applies an Action and checks every invariant. It returns nil if an argument was
// invalid.
func (l *life) apply(a authn.Action, crash int) *move {
	m := move{action: a, crash: crash, at: l.now}
	l.look = nil
	l.store.dieAt, l.store.died = crash, false
	out, err := l.recovered(a)
	l.store.dieAt = 0
	var fault *authn.Fault
	if errors.As(err, &fault) && meaningless(fault.Code) {
		return nil
	}
	m.outcome = out
	refusal, refused := authn.AsRefusal(err)
	n := len(l.moves) + 1
	switch {
	case l.store.died:
		m.crashed = true
		if !errors.Is(err, errCrash) || out.Result != nil || len(out.Events) > 0 {
			l.broken = append(l.broken, invariant.Broken{ID: invariant.SpendBeforeTell, Rules: []authn.RuleID{"A13"}, N: n,
				What: "the process died in the write, and something was told all the same"})
		}
		l.reopen()
		m.outcome, err = l.left()
	case refused:
		m.refusal, err = refusal, nil
	}
	if err != nil {
		l.broken = append(l.broken, invariant.Broken{ID: invariant.NoFault, Rules: []authn.RuleID{"A13"}, N: n,
			What: fmt.Sprintf("%s ended in: %v", a.Verb(), err)})
	}
	l.now = m.outcome.At
	if n := len(m.outcome.Events); n > 0 {
		l.seq = m.outcome.Events[n-1].Seq
	}
	l.moves = append(l.moves, m)
	if len(l.broken) == 0 {
		l.check(m)
	}
	return &l.moves[len(l.moves)-1]
}

// check checks the invariants after a move.
func (l *life) check(m move) {
	l.broken = append(l.broken, l.watch.See(invariant.Seen{
		N: len(l.moves), Action: m.action, Outcome: m.outcome, Refusal: m.refusal, Crashed: m.crashed, Look: l.snapshot,
	})...)
	if what := unlisted(m); what != "" && len(l.only) == 0 {
		l.broken = append(l.broken, invariant.Broken{ID: "row_lists_all", N: len(l.moves), What: what})
	}
}

// recovered applies an Action and turns a panic into an error.
func (l *life) recovered(a authn.Action) (out authn.Outcome, err error) {
	defer func() {
		if r := recover(); r != nil {
			out, err = authn.Outcome{At: l.now}, fmt.Errorf("panic: %v", r)
		}
	}()
	return l.world.Apply(context.Background(), a)
}

// left returns the events that a crashed process wrote.
func (l *life) left() (authn.Outcome, error) {
	events, err := l.world.Events(context.Background(), authn.EventQuery{After: l.seq})
	if err != nil {
		return authn.Outcome{At: l.now}, err
	}
	look, err := l.snapshot()
	return authn.Outcome{At: look.Now, Events: events}, err
}

// meaningless reports whether a fault is due to an invalid argument, not to offauth.
func meaningless(code authn.Code) bool {
	return code == authn.CodeBadArgument || code == sim.CodeAlreadyThere || code == encap.CodeContextTooLong ||
		strings.HasPrefix(string(code), "no_such_")
}

// unlisted returns a sentence on a refusal or event of a move that its row of the verb
// table does not list, or "".
func unlisted(m move) string {
	row, ok := verb.Of(m.action)
	switch {
	case !ok:
		return m.action.Verb() + " is not in the verb table"
	case m.refusal != nil && !slices.Contains(row.Refusals, m.refusal.Code):
		return fmt.Sprintf("%s was refused with %s", row.Name, m.refusal.Code)
	}
	for _, e := range m.outcome.Events {
		if !slices.Contains(row.Events, e.Kind) && !slices.Contains(verb.Anytime(), e.Kind) {
			return fmt.Sprintf("%s left %s", row.Name, e.Kind)
		}
		for _, kind := range verb.Kinds() {
			for field := range e.Fields {
				if kind.Kind == e.Kind && !slices.Contains(kind.Fields, field) {
					return fmt.Sprintf("%s has the field %s", e.Kind, field)
				}
			}
		}
	}
	return ""
}

// replay applies the same Actions in a new world, with the opposite setting of alone,
// and compares the outcomes (A8).
func (l *life) replay() {
	again := begin(l.setup, l.family, l.seed, !l.alone)
	for i, m := range l.moves {
		twin := again.apply(m.action, m.crash)
		if twin == nil || twin.String() != m.String() {
			l.broken = append(l.broken, invariant.Broken{ID: invariant.SameSeedSameLog, Rules: []authn.RuleID{"A8"}, N: i + 1,
				What: m.action.Verb() + " leaves something else when the life is played again"})
			return
		}
	}
}

// String returns the outcome of a move, for comparison.
func (m move) String() string {
	text := m.action.Verb()
	if m.refusal != nil {
		text += " " + string(m.refusal.Code)
	}
	return fmt.Sprint(text, m.outcome.At, m.outcome.Events)
}

// errCrash is returned by the store if the process died.
var errCrash = errors.New("the process died")

// crashStore is a store in which the process can die in the next Update: before its
// batch is on disk if dieAt is 1, after that if it is 2.
type crashStore struct {
	authn.Store
	dieAt int
	died  bool
}

// Update implements authn.Store.
func (c *crashStore) Update(ctx context.Context, change func(authn.Reader) (authn.Batch, error)) error {
	at := c.dieAt
	if at == 0 {
		return c.Store.Update(ctx, change)
	}
	err := c.Store.Update(ctx, func(r authn.Reader) (authn.Batch, error) {
		batch, err := change(r)
		if err == nil && at == 1 {
			err = errCrash
		}
		return batch, err
	})
	if err == nil || errors.Is(err, errCrash) {
		c.dieAt, c.died = 0, true
		return errCrash
	}
	return err
}
