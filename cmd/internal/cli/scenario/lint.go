package scenario

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/cmd/internal/app"
	reports "github.com/offauth/offauth/scenarios/report"
	"github.com/offauth/offauth/scenarios/syntax"
)

type scenarioLintOptions struct {
	deps *app.Deps

	paths   []string
	library bool
	format  string
}

func newScenarioLintCmd(d *app.Deps) *cobra.Command {
	o := &scenarioLintOptions{deps: d}
	cmd := &cobra.Command{
		Use:   "lint [path ...]",
		Short: "find what is wrong with stories, without playing them",
		Long: `Read the stories of files and folders (./scenarios) with their fixtures and
show every mistake: the place, the line, what helps. Warnings (OA4..) alone are
no failure. "offauth scenario explain OA303" says more of a finding.`,
		Example: `  offauth scenario lint --library
  offauth scenario lint --library --format short`,
		Annotations: app.Takes("path", app.Repeated),
		Args:        cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			o.paths = args
			if !slices.Contains(reports.Forms(), reports.Form(o.format)) {
				return app.Usage(nil, "--format is {%s}, not %q", strings.Join(Forms(), " | "), o.format)
			}
			return runScenarioLint(cmd.Context(), o)
		},
	}
	cmd.Flags().BoolVar(&o.library, "library", false, "the stories that are built in; paths are their names")
	cmd.Flags().StringVar(&o.format, "format", string(reports.Long), "as `FORM` {"+strings.Join(Forms(), " | ")+"}")
	return cmd
}

// Forms lists the forms in which findings are shown.
func Forms() []string {
	return app.NamesOf(reports.Forms(), func(f reports.Form) string { return string(f) })
}

func runScenarioLint(ctx context.Context, o *scenarioLintOptions) error {
	d := o.deps
	s, err := readSuite(ctx, d, o.paths, o.library)
	if err != nil {
		return err
	}
	if !d.Flags.JSON {
		if err := showFindings(d, s, reports.Form(o.format)); err != nil {
			return err
		}
	}
	if syntax.Wrong(s.findings) {
		return &app.CheckFailed{Exit: authn.ExitUsage, Failed: findingsJSON(s.findings)}
	}
	if d.Flags.JSON {
		return d.Envelope(app.Envelope{OK: true, Result: findingsJSON(s.findings)})
	}
	if len(s.findings) == 0 {
		d.Talk("%s: nothing is wrong", authn.Counted(len(s.paths), "story"))
	}
	return nil
}

func showFindings(d *app.Deps, s *suite, form reports.Form) error {
	if err := reports.WriteFindings(app.Unfiltered(d.Streams.Out), form, s.findings, lookingAt(d, s)); err != nil {
		return fmt.Errorf("%w: %w", app.ErrOutput, err)
	}
	return nil
}
