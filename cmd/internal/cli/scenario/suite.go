package scenario

import (
	"context"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/cmd/internal/app"
	stories "github.com/offauth/offauth/scenarios/library"
	"github.com/offauth/offauth/scenarios/lint"
	reports "github.com/offauth/offauth/scenarios/report"
	runs "github.com/offauth/offauth/scenarios/run"
	"github.com/offauth/offauth/scenarios/story"
	"github.com/offauth/offauth/scenarios/syntax"
)

// suite holds the stories that a command line names, with their findings.
type suite struct {
	mounts   mounts
	paths    []string
	stories  []*story.Story
	findings []syntax.Finding
	// sources holds the texts of files that a report may show.
	sources map[string]string
}

// readSuite reads the stories of the paths, of the library, or of ./scenarios.
func readSuite(ctx context.Context, d *app.Deps, paths []string, fromLibrary bool) (*suite, error) {
	f := &found{}
	switch {
	case fromLibrary:
		if err := f.library(paths); err != nil {
			return nil, err
		}
	case len(paths) == 0:
		if info, err := os.Stat(defaultSuite); err != nil || !info.IsDir() {
			return nil, app.Usage([]string{"offauth scenario run --library", "offauth scenario new my-story --profile hypr"},
				"there is no folder %s here; name a file or a folder", defaultSuite)
		}
		paths = []string{defaultSuite}
		fallthrough
	default:
		for _, name := range paths {
			if err := f.add(name); err != nil {
				return nil, err
			}
		}
	}
	slices.Sort(f.paths)
	s := &suite{mounts: f.mounts, paths: slices.Compact(f.paths), sources: map[string]string{}}
	return s, s.load(ctx)
}

// load reads all stories; a finding in a fixture counts once.
func (s *suite) load(ctx context.Context) error {
	seen := map[syntax.Finding]bool{}
	note := func(findings []syntax.Finding) {
		for _, f := range findings {
			if !seen[f] {
				seen[f] = true
				s.findings = append(s.findings, f)
			}
		}
	}
	for _, path := range s.paths {
		if err := ctx.Err(); err != nil {
			return err
		}
		story, findings := lint.Load(s.mounts, path)
		note(findings)
		if story != nil {
			s.stories = append(s.stories, story)
			s.take(story.Sources)
		}
	}
	if len(s.paths) > 1 {
		note(lint.Suite(s.stories))
	}
	syntax.Sort(s.findings)
	if err := s.quote(); err != nil {
		return err
	}
	for i := range s.findings {
		s.findings[i].File = s.mounts.shown(s.findings[i].File)
	}
	for _, name := range slices.Collect(maps.Keys(s.sources)) {
		s.sources[s.mounts.shown(name)] = s.sources[name]
	}
	return nil
}

// shown renames the files of a report to the paths that the user knows.
func (s *suite) shown(r *runs.Report) {
	failures := func(all []runs.Failure) {
		for i := range all {
			all[i].File = s.mounts.shown(all[i].File)
			for j := range all[i].Stack {
				all[i].Stack[j].File = s.mounts.shown(all[i].Stack[j].File)
			}
		}
	}
	for i := range r.Results {
		r.Results[i].Path = s.mounts.shown(r.Results[i].Path)
		failures(r.Results[i].Failures)
		failures(r.Results[i].Cleanup)
	}
}

// quote reads the files of findings in stories that could not be loaded.
func (s *suite) quote() error {
	for _, f := range s.findings {
		if _, there := s.sources[f.File]; there {
			continue
		}
		file, err := s.mounts.Open(f.File)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		text, err := syntax.ReadAll(file)
		if closed := file.Close(); err == nil {
			err = closed
		}
		if err != nil {
			continue // which is what the finding is about
		}
		s.sources[f.File] = lint.Hide(f.File, string(text))
	}
	return nil
}

// take adds the lines of a story's files. Lines of a shared fixture that one
// story hides are hidden for all.
func (s *suite) take(sources map[string]string) {
	for name, text := range sources {
		before, ok := s.sources[name]
		if one, other := []rune(before), []rune(text); ok && len(one) == len(other) {
			for i := range one {
				if one[i] != other[i] {
					other[i] = '*'
				}
			}
			text = string(other)
		}
		s.sources[name] = text
	}
}

// sound returns an error if any story has a mistake, for commands that need
// correct stories. It prints all findings first.
func sound(d *app.Deps, s *suite) error {
	if !syntax.Wrong(s.findings) {
		return nil
	}
	wrong := slices.DeleteFunc(slices.Clone(s.findings), syntax.Finding.Warning)
	if !d.Flags.JSON {
		o := lookingAt(d, s)
		o.Colour = o.Colour && d.Streams.ErrTTY
		if err := reports.WriteFindings(app.Unfiltered(d.Streams.Err), reports.Long, wrong, o); err != nil {
			return err
		}
		d.Sayf("error: nothing was run")
	}
	return &app.CheckFailed{Exit: authn.ExitUsage, Failed: findingsJSON(wrong)}
}

