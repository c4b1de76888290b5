package player

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/sim"
	"github.com/offauth/offauth/scenarios/invariant"
	"github.com/offauth/offauth/scenarios/player/eval"
	"github.com/offauth/offauth/scenarios/player/judge"
	"github.com/offauth/offauth/scenarios/player/mask"
	"github.com/offauth/offauth/scenarios/player/match"
	"github.com/offauth/offauth/scenarios/player/stage"
	"github.com/offauth/offauth/scenarios/state"
	"github.com/offauth/offauth/scenarios/story"
)

// Config configures a Player.
type Config struct {
	// Store returns an empty store.
	Store func() authn.Store
	// Now reads the wall clock, for the story's timeout.wall and nothing else.
	Now func() time.Time
	// WallScale multiplies timeout.wall, for a slow machine; 0 means 1.
	WallScale float64
	// KDF is the cost of stretching a PIN; the zero KDF means CheapKDF.
	KDF authn.KDF
	// Seed is the seed of the random streams, usually that of the story.
	Seed int64
	// Watch, if not nil, sees every Action. Each invariant that it finds broken is
	// a Failure.
	Watch invariant.Watcher
	// Last is how many events a Failure shows; 0 means 8.
	Last int
}

// CheapKDF returns a minimal cost of stretching a PIN, for scenarios, which nobody
// attacks.
func CheapKDF() authn.KDF { return authn.KDF{Time: 1, MemoryKiB: 8} }

// Player plays one instance. It is used by one goroutine.
type Player struct {
	*performer
	cfg    Config
	judge  *judge.Judge
	began  time.Time      // by the wall clock
	counts map[string]int // steps by what they do, for their names
	played int            // number of steps played
}

// limits are the limits of a run.
type limits struct {
	virtual, wall  time.Duration
	actions, steps int
}

// stepsPerAction is the number of steps that a story may have for each of its
// permitted Actions. It ends loops without Actions at the same step on every
// machine.
const stepsPerAction = 10

func limitsOf(t story.Timeout, scale float64) limits {
	if scale > 0 {
		t.Wall = time.Duration(float64(t.Wall) * scale)
	}
	return limits{t.Virtual, t.Wall, t.Actions, t.Actions * stepsPerAction}
}

// New creates the instance's world with its users, sites, policy, clocks and links.
// The error is a *authn.Refusal if the product does not accept the policy.
func New(ctx context.Context, in Instance, cfg Config) (*Player, error) {
	if cfg.KDF == (authn.KDF{}) {
		cfg.KDF = CheapKDF()
	}
	s := in.Story
	started, err := stage.Open(ctx, cfg.Store(), cfg.KDF, cfg.Seed, s.Start.UTC())
	if err != nil {
		return nil, err
	}
	calls := &stack{root: newScope(nil)}
	results := &resultBuilder{
		stage: started, masks: mask.New(), stack: calls, start: s.Start, shown: cfg.Last, tally: newTally(),
		result: Result{
			ID: in.ID, Path: s.Path, Line: in.Line(), Name: s.Name, Tags: s.Tags, Seed: cfg.Seed,
			Phases: []Phase{{}},
		},
	}
	refs := &names{
		in: in, stage: started, table: state.For(s.Family()), stack: calls,
		steps: map[string]*record{}, vars: map[string]any{}, evaluating: map[string]bool{},
	}
	refs.values = eval.New(refs.look)
	p := &Player{cfg: cfg, began: cfg.Now(), counts: map[string]int{}, performer: &performer{
		names: refs, resultBuilder: results, stage: started, stack: calls, watch: cfg.Watch,
		actions: &actionBuilder{story: s, set: in.Set, stage: started, values: refs.values},
		limits:  limitsOf(s.Timeout.Defaults(), cfg.WallScale),
	}}
	p.judge = &judge.Judge{
		Matcher: match.New(refs.values, p.masks), Named: refs.named, Since: p.since, Fail: p.fail,
		AddRule: func(id authn.RuleID) { p.tally.rules[id] = true },
	}
	for _, rule := range s.Rules {
		p.tally.rules[rule] = true
	}
	if err := p.hideVars(p.masks); err != nil {
		return nil, err
	}
	if err := p.createWorld(ctx); err != nil {
		return nil, err
	}
	p.tally, p.result.Transcript = p.tally.reset(), nil
	p.enter(s.Setup)
	return p, nil
}

// World returns the world, for reading.
func (p *Player) World() *sim.World { return p.stage.World() }

// Play plays all remaining steps, and returns the Result.
func (p *Player) Play(ctx context.Context) Result {
	for {
		if _, more := p.Next(ctx); !more {
			return p.Result()
		}
	}
}

// Result returns the result so far. It is complete once Next returns false.
func (p *Player) Result() Result { return p.result }

// Elapsed returns the world's time since the start.
func (p *Player) Elapsed() time.Duration { return p.stage.Now().Sub(p.start) }

// section is a part of a story.
type section int

const (
	inSetup section = iota
	inSteps
	atEnd
	inCleanup
	over
)

