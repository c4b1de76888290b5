package explore

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/verb"
	"github.com/offauth/offauth/scenarios/invariant"
)

// variants is how many worlds runs begin with, each made once.
const variants = 8

// replayEvery says which share of the runs is played twice.
const replayEvery = 25

// ErrOptions says that options contradict each other or name nothing.
var ErrOptions = errors.New("nothing to explore")

// explorer is one exploration.
type explorer struct {
	options Options
	driver  driver
	table   map[string]verb.Verb
	verbs   []string
	ready   [variants]*prepared
	census  *census
	began   time.Time
}

// driverOf returns the driver of a profile.
func driverOf(profile string) (driver, error) {
	family, variant, _ := strings.Cut(profile, "@")
	switch {
	case profile == "hypr" || profile == "hypr@classic":
		return hyprDriver{}, nil
	case family == string(authn.FamilyHYPR) && variant == "current":
		return hyprDriver{profile: variant}, nil
	case profile == string(authn.FamilyEncap):
		return encapDriver{}, nil
	case profile == string(authn.FamilyOneSpan):
		return onespanDriver{}, nil
	}
	return nil, fmt.Errorf("%w: no profile is called %q; there are: %s", ErrOptions, profile, strings.Join(Profiles(), ", "))
}

// Profiles lists what can be explored.
func Profiles() []string { return []string{"hypr", "hypr@current", "encap", "onespan"} }

// newExplorer makes an explorer, or says what is wrong with the options.
func newExplorer(o Options) (*explorer, error) {
	driver, err := driverOf(o.Profile)
	if err != nil {
		return nil, err
	}
	if o.Store == nil {
		return nil, fmt.Errorf("%w: there is no store to make worlds in", ErrOptions)
	}
	if _, err := invariant.New(driver.family(), o.Invariants); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrOptions, err)
	}
	e := &explorer{options: o.withDefaults(), driver: driver, table: tableOf(driver.family())}
	e.verbs = drawn(e.table)
	e.census = newCensus(driver.family(), e.table)
	if o.Now != nil {
		e.began = o.Now()
	}
	return e, nil
}

// Explore plays runs until an invariant is broken, the time or the runs are
// over, or the context ends it. The error is about the options, which it then
// wraps ErrOptions, or says that a world could not be made.
func Explore(ctx context.Context, o Options) (Result, error) {
	e, err := newExplorer(o)
	if err != nil {
		return Result{}, err
	}
	if o.Runs <= 0 && (o.For <= 0 || o.Now == nil) {
		return Result{}, fmt.Errorf("%w: say how many runs, or for how long by which clock", ErrOptions)
	}
	r := Result{Profile: o.Profile, Seed: o.Seed, KDF: fmt.Sprintf("Argon2id, %d pass, %d KiB", e.options.KDF.Time, e.options.KDF.MemoryKiB)}
	for r.Found == nil && !e.over(r.Runs) {
		if err := e.run(ctx, &r); err != nil {
			if ctx.Err() == nil {
				return r, err
			}
			r.Interrupted = true
			break
		}
		if o.Progress != nil {
			o.Progress(r.Runs, r.Actions)
		}
	}
	e.census.fill(&r)
	if o.Now != nil {
		r.Wall = o.Now().Sub(e.began)
	}
	return r, nil
}

// over reports whether there is to be no further run.
func (e *explorer) over(runs int) bool {
	o := e.options
	return o.Runs > 0 && runs >= o.Runs || o.For > 0 && o.Now != nil && o.Now().Sub(e.began) >= o.For
}

// run plays one run and keeps what it gives.
func (e *explorer) run(ctx context.Context, r *Result) error {
	d := throw(e.options.Seed, r.Runs)
	ready, err := e.world(ctx, d.n(variants))
	if err != nil {
		return err
	}
	story, log, broken, err := e.draw(ctx, ready, d)
	if err != nil {
		return err
	}
	r.Actions += log.actions
	if len(broken) == 0 && r.Runs%replayEvery == 0 {
		r.Replayed++
		if broken, err = e.again(ctx, ready, story, log); err != nil {
			return err
		}
	}
	r.Runs++
	if len(broken) == 0 {
		return nil
	}
	found, err := e.reduce(ctx, story, broken[0], len(story.steps)-len(ready.plan.steps))
	if err != nil {
		return err
	}
	found.Run = r.Runs - 1
	r.Found = found
	return nil
}