// warn prints the findings that are only warnings.
func warn(d *app.Deps, s *suite) error {
	if d.Flags.JSON || d.Flags.Quiet {
		return nil
	}
	return reports.WriteFindings(d.Streams.Err, reports.Short, s.findings, lookingAt(d, s))
}

type findingsResult struct {
	Findings []reports.Finding `json:"findings"`
}

func findingsJSON(findings []syntax.Finding) findingsResult {
	r := findingsResult{Findings: []reports.Finding{}}
	for _, f := range findings {
		r.Findings = append(r.Findings, reports.FindingOf(f))
	}
	return r
}

// picking holds the flags that select instances.
type picking struct {
	library bool
	filters []string
	tags    string
}

// instances returns the selected instances of a suite.
func (p picking) instances(s *suite) ([]runs.Instance, error) {
	all, err := runs.Expand(s.stories, 0)
	if err != nil {
		return nil, app.Usage([]string{"offauth scenario list"}, "%s", err.Error())
	}
	kept, err := runs.Select(all, p.filters, p.tags)
	var none *runs.NothingSelectedError
	switch {
	case errors.As(err, &none):
		f := app.Usage(nil, "%s", none.Error())
		if none.Tags != "" && len(none.AllTags) > 0 {
			f.Hints = append(f.Hints, "the tags are "+strings.Join(none.AllTags, ", "))
		}
		if len(none.Filters) > 0 { // near to nothing is any
			for _, id := range none.Near {
				f.Hints = append(f.Hints, "there is "+id)
			}
		}
		f.Hints = append(f.Hints, p.listing())
		return nil, f
	case err != nil:
		return nil, app.Usage([]string{"offauth scenario run --tags 'hypr and not (slow or attack)'"}, "%s",
			app.LowerFirst(err.Error()))
	}
	return kept, nil
}

// listing returns the command that lists what can be selected.
func (p picking) listing() string {
	if p.library {
		return "offauth scenario list --library"
	}
	return "offauth scenario list"
}

// families returns the family of each story by its name.
func (s *suite) families() func(string) authn.FamilyName {
	of := map[string]authn.FamilyName{}
	for _, story := range s.stories {
		of[story.Name] = story.Family()
	}
	return func(name string) authn.FamilyName { return of[name] }
}

// typedPaths returns the arguments of a command that names the same stories.
func typedPaths(paths []string, fromLibrary bool) string {
	words := make([]string, 0, len(paths)+1)
	if fromLibrary {
		words = append(words, "--library")
	}
	for _, p := range paths {
		words = append(words, app.ShellWord(p))
	}
	return strings.Join(words, " ")
}

// mounts is a file system of suites, each under the path by which the user
// calls it. Files outside of suites do not exist in it, so a fixture cannot
// come from above its suite.
type mounts []mount

type mount struct {
	at string
	fs fs.FS
	// host is the folder; "" for the built-in library.
	host string
	// slash reports whether the path is absolute; fs.FS requires it without the
	// slash.
	slash bool
}

// Open implements fs.FS.
func (m mounts) Open(name string) (fs.File, error) {
	for _, one := range m {
		if rest, ok := one.below(name); ok {
			return one.fs.Open(rest)
		}
	}
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}

// below returns the path below the mount.
func (m mount) below(name string) (string, bool) {
	if m.at == "." {
		return name, fs.ValidPath(name)
	}
	rest, ok := strings.CutPrefix(name, m.at+"/")
	return rest, ok && fs.ValidPath(rest)
}

// host returns the path of a file on the host.
func (m mounts) host(name string) (string, bool) {
	for _, one := range m {
		if rest, ok := one.below(name); ok && one.host != "" {
			return filepath.Join(one.host, filepath.FromSlash(rest)), true
		}
	}
	return "", false
}

// shown returns a path as the user knows it.
func (m mounts) shown(name string) string {
	for _, one := range m {
		if _, ok := one.below(name); ok && one.slash {
			return "/" + name
		}
	}
	return name
}

// add mounts a folder of the host and returns its path in messages: relative to
// the working directory if it lies below.
func (m *mounts) add(folder string) (string, error) {
	called, err := calledAs(folder)
	if err != nil {
		return "", err
	}
	at, slash := strings.CutPrefix(called, "/")
	if !slices.ContainsFunc(*m, func(one mount) bool { return one.at == at }) {
		*m = append(*m, mount{at: at, fs: os.DirFS(folder), host: folder, slash: slash})
		// Longest path first: a suite may lie in another.
		slices.SortStableFunc(*m, func(a, b mount) int { return len(b.at) - len(a.at) })
	}
	return at, nil
}

