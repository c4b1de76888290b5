package player

import (
	"context"
	"regexp"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/sim"
	"github.com/offauth/offauth/scenarios/invariant"
	"github.com/offauth/offauth/scenarios/state"
	"github.com/offauth/offauth/scenarios/story"
	"github.com/offauth/offauth/scenarios/syntax"
	"github.com/offauth/offauth/scenarios/value"
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
	in     Instance
	cfg    Config
	table  *state.Table
	store  *crashing
	chance *chance
	sim    sim.Config
	world  *sim.World

	actors []actor
	now    time.Time // the world's time
	began  time.Time // on the wall
	limits limits

	section section
	frames  []*frame
	root    *scope
	steps   map[string]*record // of those that have an id
	pending []*record
	counts  map[string]int // of each kind of step, for names
	vars    map[string]any
	looks   map[string]bool // vars that are being worked out
	parsed  map[string]value.Template
	bound   map[*syntax.Node]any // values that were worked out in another scope
	regexps map[string]*regexp.Regexp
	masks   *masks

	// The step that is being played.
	name string
	at   syntax.Pos
	view *authn.Snapshot // the world after it, once somebody asked
	came string          // what it came to, for its failures

	events []authn.Event
	n      int // Actions, those that made the world included
	played int // steps
	tally  tally
	result Result
	// phaseFrom counts the Actions before the chapter.
	phaseFrom int
	failed    bool // something failed before the cleanup
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
	story := in.Story
	t := story.Timeout.Defaults()
	p := &Player{
		in: in, cfg: cfg, table: state.For(story.Family()), chance: newChance(cfg.Seed),
		now: story.Start.UTC(), began: cfg.Now(), limits: limitsOf(t, cfg.WallScale),
		root: newScope(nil), steps: map[string]*record{}, counts: map[string]int{}, vars: map[string]any{}, looks: map[string]bool{},
		parsed: map[string]value.Template{}, bound: map[*syntax.Node]any{}, regexps: map[string]*regexp.Regexp{}, masks: newMasks(), tally: newTally(),
		result: Result{
			ID: in.ID, Path: story.Path, Line: in.Line(), Name: story.Name, Tags: story.Tags, Seed: cfg.Seed,
			Phases: []Phase{{}},
		},
	}
	for _, rule := range story.Rules {
		p.tally.rules[rule] = true
	}
	if err := p.hideVars(); err != nil {
		return nil, err
	}
	p.store = &crashing{Store: cfg.Store()}
	p.sim = sim.Config{Store: p.store, Rand: p.chance.stream, KDF: cfg.KDF, Alone: true}
	p.world = sim.Open(p.sim)
	if err := sim.Start(ctx, p.store, &p.now); err != nil {
		return nil, err
	}
	if err := p.make(ctx); err != nil {
		return nil, err
	}
	p.tally, p.result.Transcript = p.tally.again(), nil
	p.enter(story.Setup)
	return p, nil
}

// World returns the world that is being played in, for looking at.
func (p *Player) World() *sim.World { return p.world }

// Play plays all steps that are left, and gives the Result.
func (p *Player) Play(ctx context.Context) Result {
	for {
		if _, more := p.Next(ctx); !more {
			return p.Result()
		}
	}
}
