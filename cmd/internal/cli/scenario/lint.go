package scenario

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/cmd/internal/app"
	"github.com/offauth/offauth/scenarios/lint"
	reports "github.com/offauth/offauth/scenarios/report"
	"github.com/offauth/offauth/scenarios/syntax"
)

type lintOptions struct {
	deps *app.Deps

	paths   []string
	library bool
	format  string
}

func newLint(d *app.Deps) *cobra.Command {
	o := &lintOptions{deps: d}
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
			return runLint(cmd.Context(), o)
		},
	}
	cmd.Flags().BoolVar(&o.library, "library", false, "the stories that are built in; paths are their names")
	cmd.Flags().StringVar(&o.format, "format", string(reports.Long), "as `FORM` {"+strings.Join(Forms(), " | ")+"}")
	return cmd
}

// Forms returns the formats of findings.
func Forms() []string {
	return app.NamesOf(reports.Forms(), func(f reports.Form) string { return string(f) })
}

func runLint(ctx context.Context, o *lintOptions) error {
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
		d.Talkf("%s: nothing is wrong", authn.Counted(len(s.paths), "story"))
	}
	return nil
}

func showFindings(d *app.Deps, s *suite, form reports.Form) error {
	if err := reports.WriteFindings(app.Unfiltered(d.Streams.Out), form, s.findings, lookingAt(d, s)); err != nil {
		return fmt.Errorf("%w: %w", app.ErrOutput, err)
	}
	return nil
}

type fmtOptions struct {
	deps *app.Deps

	paths        []string
	write, check bool
}

func newFmt(d *app.Deps) *cobra.Command {
	o := &fmtOptions{deps: d}
	cmd := &cobra.Command{
		Use:   "fmt [path ...]",
		Short: "lay stories and fixtures out in the one way",
		Long: `Put the keys of stories and fixtures (./scenarios) into their order and lay them
out in the one way; comments stay. Without a flag a file is printed as it would
be, and of a folder the names of those that differ. -w writes them; --check only
says which differ, and exits 8 if any does.`,
		Example: `  offauth scenario new laid-out --profile hypr --out laid-out.scenario.yaml
  offauth scenario fmt laid-out.scenario.yaml
  offauth scenario fmt -w laid-out.scenario.yaml
  offauth scenario fmt --check laid-out.scenario.yaml`,
		Annotations: app.Takes("path", app.Repeated),
		Args:        cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			o.paths = args
			if o.write && o.check {
				return app.Usage(nil, "--check writes nothing, and -w writes")
			}
			return runFmt(cmd.Context(), o)
		},
	}
	cmd.Flags().BoolVarP(&o.write, "write", "w", false, "write the files that differ")
	cmd.Flags().BoolVar(&o.check, "check", false, "name the files that differ, and fail if there are any")
	return cmd
}

// laid is a file with its formatted text.
type laid struct {
	name     string
	was, is  string
	findings []syntax.Finding
}

func (l laid) differs() bool { return l.findings == nil && l.was != l.is }

func runFmt(ctx context.Context, o *fmtOptions) error {
	d := o.deps
	files, err := o.files()
	if err != nil {
		return err
	}
	all := make([]laid, len(files))
	s := &suite{sources: map[string]string{}}
	for i, name := range files {
		if err := ctx.Err(); err != nil {
			return err
		}
		if all[i], err = lay(name); err != nil {
			return err
		}
		s.findings = append(s.findings, all[i].findings...)
		s.sources[name] = all[i].was
	}
	if len(s.findings) > 0 {
		if !d.Flags.JSON {
			if err := reports.WriteFindings(app.Unfiltered(d.Streams.Err), reports.Long, s.findings,
				lookingAt(d, s)); err != nil {
				return err
			}
		}
		return &app.CheckFailed{Exit: authn.ExitUsage, Failed: findingsJSON(s.findings)}
	}
	return o.tell(all)
}

// files returns the files to format.
func (o *fmtOptions) files() ([]string, error) {
	paths := o.paths
	if len(paths) == 0 {
		paths = []string{defaultSuite}
	}
	var files []string
	for _, p := range paths {
		info, err := os.Stat(p)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil, app.Missing(app.CodeNoFile, "there is no file or folder "+app.ShellWord(p),
				"offauth scenario fmt --help")
		case err != nil:
			return nil, err
		case !info.IsDir():
			files = append(files, p)
			continue
		}
		err = filepath.WalkDir(p, func(name string, e fs.DirEntry, err error) error {
			if err == nil && e.Type().IsRegular() &&
				(strings.HasSuffix(name, lint.ScenarioSuffix) || strings.HasSuffix(name, lint.FixtureSuffix)) {
				files = append(files, name)
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return files, nil
}

// lay formats one file.
func lay(name string) (laid, error) {
	text, err := ownStory(name)
	if err != nil {
		return laid{}, err
	}
	l := laid{name: name, was: text}
	is, findings := lint.Format(name, []byte(text))
	l.is, l.findings = string(is), findings
	return l, nil
}

type fmtJSON struct {
	File    string `json:"file"`
	Differs bool   `json:"differs"`
	Written bool   `json:"written"`
}

// tell writes, names or prints the files.
func (o *fmtOptions) tell(all []laid) error {
	d := o.deps
	items, differing := []fmtJSON{}, []string{}
	for _, l := range all {
		item := fmtJSON{File: l.name, Differs: l.differs()}
		if l.differs() {
			differing = append(differing, l.name)
			if o.write {
				if err := app.WriteFile(l.name, []byte(l.is)); err != nil {
					return err
				}
				item.Written = true
			}
		}
		items = append(items, item)
	}
	rep := app.Report{Result: app.ListOf(items), Lines: differing, Bare: differing}
	if !o.write && !o.check && len(all) == 1 && len(o.paths) == 1 && o.paths[0] == all[0].name {
		text := strings.Split(strings.TrimSuffix(all[0].is, "\n"), "\n")
		rep.Lines, rep.Bare, rep.File = text, text, true
	}
	if o.check && len(differing) > 0 {
		if !d.Flags.JSON {
			if err := d.PrintText(rep); err != nil {
				return err
			}
			d.Hint(d.AsTyped([]string{strings.TrimSpace("offauth scenario fmt -w " + typedPaths(o.paths, false))}))
		}
		return &app.CheckFailed{Exit: authn.ExitFailed, Failed: rep.Result}
	}
	return d.Print(rep)
}