// calledAs returns the path of a folder in messages: relative to the working
// directory if it lies below, else absolute.
func calledAs(folder string) (string, error) {
	whole, err := filepath.Abs(folder)
	if err != nil {
		return "", err
	}
	here, err := filepath.Abs(".")
	if err != nil {
		return "", err
	}
	if rel, err := filepath.Rel(here, whole); err == nil && filepath.IsLocal(rel) {
		return filepath.ToSlash(rel), nil
	}
	return filepath.ToSlash(whole), nil
}

// suiteRoot returns the folder above which a story's fixtures may not lie: the
// nearest one named scenarios, else the folder itself.
func suiteRoot(folder string) (string, error) {
	whole, err := filepath.Abs(folder)
	if err != nil {
		return "", err
	}
	for at := whole; ; at = filepath.Dir(at) {
		if filepath.Base(at) == defaultSuite {
			rel, err := filepath.Rel(whole, at)
			if err != nil {
				return "", err
			}
			return filepath.Join(folder, rel), nil
		}
		if at == filepath.Dir(at) {
			return folder, nil
		}
	}
}

// defaultSuite is the default folder of stories.
const defaultSuite = "scenarios"

// found collects the stories of a command line, as paths of mounts.
type found struct {
	mounts mounts
	paths  []string
}

// add adds the stories of one path: a file, or all below a folder. A missing
// name is also looked up where "scenario new" writes.
func (f *found) add(name string) error {
	info, err := os.Stat(name)
	if errors.Is(err, fs.ErrNotExist) && !filepath.IsAbs(name) {
		name = filepath.Join(defaultSuite, name)
		if info, err = os.Stat(name); err != nil {
			name = strings.TrimPrefix(name, defaultSuite+string(filepath.Separator))
		}
	}
	if errors.Is(err, fs.ErrNotExist) {
		return app.Missing(app.CodeNoFile, "there is no file or folder "+app.ShellWord(name),
			"offauth scenario run --library")
	}
	if err != nil {
		return err
	}
	switch {
	case info.IsDir():
		return f.folder(name)
	case strings.HasSuffix(name, lint.FixtureSuffix):
		return app.Usage([]string{"offauth scenario lint " + app.ShellWord(filepath.Dir(filepath.Dir(name)))},
			"%s is a fixture; it is looked at with the stories that use it", name)
	case !info.Mode().IsRegular():
		return app.Usage(nil, "%s is no file", name)
	}
	return f.file(name)
}

func (f *found) file(name string) error {
	root, err := suiteRoot(filepath.Dir(name))
	if err != nil {
		return err
	}
	at, err := f.mounts.add(root)
	if err != nil {
		return err
	}
	// The root of a relative name may lie above the working directory.
	var ends [2]string
	for i, end := range []string{root, name} {
		if ends[i], err = filepath.Abs(end); err != nil {
			return err
		}
	}
	rel, err := filepath.Rel(ends[0], ends[1])
	if err != nil {
		return err
	}
	f.paths = append(f.paths, path.Join(at, filepath.ToSlash(rel)))
	return nil
}

func (f *found) folder(name string) error {
	before := len(f.paths)
	err := filepath.WalkDir(name, func(file string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if e.IsDir() && strings.HasPrefix(e.Name(), ".") && file != name {
			return fs.SkipDir
		}
		if e.IsDir() || !strings.HasSuffix(file, lint.ScenarioSuffix) {
			return nil
		}
		// Follow links, and skip pipes, which would block.
		if info, err := os.Stat(file); err != nil || !info.Mode().IsRegular() {
			return err
		}
		return f.file(file)
	})
	if err == nil && len(f.paths) == before {
		return app.Usage([]string{"offauth scenario new my-story --profile hypr", "offauth scenario run --library"},
			"there is no *%s in %s", lint.ScenarioSuffix, name)
	}
	return err
}

// library mounts the built-in stories; names selects some of them.
func (f *found) library(names []string) error {
	f.mounts = append(f.mounts, mount{at: "library", fs: stories.FS()})
	if len(names) == 0 {
		names = stories.Names()
	}
	for _, name := range names {
		name = strings.TrimSuffix(path.Base(filepath.ToSlash(name)), lint.ScenarioSuffix)
		if !slices.Contains(stories.Names(), name) {
			return app.NoSuch(app.CodeNothingFound, "story in the library", name, stories.Names(),
				"offauth scenario list --library")
		}
		f.paths = append(f.paths, "library/"+stories.Path(name))
	}
	return nil
}
