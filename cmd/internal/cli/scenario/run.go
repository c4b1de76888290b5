package scenario

import (
	"runtime"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/cmd/internal/app"
)

type scenarioRunOptions struct {
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

	// What the flags come to.
	outputs []*output
	set     []authn.Setting
	order   *uint64
}

func newScenarioRunCmd(d *app.Deps) *cobra.Command {
	o := &scenarioRunOptions{deps: d}
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
			return runScenarioRun(cmd.Context(), o)
		},
	}
	o.bind(cmd)
	fewFlags(cmd, "library", "filter", "tags", "report", "update", "verbose", "fail-fast")
	return cmd
}

// bind adds the flags to the command; the page of docs/commands lists them all.
func (o *scenarioRunOptions) bind(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.SortFlags = false
	o.picking.bind(cmd)
	flags.StringArrayVar(&o.reports, "report", nil, "write a report, as `KIND=FILE`; - is stdout")
	flags.StringVar(&o.update, "update", "", "make goldens anew, of ids like `GLOB`")
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

// bind adds the flags to a command that pick instances.
func (p *picking) bind(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.BoolVar(&p.library, "library", false, "the stories that are built in; paths are their names")
	flags.StringArrayVar(&p.filters, "filter", nil, "only ids like `GLOB`; may be repeated")
	flags.StringVar(&p.tags, "tags", "", "only with tags like `EXPR`: 'a and not (b or c)'")
}

// flagsOfUsage is where a command's help shows its flags.
const flagsOfUsage = "{{.LocalFlags.FlagUsages | trimTrailingWhitespaces}}"

// fewFlags keeps the help of a command with many flags on a screen: some in
// full, of the others the names, and where more is said.
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
