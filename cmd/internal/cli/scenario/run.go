package scenario

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/verb"
	"github.com/offauth/offauth/cmd/internal/app"
	"github.com/offauth/offauth/keystore/memory"
	"github.com/offauth/offauth/scenarios/invariant/watch"
	reports "github.com/offauth/offauth/scenarios/report"
	runs "github.com/offauth/offauth/scenarios/run"
)

type runOptions struct {
	deps *app.Deps
	picking

	paths                          []string
	shuffle, update                string
	seed                           int64
	seeded, vary, check, unwatched bool
	repeat, parallel, last, most   int
	reports, settings, invariants  []string
	github, verbose                bool
	timeout                        time.Duration
	wallScale                      float64

	// Parsed values of the flags.
	outputs []*output
	set     []authn.Setting
	order   *uint64
}

func newRun(d *app.Deps) *cobra.Command {
	o := &runOptions{deps: d}
	cmd := &cobra.Command{
		Use:   "run [path ...]",
		Short: "play stories and report what failed",
		Long: `Play the stories of files and folders (./scenarios), or of the library, each in
a world of its own. A fixture lies below the folder named scenarios that its
story lies in, or else below the folder that was named.`,
		Example: `  offauth scenario run --library
  offauth scenario run --library hypr-first-pin -v
  offauth scenario run --library --tags smoke --report junit=report.xml`,
		Annotations: app.Takes("path", app.Repeated),
		Args:        cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			o.paths, o.seeded = args, cmd.Flags().Changed("seed")
			if err := o.read(); err != nil {
				return err
			}
			return runRun(cmd.Context(), o)
		},
	}
	o.bind(cmd)
	fewFlags(cmd, "library", "filter", "tags", "report", "update", "verbose", "fail-fast")
	return cmd
}

// bind adds the flags to the command; its page in docs/commands lists them all.
func (o *runOptions) bind(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.SortFlags = false
	o.picking.bind(cmd)
	flags.StringArrayVar(&o.reports, "report", nil, "write a report, as `KIND=FILE`; - is stdout")
	flags.StringVar(&o.update, "update", "", "rewrite the goldens of ids like `GLOB`")
	flags.Lookup("update").NoOptDefVal = "*"
	flags.BoolVarP(&o.verbose, "verbose", "v", false, "show what each story did")
	flags.IntVar(&o.most, "fail-fast", 0, "start no more after `N` failures")
	flags.Lookup("fail-fast").NoOptDefVal = "1"
	flags.IntVarP(&o.parallel, "parallel", "j", runtime.NumCPU(), "play so many (`N`) at once")
	flags.Lookup("parallel").DefValue = "the number of processors" // help and pages say the same on every machine
	flags.StringVar(&o.shuffle, "shuffle", "", "start them in an order drawn from the `SEED`")
	flags.Lookup("shuffle").NoOptDefVal = "random"
	flags.Int64Var(&o.seed, "seed", 0, "draw keys and PINs from the seed `N`, not the files' own")
	flags.IntVar(&o.repeat, "repeat", 1, "play each `N` times")
	flags.BoolVar(&o.vary, "vary-seed", false, "with another seed each time")
	flags.BoolVar(&o.check, "check-determinism", false, "play each twice; the same must happen")
	flags.StringArrayVar(&o.settings, "set", nil, "what if a setting were another: `KEY=VALUE`")
	flags.StringSliceVar(&o.invariants, "invariants", nil, "check these invariants (`NAMES`), not the files' own")
	flags.BoolVar(&o.unwatched, "no-invariants", false, "check no invariant")
	flags.IntVar(&o.last, "log", 8, "show the last `N` events before a failure")
	flags.BoolVar(&o.github, "github", false, "print annotations of GitHub on stdout")
	flags.DurationVar(&o.timeout, "timeout", 0, "end the run after a `SPAN` of real time")
	flags.Float64Var(&o.wallScale, "wall-scale", 1, "multiply the stories' timeout.wall by `N`, on a slow machine")
}

// bind adds the flags that select instances.
func (p *picking) bind(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.BoolVar(&p.library, "library", false, "the stories that are built in; paths are their names")
	flags.StringArrayVar(&p.filters, "filter", nil, "only ids like `GLOB`; may be repeated")
	flags.StringVar(&p.tags, "tags", "", "only with tags like `EXPR`: 'a and not (b or c)'")
}

// flagsOfUsage is the part of the usage template that shows flags.
const flagsOfUsage = "{{.LocalFlags.FlagUsages | trimTrailingWhitespaces}}"

// fewFlags fits the help of a command with many flags on a screen: it shows
// some in full, and lists the names of the others with the page that has more.
func fewFlags(cmd *cobra.Command, common ...string) {
	full := pflag.NewFlagSet(cmd.Name(), pflag.ContinueOnError)
	full.SortFlags = false
	for _, name := range common {
		full.AddFlag(cmd.Flags().Lookup(name))
	}
	var others []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if full.Lookup(f.Name) == nil {
			others = append(others, "--"+f.Name)
		}
	})
	also := "Also " + strings.Join(others, ", ") + `: see "offauth man ` + "scenario " + cmd.Name() + `"`
	text := full.FlagUsages() + "  " + strings.Join(app.Wrapped(also, 76), "\n  ")
	cmd.SetUsageTemplate(strings.Replace(app.UsageTemplate, flagsOfUsage, text, 1))
}

