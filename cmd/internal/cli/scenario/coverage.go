package scenario

import (
	"context"
	"fmt"
	"runtime"
	"strings"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/cmd/internal/app"
	"github.com/offauth/offauth/scenarios/coverage"
	"github.com/offauth/offauth/scenarios/invariant/watch"
	reports "github.com/offauth/offauth/scenarios/report"
	runs "github.com/offauth/offauth/scenarios/run"
)

type coverageOptions struct {
	deps *app.Deps
	picking

	paths []string
	under float64
}

func newCoverage(d *app.Deps) *cobra.Command {
	o := &coverageOptions{deps: d}
	cmd := &cobra.Command{
		Use:   "coverage [path ...]",
		Short: "say which rules stories prove, and what they leave out",
		Long: `Play stories and say which rules the ones that passed name, which refusals,
events, verbs and roles came up in them, and which did not. Rules that no story
can break are listed with their Go tests; rules about features that offauth
lacks are waiting, and do not count. The default path is the library.`,
		Example: `  offauth scenario coverage
  offauth scenario coverage --fail-under 100`,
		Annotations: app.Takes("path", app.Repeated),
		Args:        cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			o.paths = args
			if o.under < 0 || o.under > 100 {
				return app.Usage(nil, "--fail-under is a percentage, from 0 to 100")
			}
			return runCoverage(cmd.Context(), o)
		},
	}
	o.picking.bind(cmd)
	cmd.Flags().Float64Var(&o.under, "fail-under", 0, "fail if under `N` percent of the rules are proved")
	return cmd
}

type coverageJSON struct {
	Percent float64 `json:"percent"`
	coverage.Coverage
}

func runCoverage(ctx context.Context, o *coverageOptions) error {
	d := o.deps
	s, err := readSuite(ctx, d, o.paths, o.library || len(o.paths) == 0)
	if err != nil {
		return err
	}
	if err := sound(d, s); err != nil {
		return err
	}
	instances, err := o.instances(s)
	if err != nil {
		return err
	}
	r := runs.Run(ctx, instances, runs.Options{Store: memoryStore, Now: d.Now, Parallel: runtime.NumCPU(),
		Watch: watch.New, Goldens: s.mounts})
	if err := ctx.Err(); err != nil {
		return err
	}
	s.shown(&r)
	c := coverage.Of(r.Results, s.families())
	result := coverageJSON{c.Percent(), c}
	low := c.Percent() < o.under
	if reports.Broken(r) || low {
		return short(d, c, r, result, low, o.under)
	}
	return d.Print(app.Report{Result: result, Lines: coverageLines(c), Bare: []string{fmt.Sprintf("%.1f", c.Percent())}})
}

// short returns the error of a command whose stories failed, or prove too
// little.
func short(d *app.Deps, c coverage.Coverage, r runs.Report, result coverageJSON, low bool, under float64) error {
	if !d.Flags.JSON {
		if err := d.PrintText(app.Report{Lines: coverageLines(c),
			Bare: []string{fmt.Sprintf("%.1f", c.Percent())}}); err != nil {
			return err
		}
		if reports.Broken(r) {
			d.Sayf("error: %s", reports.Summary(r))
			d.Hint(d.AsTyped([]string{"what failed proves nothing: `offauth scenario run` says why"}))
		}
		if low {
			d.Sayf("error: %.1f %% of the rules are proved, under the %g %% that are wanted", c.Percent(), under)
		}
	}
	return &app.CheckFailed{Exit: authn.ExitFailed, Failed: result}
}

// coverageLines words the coverage: missing entries by name, the rest as
// counts.
func coverageLines(c coverage.Coverage) []string {
	rows := [][]string{{"rule", "held by", ""}}
	for _, r := range c.Rules {
		by := map[coverage.State]string{
			coverage.ByStory: fewOf(r.Stories), coverage.ByTest: fewOf(r.Tests), coverage.Missing: "nobody",
			coverage.Waiting: r.Reason,
		}[r.State]
		rows = append(rows, []string{string(r.ID), string(r.State), by})
	}
	lines := append(app.Table(rows), "")
	for _, part := range []struct {
		what  string
		items []coverage.Item
	}{{"refusals", c.Refusals}, {"events", c.Events}, {"verbs", c.Verbs}, {"roles", c.Roles}} {
		untouched, all := coverage.Untouched(part.items)
		line := fmt.Sprintf("%s: %d of %d", part.what, all-len(untouched), all)
		if len(untouched) > 0 {
			line += "; not " + strings.Join(untouched, ", ")
		}
		lines = append(lines, line)
	}
	stories, tests, missed, waits := len(c.Of(coverage.ByStory)), len(c.Of(coverage.ByTest)), c.Of(coverage.Missing),
		len(c.Of(coverage.Waiting))
	line := fmt.Sprintf("rules: %.1f %%: %d by stories, %d by Go tests, %d by nobody, %d wait", c.Percent(), stories,
		tests, len(missed), waits)
	return append(lines, line)
}

// fewOf joins the first few of many names.
func fewOf(names []string) string {
	const few = 3
	if len(names) > few {
		return strings.Join(names[:few], ", ") + fmt.Sprintf(" and %d more", len(names)-few)
	}
	return strings.Join(names, ", ")
}
