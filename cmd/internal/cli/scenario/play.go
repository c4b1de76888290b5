package scenario

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/verb"
	"github.com/offauth/offauth/cmd/internal/app"
	"github.com/offauth/offauth/keystore/memory"
	"github.com/offauth/offauth/scenarios/invariant"
	reports "github.com/offauth/offauth/scenarios/report"
	runs "github.com/offauth/offauth/scenarios/run"
)

// read makes sense of the flags, and refuses those that contradict each other.
func (o *scenarioRunOptions) read() error {
	if o.github {
		o.reports = append(o.reports, "github=-")
	}
	var err error
	if o.outputs, err = outputsOf(o.reports); err != nil {
		return err
	}
	for _, s := range o.settings {
		key, value, ok := strings.Cut(s, "=")
		if !ok {
			return app.Usage([]string{"offauth scenario run --set hypr.pins.count=50"}, "--set wants KEY=VALUE, not %q", s)
		}
		if _, err := app.SettingOf(key); err != nil {
			return err
		}
		o.set = append(o.set, authn.Setting{Key: authn.SettingKey(key), Value: value})
	}
	if err := verb.JudgePolicy(o.set); err != nil {
		return app.Usage([]string{o.set[0].Key.ExplainCommand()}, "--set: %s", err.Error())
	}
	if _, err := invariant.New("", o.invariants); err != nil {
		return app.Usage(nil, "%s", err.Error())
	}
	switch {
	case o.update != "" && len(o.set) > 0:
		return app.Usage(nil, "--update writes what the files say, and --set plays something else")
	case o.update != "" && o.library:
		return app.Usage([]string{"offauth scenario show NAME"}, "the library is built in: its goldens cannot be written")
	case toStdout(o.outputs) && o.deps.Flags.JSON:
		return app.Usage([]string{"offauth scenario run --report json=FILE"}, "--json has stdout already")
	case o.unwatched && o.invariants != nil:
		return app.Usage(nil, "--no-invariants checks none, and --invariants names some")
	case o.repeat < 1 || o.parallel < 1 || o.last < 1 || o.most < 0 || o.timeout < 0:
		return app.Usage(nil, "--repeat, --parallel and --log are at least 1, --fail-fast and --timeout not below 0")
	case o.wallScale < 0.001 || o.wallScale > 1_000_000:
		return app.Usage(nil, "--wall-scale is a number above 0, such as 4")
	}
	return o.shuffled()
}

// shuffled reads the seed of the order, or draws one.
func (o *scenarioRunOptions) shuffled() error {
	switch o.shuffle {
	case "":
		return nil
	case "random":
		seed := uint64(rand.Uint32()) //nolint:gosec // an order, no secret
		o.order = &seed
		return nil
	}
	seed, err := strconv.ParseUint(o.shuffle, 10, 64)
	if err != nil {
		return app.Usage([]string{"offauth scenario run --shuffle=17"}, "--shuffle wants a number, not %q", o.shuffle)
	}
	o.order = &seed
	return nil
}

func runScenarioRun(ctx context.Context, o *scenarioRunOptions) error {
	d := o.deps
	roomy()
	s, err := readSuite(ctx, d, o.paths, o.library)
	if err != nil {
		return err
	}
	if err := sound(d, s); err != nil {
		return err
	}
	if err := warn(d, s); err != nil {
		return err
	}
	instances, err := o.instances(s)
	if err != nil {
		return err
	}
	if err := openAll(o.outputs); err != nil {
		return err
	}
	defer dropAll(o.outputs)
	if o.timeout > 0 {
		var stop context.CancelFunc
		ctx, stop = context.WithTimeoutCause(ctx, o.timeout, errTimeIsUp)
		defer stop()
	}
	r := runs.Run(ctx, instances, o.options(s))
	s.shown(&r)
	return o.tell(ctx, s, r)
}

