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

// Config is what a Player needs beside its Instance.
type Config struct {
	// Store returns an empty store.
	Store func() authn.Store
	// Now reads the wall clock, for the story's timeout.wall and nothing else.
	Now func() time.Time
	// WallScale multiplies timeout.wall, for a slow machine; 0 means 1.
	WallScale float64
	// KDF is what stretching a PIN costs; the zero KDF means CheapKDF.
	KDF authn.KDF
	// Seed is that of the random streams. The story's own is the usual one.
	Seed int64
	// Watch, if not nil, is told of every Action; what it finds broken is a
	// Failure.
	Watch invariant.Watcher
	// Last is how many events a Failure shows; 0 means 8.
	Last int
}

// CheapKDF is the cost of stretching a PIN in scenarios: next to nothing, as
// nobody attacks them.
func CheapKDF() authn.KDF { return authn.KDF{Time: 1, MemoryKiB: 8} }

// Player plays one instance. It is used by one goroutine.
type Player struct {
	*performer
	cfg    Config
	judge  *judge.Judge
	began  time.Time      // on the wall
	counts map[string]int // of each kind of step, for names
	played int            // steps
}

// limits are the guards of a run.
type limits struct {
	virtual, wall  time.Duration
	actions, steps int
}

// stepsPerAction is how many steps a story may have for each Action that it
// may do: a loop that only looks ends as well, on any machine at the same step.
const stepsPerAction = 10

func limitsOf(t story.Timeout, scale float64) limits {
	if scale > 0 {
		t.Wall = time.Duration(float64(t.Wall) * scale)
	}
	return limits{t.Virtual, t.Wall, t.Actions, t.Actions * stepsPerAction}
}

// New makes the instance's world: its users, sites, policy, clocks and links.
// The error says why there is none; it is a *authn.Refusal where the policy is
// one that the product does not accept.
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
	told := &book{
		stage: started, masks: mask.New(), stack: calls, start: s.Start, shown: cfg.Last, tally: newTally(),
		result: Result{
			ID: in.ID, Path: s.Path, Line: in.Line(), Name: s.Name, Tags: s.Tags, Seed: cfg.Seed,
			Phases: []Phase{{}},
		},
	}
	named := &names{
		in: in, stage: started, table: state.For(s.Family()), stack: calls,
		steps: map[string]*record{}, vars: map[string]any{}, evaluating: map[string]bool{},
	}
	named.values = eval.New(named.look)
	p := &Player{cfg: cfg, began: cfg.Now(), counts: map[string]int{}, performer: &performer{
		names: named, book: told, stage: started, stack: calls, watch: cfg.Watch,
		builder: &builder{story: s, set: in.Set, stage: started, values: named.values},
		limits:  limitsOf(s.Timeout.Defaults(), cfg.WallScale),
	}}
	p.judge = &judge.Judge{
		Matcher: match.New(named.values, p.masks), Named: named.named, Since: p.since, Fail: p.fail,
		Proves: func(id authn.RuleID) { p.tally.rules[id] = true },
	}
	for _, rule := range s.Rules {
		p.tally.rules[rule] = true
	}
	if err := p.hideVars(p.masks); err != nil {
		return nil, err
	}
	if err := p.make(ctx); err != nil {
		return nil, err
	}
	p.tally, p.result.Transcript = p.tally.reset(), nil
	p.enter(s.Setup)
	return p, nil
}

// World returns the world that is being played in, for looking at.
func (p *Player) World() *sim.World { return p.stage.World() }

// Play plays all steps that are left, and returns the Result.
func (p *Player) Play(ctx context.Context) Result {
	for {
		if _, more := p.Next(ctx); !more {
			return p.Result()
		}
	}
}

// Result returns what there is; once Next returns no more steps, it is complete.
func (p *Player) Result() Result { return p.result }

// Elapsed is how far the world's clock has moved.
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

// Next plays one step, and reports whether there was one left.
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

// enter begins a section.
func (p *Player) enter(steps []story.Step) {
	p.stack.frames = []*frame{{steps: steps, scope: p.stack.root, from: p.stage.Mark()}}
}

// nextSection goes from one section to the next.
func (p *Player) nextSection(ctx context.Context) (Played, bool) {
	p.section++
	switch p.section {
	case inSteps:
		p.tally.actions = 0
		p.enter(p.in.Story.Steps)
	case atEnd:
		if !p.failed {
			return p.closing(ctx)
		}
	case inCleanup:
		p.beginPhase("")
		p.enter(p.in.Story.Cleanup)
	case over:
		p.close()
	}
	return Played{}, false
}

// play plays one step: what comes first of guards, when, the deed, what is
// saved, and what is expected.
func (p *Player) play(ctx context.Context, s *story.Step) Played {
	lines := len(p.result.Transcript)
	p.at = s.Pos
	p.name = p.stepName(s)
	played := Played{Step: s, Name: p.name, Depth: len(p.stack.frames) - 1}
	before := p.failures()
	if p.withinLimits(s) && p.whenHolds(s, &played) {
		p.act(ctx, s)
	}
	return p.endStep(played, before, lines)
}

// endStep fills in what a step came to, and goes on or stops.
func (p *Player) endStep(played Played, before, lines int) Played {
	played.Phase = p.phase().Title
	played.At = p.stage.Now().Sub(p.start)
	played.Lines = slices.Clone(p.result.Transcript[lines:])
	if all := *p.list(); len(all) > before {
		played.Failures = slices.Clone(all[before:])
		p.stop(played.Step)
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
			p.judge.Missed(wrong)
			return false
		}
		if len(missed) > 0 {
			played.Skipped = true
			return false
		}
	}
	return true
}

// stepName returns a step's name: its own, or what it does with a number.
func (p *Player) stepName(s *story.Step) string {
	p.counts[s.Spelled]++
	if s.Name != "" {
		return p.masks.RedactDeclared(s.Name)
	}
	return p.masks.RedactDeclared(fmt.Sprintf("%s #%d", s.Spelled, p.counts[s.Spelled]))
}

// stop ends what a failure ends: all of the section, or a step or a call that
// says on_fail: continue.
func (p *Player) stop(s *story.Step) {
	if p.section == inCleanup || s != nil && s.Go {
		return // every step of the cleanup is tried
	}
	for i, f := range slices.Backward(p.stack.frames) {
		if f.by != nil && f.by.Go {
			p.stack.frames = p.stack.frames[:i]
			return
		}
	}
	p.stack.frames = nil
	p.section = max(p.section, atEnd)
}

// withinLimits reports whether the run is within its limits. A step that only looks is
// no Action more.
func (p *Player) withinLimits(s *story.Step) bool {
	p.played++
	virtual, wall := p.stage.Now().Sub(p.start), p.cfg.Now().Sub(p.began)
	switch {
	case p.section == inCleanup:
		return true
	case p.tally.actions >= p.limits.actions && acts(s.Body):
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

// acts reports whether a step may do Actions.
func acts(body story.Body) bool {
	switch body.(type) {
	case story.Check, story.Phase:
		return false
	}
	return true
}
