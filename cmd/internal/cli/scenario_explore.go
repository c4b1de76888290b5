package cli

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/scenarios/compose"
	"github.com/offauth/offauth/scenarios/explore"
	"github.com/offauth/offauth/scenarios/lint"
)

type scenarioExploreOptions struct {
	deps *Deps

	profile, out string
	runs         int
	length       int
	seed         int64
	span         string
	invariants   []string
	time         time.Duration
}

func newScenarioExploreCmd(d *Deps, runF func(context.Context, *scenarioExploreOptions) error) *cobra.Command {
	o := &scenarioExploreOptions{deps: d}
	cmd := &cobra.Command{
		Use:   "explore",
		Short: "look for a story that breaks an invariant, and write the shortest",
		Long: `Play random actions, faults among them, and hold every invariant after each.
What breaks one is cut down to the actions that matter and written as a story
that fails now and passes after the repair (exit 8). Without a find it says how
much was tried, and what never came up.`,
		Example: `  offauth scenario explore --profile hypr --runs 3 --seed 9
  offauth scenario explore --profile encap --runs 2 --out found`,
		Args: atMost(0),
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			if o.runs < 0 || o.length < 1 {
				return usage(nil, "--runs is not below 0, --actions at least 1")
			}
			if o.time, err = parseSpan(o.span); err != nil {
				return err
			}
			if cmd.Flags().Changed("runs") && !cmd.Flags().Changed("for") {
				o.time = 0
			}
			return run(cmd, o, runF, runScenarioExplore)
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringVar(&o.profile, "profile", "", "the `PROFILE`: hypr, hypr@current, encap, onespan")
	flags.StringVar(&o.span, "for", "10s", "for a `SPAN` of real time")
	flags.IntVar(&o.runs, "runs", 0, "for `N` runs, whatever they take")
	flags.Int64Var(&o.seed, "seed", 1, "draw from the seed `N`")
	flags.IntVar(&o.length, "actions", 40, "play `N` actions a run")
	flags.StringSliceVar(&o.invariants, "invariants", nil, "hold these (`NAMES`), not all")
	flags.StringVar(&o.out, "out", "", "write what is found into the `FOLDER`, not to stdout")
	return cmd
}

func runScenarioExplore(ctx context.Context, o *scenarioExploreOptions) error {
	d := o.deps
	roomy()
	r, err := explore.Explore(ctx, explore.Options{
		Profile: o.profile, Seed: o.seed, Runs: o.runs, For: o.time, Now: d.Now, Actions: o.length, Invariants: o.invariants, Store: memoryStore,
	})
	if errors.Is(err, explore.ErrOptions) {
		return usage([]string{"offauth scenario explore --profile hypr"}, "%s", err.Error())
	}
	if err != nil {
		return err
	}
	if r.Found != nil {
		return d.foundStory(r.Found, o.out, explorationOf(r))
	}
	if r.Interrupted {
		if !d.Flags.JSON {
			if err := d.printText(report{lines: explorationLines(r)}); err != nil {
				return err
			}
		}
		return &ended{exit: authn.ExitCancelled, failed: explorationOf(r)}
	}
	return d.print(report{result: explorationOf(r), lines: explorationLines(r), bare: []string{fmt.Sprint(r.Actions)}})
}

// foundStory writes what breaks an invariant, and says which.
func (d *Deps) foundStory(f *explore.Found, folder string, e explorationJSON) error {
	text, err := compose.Write(f.Scene)
	if err != nil {
		return err
	}
	j := foundJSON{Invariant: f.ID, Sentence: f.Sentence, What: f.What, Rules: f.Rules, Run: f.Run, Drawn: f.Drawn, Kept: f.Kept, Replays: f.Replays, Name: f.Scene.Name, Text: string(text)}
	lines := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
	if folder != "" {
		if err := storyFolder(folder); err != nil {
			return err
		}
		j.File = filepath.Join(folder, f.Scene.Name+lint.ScenarioSuffix)
		if err := writeFile(j.File, text); err != nil {
			return err
		}
		lines = []string{j.File}
	}
	e.Found = &j
	if !d.Flags.JSON {
		if err := d.printText(report{lines: lines, bare: lines, file: folder == ""}); err != nil {
			return err
		}
		d.say("error: %s is broken (%s): %s", f.ID, joinedRules(f.Rules), f.What)
		d.say("it says: %s", f.Sentence)
		d.say("%d actions of %d matter, found in run %d, by %d replays", f.Kept, f.Drawn, f.Run, f.Replays)
	}
	return &ended{exit: authn.ExitFailed, failed: e}
}
