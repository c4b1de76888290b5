package scenario

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/offauth/offauth/cmd/internal/app"
	stories "github.com/offauth/offauth/scenarios/library"
	"github.com/offauth/offauth/scenarios/lint"
)

// mounts is a file system of suites, each under the path by which the user
// calls it. What lies in no suite is not there, so a fixture cannot come from
// above its own.
type mounts []mount

type mount struct {
	at string
	fs fs.FS
	// host is the folder; empty for what is built into the program.
	host string
	// slash says that the path is absolute: fs.FS wants it without the slash.
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

// shown is a path as the user knows it.
func (m mounts) shown(name string) string {
	for _, one := range m {
		if _, ok := one.below(name); ok && one.slash {
			return "/" + name
		}
	}
	return name
}

// add mounts a folder of the host and gives the path by which its files are
// called: below the folder that one is in, that relative to it.
func (m *mounts) add(folder string) (string, error) {
	called, err := calledAs(folder)
	if err != nil {
		return "", err
	}
	at, slash := strings.CutPrefix(called, "/")
	if !slices.ContainsFunc(*m, func(one mount) bool { return one.at == at }) {
		*m = append(*m, mount{at: at, fs: os.DirFS(folder), host: folder, slash: slash})
		// The deepest comes first: a suite may lie in another.
		slices.SortStableFunc(*m, func(a, b mount) int { return len(b.at) - len(a.at) })
	}
	return at, nil
}

// calledAs is the path of a folder in messages: relative to the folder that
// one is in if it lies there, else absolute.
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

// suiteRoot is the folder that a story's fixtures may not lie above: the
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

// defaultSuite is where stories lie if nobody says otherwise.
const defaultSuite = "scenarios"

// found collects the stories that a command line names, as paths of mounts.
type found struct {
	mounts mounts
	paths  []string
}

// add finds the stories of one path: a file, or all of a folder and below. A
// name that is not there is looked for where "scenario new" writes, too.
func (f *found) add(name string) error {
	info, err := os.Stat(name)
	if errors.Is(err, fs.ErrNotExist) && !filepath.IsAbs(name) {
		name = filepath.Join(defaultSuite, name)
		if info, err = os.Stat(name); err != nil {
			name = strings.TrimPrefix(name, defaultSuite+string(filepath.Separator))
		}
	}
	if errors.Is(err, fs.ErrNotExist) {
		return app.Missing(app.CodeNoFile, "there is no file or folder "+app.ShellWord(name), "offauth scenario run --library")
	}
	if err != nil {
		return err
	}
	switch {
	case info.IsDir():
		return f.folder(name)
	case strings.HasSuffix(name, lint.FixtureSuffix):
		return app.Usage([]string{"offauth scenario lint " + app.ShellWord(filepath.Dir(filepath.Dir(name)))}, "%s is a fixture; it is looked at with the stories that use it", name)
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
	// The root of a relative name may lie above the folder that one is in.
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
		// A link counts as what it leads to; a pipe would be waited for.
		if info, err := os.Stat(file); err != nil || !info.Mode().IsRegular() {
			return err
		}
		return f.file(file)
	})
	if err == nil && len(f.paths) == before {
		return app.Usage([]string{"offauth scenario new my-story --profile hypr", "offauth scenario run --library"}, "there is no *%s in %s", lint.ScenarioSuffix, name)
	}
	return err
}

// library mounts the stories that are built in; names picks some of them.
func (f *found) library(names []string) error {
	f.mounts = append(f.mounts, mount{at: "library", fs: stories.FS()})
	if len(names) == 0 {
		names = stories.Names()
	}
	for _, name := range names {
		name = strings.TrimSuffix(path.Base(filepath.ToSlash(name)), lint.ScenarioSuffix)
		if !slices.Contains(stories.Names(), name) {
			return app.NoSuch(app.CodeNothingFound, "story in the library", name, stories.Names(), "offauth scenario list --library")
		}
		f.paths = append(f.paths, "library/"+stories.Path(name))
	}
	return nil
}