// errTimeIsUp is why a run ends that took longer than --timeout.
var errTimeIsUp = errors.New("the time of --timeout is up")

// options are how the run plays.
func (o *scenarioRunOptions) options(s *suite) runs.Options {
	r := runs.Options{
		Store: memoryStore, Now: o.deps.Now, Parallel: o.parallel, Shuffle: o.order, Repeat: o.repeat, VarySeed: o.vary,
		WallScale: o.wallScale, Last: o.last, CheckDeterminism: o.check, MaxFailures: o.most, Set: o.set, Watch: watch, Goldens: s.mounts,
	}
	if o.seeded {
		r.Seed = &o.seed
	}
	if o.invariants != nil {
		r.Invariants = o.invariants
	}
	if o.unwatched {
		r.Watch = nil
	}
	if o.update != "" {
		r.Update = func(id string) bool { return runs.Glob(o.update, id) }
	}
	return r
}

// memoryStore returns the empty store of a story's world.
func memoryStore() authn.Store { return memory.NewStore() }

// tell writes the reports and the goldens, and ends the command as the run
// ended.
func (o *scenarioRunOptions) tell(ctx context.Context, s *suite, r runs.Report) error {
	d := o.deps
	written, err := s.writeGoldens(r)
	if err != nil {
		return err
	}
	ro := lookingAt(d, s)
	ro.Verbose, ro.Last, ro.Seeded = o.verbose, o.last, o.seeded || o.vary
	ro.Rerun = strings.TrimSpace(d.Program + " scenario run " + typedPaths(o.paths, o.library))
	if err := writeAll(d, o.outputs, r, ro); err != nil {
		return err
	}
	if err := showRun(d, r, ro, toStdout(o.outputs), written); err != nil {
		return err
	}
	var exit authn.Exit
	switch {
	case reports.Panicked(r):
		exit = authn.ExitBug
	case context.Cause(ctx) == errTimeIsUp:
		d.Talk("error: %s", errTimeIsUp)
		exit = authn.ExitFailed
	case r.Interrupted:
		exit = authn.ExitCancelled
	case reports.Broken(r):
		exit = authn.ExitFailed
	default:
		return nil
	}
	return &app.CheckFailed{Exit: exit, Failed: reports.DocumentOf(r, ro)}
}

// showRun prints the report as the flags ask; where another report has stdout,
// the text is talk.
func showRun(d *app.Deps, r runs.Report, ro reports.Options, elsewhere bool, written []string) error {
	if d.Flags.JSON {
		if reports.Broken(r) || r.Interrupted {
			return nil // ended says it
		}
		return d.Envelope(app.Envelope{OK: true, Result: reports.DocumentOf(r, ro)})
	}
	out := d.Streams.Out
	if elsewhere {
		out, ro.Colour = d.Streams.Err, false
	}
	if d.Flags.Quiet {
		if elsewhere {
			return nil
		}
		if _, err := fmt.Fprintln(out, reports.Summary(r)); err != nil {
			return fmt.Errorf("%w: %w", app.ErrOutput, err)
		}
		return nil
	}
	if err := reports.Write(app.Unfiltered(out), reports.Text, r, ro); err != nil {
		return fmt.Errorf("%w: %w", app.ErrOutput, err)
	}
	for _, name := range written {
		d.Talk("wrote %s", name)
	}
	return nil
}

// writeGoldens writes the goldens that were asked for and gives their names.
func (s *suite) writeGoldens(r runs.Report) ([]string, error) {
	var written []string
	for name := range r.Goldens {
		written = append(written, name)
	}
	slices.Sort(written)
	for i, name := range written {
		host, ok := s.mounts.host(name)
		if !ok {
			return nil, app.Usage(nil, "the golden %s lies outside of the suite", name)
		}
		if err := app.WriteFile(host, []byte(r.Goldens[name])); err != nil {
			return nil, err
		}
		written[i] = s.mounts.shown(name)
	}
	return written, nil
}