// Next plays one step, and reports whether there was one.
func (p *Player) Next(ctx context.Context) (Played, bool) {
	for p.section != over {
		if len(p.stack.frames) == 0 {
			if played, shown := p.nextSection(ctx); shown {
				return played, true
			}
			continue
		}
		f := p.stack.frames[len(p.stack.frames)-1]
		if f.next < len(f.steps) {
			f.next++
			return p.play(ctx, &f.steps[f.next-1]), true
		}
		if played, shown := p.leave(f); shown {
			return played, true
		}
	}
	return Played{}, false
}

// enter begins a section with its steps.
func (p *Player) enter(steps []story.Step) {
	p.stack.frames = []*frame{{steps: steps, scope: p.stack.root, from: p.stage.Mark()}}
}

// nextSection begins the next section.
func (p *Player) nextSection(ctx context.Context) (Played, bool) {
	p.section++
	switch p.section {
	case inSteps:
		p.tally.actions = 0
		p.enter(p.in.Story.Steps)
	case atEnd:
		if !p.failed {
			return p.endSteps(ctx)
		}
	case inCleanup:
		p.beginPhase("")
		p.enter(p.in.Story.Cleanup)
	case over:
		p.finish()
	}
	return Played{}, false
}

// play plays one step: it checks the limits and "when", does the step, saves values
// and checks the expectation.
func (p *Player) play(ctx context.Context, s *story.Step) Played {
	lines := len(p.result.Transcript)
	p.at = s.Pos
	p.name = p.stepName(s)
	played := Played{Step: s, Name: p.name, Depth: len(p.stack.frames) - 1}
	before := p.failures()
	if p.withinLimits(s) && p.whenHolds(s, &played) {
		p.doStep(ctx, s)
	}
	return p.endStep(played, before, lines)
}

// endStep completes played, and stops the section if the step failed.
func (p *Player) endStep(played Played, before, lines int) Played {
	played.Phase = p.phase().Title
	played.At = p.stage.Now().Sub(p.start)
	played.Lines = slices.Clone(p.result.Transcript[lines:])
	if all := *p.list(); len(all) > before {
		played.Failures = slices.Clone(all[before:])
		p.stopAfter(played.Step)
	}
	return played
}

// whenHolds reports whether a step's "when" holds.
func (p *Player) whenHolds(s *story.Step, played *Played) bool {
	for _, e := range s.When {
		v, there, err := p.named(e.Name)
		if err != nil {
			p.fail(match.Miss{At: e.At, Code: CodeReference, What: "when " + e.Name, Got: err.Error()})
			return false
		}
		missed := p.judge.Match(e.Value, v, there, "when "+e.Name)
		if wrong := match.Mistaken(missed); len(wrong) > 0 {
			p.judge.FailAll(wrong)
			return false
		}
		if len(missed) > 0 {
			played.Skipped = true
			return false
		}
	}
	return true
}

// stepName returns a step's own name, or what it does with a number.
func (p *Player) stepName(s *story.Step) string {
	p.counts[s.Spelled]++
	if s.Name != "" {
		return p.masks.RedactDeclared(s.Name)
	}
	return p.masks.RedactDeclared(fmt.Sprintf("%s #%d", s.Spelled, p.counts[s.Spelled]))
}

// stopAfter ends the section after a failure of the step s. With on_fail: continue
// on the step or on a call around it, only that step or call ends.
func (p *Player) stopAfter(s *story.Step) {
	if p.section == inCleanup || s != nil && s.ContinueOnFail {
		return // the cleanup plays every step
	}
	for i, f := range slices.Backward(p.stack.frames) {
		if f.by != nil && f.by.ContinueOnFail {
			p.stack.frames = p.stack.frames[:i]
			return
		}
	}
	p.stack.frames = nil
	p.section = max(p.section, atEnd)
}

// withinLimits reports whether the run is within its limits. A step that does no
// Actions may exceed the limit of Actions.
func (p *Player) withinLimits(s *story.Step) bool {
	p.played++
	virtual, wall := p.stage.Now().Sub(p.start), p.cfg.Now().Sub(p.began)
	switch {
	case p.section == inCleanup:
		return true
	case p.tally.actions >= p.limits.actions && mayAct(s.Body):
		p.timeOut("timeout.actions", fmt.Sprint(p.limits.actions), "one more")
	case p.played > p.limits.steps:
		p.timeOut("timeout.actions", fmt.Sprintf("%d steps, %d for each action", p.limits.steps, stepsPerAction), "one more")
	case virtual > p.limits.virtual:
		p.timeOut("timeout.virtual", mask.Spell(p.limits.virtual), mask.Spell(virtual))
	case wall > p.limits.wall:
		p.timeOut("timeout.wall", mask.Spell(p.limits.wall)+" of real time", "more; a slow machine needs --wall-scale 4, say")
	default:
		return true
	}
	return false
}

// mayAct reports whether a step can do Actions.
func mayAct(body story.Body) bool {
	switch body.(type) {
	case story.Check, story.Phase:
		return false
	}
	return true
}