// world returns one of the worlds that runs begin with.
func (e *explorer) world(ctx context.Context, variant int) (*prepared, error) {
	if e.ready[variant] != nil {
		return e.ready[variant], nil
	}
	d := throw(e.options.Seed, -1-variant)
	p := plan{family: e.driver.family(), start: start, policy: e.driver.policy(d), actors: e.driver.actors()}
	ready, err := prepare(ctx, e.options, e.table, p)
	if err != nil {
		return nil, err
	}
	ready.driver = e.driver
	for i, s := range e.driver.prelude(d, p.policy) {
		s.id = i + 1
		if err := ready.add(ctx, s); err != nil {
			return nil, err
		}
	}
	e.ready[variant] = ready
	return ready, nil
}

// diary is what a run left, for comparing.
type diary struct {
	actions int
	lines   []string
}

func (g *diary) note(p played) {
	if p.action == nil {
		return
	}
	g.actions++
	line := p.action.Verb()
	if p.refusal != nil {
		line += " " + string(p.refusal.Code)
	}
	g.lines = append(g.lines, line)
	for _, e := range p.outcome.Events {
		g.lines = append(g.lines, fmt.Sprint(e))
	}
}

// draw plays a run as it draws it.
func (e *explorer) draw(ctx context.Context, ready *prepared, d *dice) (plan, *diary, []invariant.Broken, error) {
	story, log := ready.plan, &diary{}
	story.steps, story.ready = append([]step{}, ready.plan.steps...), ready
	l, from, broken, err := ready.begin(ctx, story)
	if err != nil || len(broken) > 0 {
		return story, log, broken, err
	}
	for _, s := range story.steps[from:] { // a store that cannot be copied
		if _, err := l.play(ctx, s); err != nil {
			return story, log, nil, err
		}
	}
	a := &artist{driver: e.driver, table: e.table, verbs: e.verbs, known: ready.known.clone(), dice: d, mood: mood(d.n(int(moods))), ids: len(story.steps)}
	a.deadlines = func() []authn.Deadline {
		look, err := l.snapshot(ctx)
		if err != nil {
			return nil
		}
		return look.Deadlines
	}
	for log.actions < e.options.Actions && len(story.steps) < 4*e.options.Actions+len(ready.plan.steps) {
		s := a.draw()
		story.steps = append(story.steps, s)
		p, err := l.play(ctx, s)
		if err != nil {
			return story, log, nil, err
		}
		if p.action == nil {
			continue
		}
		log.note(p)
		e.census.count(p)
		if len(p.broken) > 0 {
			return story, log, p.broken, nil
		}
		a.known.learn(p)
	}
	e.census.states(l.watch)
	return story, log, l.watch.End(), nil
}

// again plays a run a second time and compares what it leaves (A8).
func (e *explorer) again(ctx context.Context, ready *prepared, story plan, log *diary) ([]invariant.Broken, error) {
	l, from, _, err := ready.begin(ctx, story)
	if err != nil {
		return nil, err
	}
	second := &diary{}
	for i, s := range story.steps[from:] {
		p, err := l.play(ctx, s)
		if err != nil {
			return nil, err
		}
		if i+from >= len(ready.plan.steps) {
			second.note(p)
		}
	}
	for i := range max(len(log.lines), len(second.lines)) {
		if i >= len(log.lines) || i >= len(second.lines) || log.lines[i] != second.lines[i] {
			return []invariant.Broken{{
				ID: invariant.SameSeedSameLog, Rules: []authn.RuleID{"A8"}, N: l.n,
				Sentence: "the same Actions under the same seed leave the same events",
				What:     fmt.Sprintf("line %d of the log is another one when the run is played again", i+1),
			}}, nil
		}
	}
	return nil, nil
}
