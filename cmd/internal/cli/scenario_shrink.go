package cli

import (
	"context"
	"errors"
	"time"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn/sim"
	"github.com/offauth/offauth/scenarios/compose"
	"github.com/offauth/offauth/scenarios/explore"
	"github.com/offauth/offauth/scenarios/invariant"
	"github.com/offauth/offauth/scenarios/player"
	"github.com/offauth/offauth/scenarios/record"
	runs "github.com/offauth/offauth/scenarios/run"
)

type scenarioShrinkOptions struct {
	deps *Deps
	picking

	path, out string
	// open is how the worlds are opened in which the story is cut down; nil
	// means the real one.
	open func(sim.Config) explore.World
}

func newScenarioShrinkCmd(d *Deps, runF func(context.Context, *scenarioShrinkOptions) error) *cobra.Command {
	o := &scenarioShrinkOptions{deps: d}
	cmd := &cobra.Command{
		Use:   "shrink <story>",
		Short: "cut a story that breaks an invariant down to what matters",
		Long: `Play a story, and if it breaks an invariant, cut it down to the actions without
which it does not, and write the rest as a story (exit 8). A story of which
every invariant holds is left as it is. Of a table it takes the first instance,
or the one that --filter picks.`,
		Example: `  offauth scenario shrink hypr-first-pin --library`,
		Args:    exactly(1, "which story"),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.path = args[0]
			return run(cmd, o, runF, runScenarioShrink)
		},
	}
	o.picking.bind(cmd)
	cmd.Flags().StringVar(&o.out, "out", "", "write what is left into the `FOLDER`, not to stdout")
	return cmd
}

func runScenarioShrink(ctx context.Context, o *scenarioShrinkOptions) error {
	d := o.deps
	roomy()
	s, err := d.suite(ctx, []string{o.path}, o.library)
	if err != nil {
		return err
	}
	if err := d.sound(s); err != nil {
		return err
	}
	instances, err := o.instances(s)
	if err != nil {
		return err
	}
	scene, err := d.sceneOf(ctx, instances[0])
	if err != nil {
		return err
	}
	found, err := explore.Shrink(ctx, explore.Options{Profile: scene.Profile, Store: memoryStore, Now: d.Now, Open: o.open, Runs: 1}, scene)
	if errors.Is(err, explore.ErrOptions) {
		return usage(nil, "%s", err.Error())
	}
	if err != nil {
		return err
	}
	e := explorationOf(explore.Result{Profile: scene.Profile, Seed: scene.Seed})
	if found == nil {
		return d.print(report{result: e, lines: []string{instances[0].ID + " breaks no invariant; there is nothing to cut"}})
	}
	return d.foundStory(found, o.out, e)
}

// sceneOf plays an instance and takes down what was done in it.
func (d *Deps) sceneOf(ctx context.Context, in runs.Instance) (compose.Scene, error) {
	taker := &taker{now: in.Story.Start}
	p, err := player.New(ctx, in, player.Config{Store: memoryStore, Now: d.Now, Seed: in.Story.Seed, Watch: taker})
	if err != nil {
		return compose.Scene{}, err
	}
	p.Play(ctx) // whether it passes or not
	if err := ctx.Err(); err != nil {
		return compose.Scene{}, err
	}
	if taker.crashed {
		return compose.Scene{}, usage(nil, "a crash strikes in %s, and where it would strike in a shorter story nobody knows", in.ID)
	}
	scene, _, err := record.Scene(in.Story.Name, in.Story.Family(), taker.moves)
	if errors.Is(err, record.ErrNothing) {
		return scene, usage(nil, "nothing is done in %s", in.ID)
	}
	scene.Profile, scene.Seed, scene.Header = in.Story.Profile, in.Story.Seed, nil
	return scene, err
}

// taker takes down every Action of a world.
type taker struct {
	now     time.Time
	moves   []sim.Recorded
	crashed bool
}

// See implements invariant.Watcher.
func (t *taker) See(s invariant.Seen) []invariant.Broken {
	t.moves = append(t.moves, sim.Recorded{Number: uint64(s.N), At: t.now, Action: s.Action, Outcome: s.Outcome, Refusal: s.Refusal})
	if !s.Outcome.At.IsZero() {
		t.now = s.Outcome.At
	}
	t.crashed = t.crashed || s.Crashed
	return nil
}

// End implements invariant.Watcher.
func (t *taker) End() []invariant.Broken { return nil }