// read parses the flags, and returns an error if they contradict each other.
func (o *runOptions) read() error {
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
	if _, err := watch.New("", o.invariants); err != nil {
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

// shuffled parses the seed of the order, or draws one.
func (o *runOptions) shuffled() error {
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

func runRun(ctx context.Context, o *runOptions) error {
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

// errTimeIsUp is the reason when a run takes longer than --timeout.
var errTimeIsUp = errors.New("the time of --timeout is up")

// options returns the options of the run.
func (o *runOptions) options(s *suite) runs.Options {
	r := runs.Options{
		Store: memoryStore, Now: o.deps.Now, Parallel: o.parallel, Shuffle: o.order, Repeat: o.repeat, VarySeed: o.vary,
		WallScale: o.wallScale, Last: o.last, CheckDeterminism: o.check, MaxFailures: o.most, Set: o.set, Watch: watch.New,
		Goldens: s.mounts,
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

// tell writes the reports and goldens, and returns the error that the run ends
// with.
func (o *runOptions) tell(ctx context.Context, s *suite, r runs.Report) error {
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
		d.Talkf("error: %s", errTimeIsUp)
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

// showRun prints the report as the flags ask; if another report uses stdout,
// the text goes to stderr.
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
		_, err := fmt.Fprintln(out, reports.Summary(r))
		return err
	}
	if err := reports.Write(app.Unfiltered(out), reports.Text, r, ro); err != nil {
		return fmt.Errorf("%w: %w", app.ErrOutput, err)
	}
	for _, name := range written {
		d.Talkf("wrote %s", name)
	}
	return nil
}

// writeGoldens writes the selected goldens and returns their names.
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

// output is one report of --report.
type output struct {
	kind reports.Kind
	// file is the path of the report; "-" is stdout.
	file string
	// temp is the file being written.
	temp *app.OutFile
}

// outputs parses the values of --report.
func outputsOf(values []string) ([]*output, error) {
	var all []*output
	for _, v := range values {
		kind, file, ok := strings.Cut(v, "=")
		if !ok || file == "" {
			return nil, app.Usage([]string{"offauth scenario run --report junit=FILE"}, "--report wants KIND=FILE, not %q", v)
		}
		if !reports.Known(reports.Kind(kind)) {
			kinds := app.NamesOf(reports.Kinds(), func(k reports.Kind) string { return string(k) })
			f := app.Usage(nil, "there is no report of the kind %q; there is %s", kind, strings.Join(kinds, ", "))
			for _, near := range app.Nearest(kind, kinds) {
				f.Hints = append(f.Hints, "did you mean "+near+"?")
			}
			return nil, f
		}
		if slices.ContainsFunc(all, func(o *output) bool { return o.file == file }) {
			return nil, app.Usage(nil, "two reports cannot both go to %s", file)
		}
		all = append(all, &output{kind: reports.Kind(kind), file: file})
	}
	return all, nil
}

// toStdout reports whether a report goes to stdout.
func toStdout(all []*output) bool {
	return slices.ContainsFunc(all, func(o *output) bool { return o.file == "-" })
}

// openAll opens the files, so that an unwritable one is reported before
// anything runs.
func openAll(all []*output) error {
	for _, o := range all {
		if o.file == "-" {
			continue
		}
		if info, err := os.Stat(o.file); err == nil && info.IsDir() {
			dropAll(all)
			return app.Usage(nil, "the report cannot be written: %s is a folder", o.file)
		}
		temp, err := app.CreateFile(o.file)
		if err != nil {
			dropAll(all)
			return app.Usage([]string{"name a file in a folder that is there and can be written"},
				"the report cannot be written: %s", app.FileReason(o.file, err))
		}
		o.temp = temp
	}
	return nil
}

// dropAll removes unfinished files.
func dropAll(all []*output) {
	for _, o := range all {
		if o.temp != nil {
			o.temp.Discard()
			o.temp = nil
		}
	}
}

// writeAll writes every report; each file is complete or unchanged.
func writeAll(d *app.Deps, all []*output, r runs.Report, o reports.Options) error {
	for _, out := range all {
		if out.file == "-" {
			if err := reports.Write(d.Streams.Out, out.kind, r, o); err != nil {
				return err
			}
			continue
		}
		if err := out.write(r, o); err != nil {
			return &authn.Fault{Code: app.CodeHost, Message: "the report cannot be written: " + app.FileReason(out.file, err)}
		}
	}
	return nil
}

func (out *output) write(r runs.Report, o reports.Options) error {
	o.Colour = false
	if err := reports.Write(out.temp, out.kind, r, o); err != nil {
		return err
	}
	temp := out.temp
	out.temp = nil
	return temp.Commit()
}
