package lint

import (
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/offauth/offauth/scenarios/lint/resolve"
	"github.com/offauth/offauth/scenarios/spelling"
	"github.com/offauth/offauth/scenarios/story"
	"github.com/offauth/offauth/scenarios/syntax"
)

// The ends of the files' names.
const (
	ScenarioSuffix = ".scenario.yaml"
	FixtureSuffix  = ".fixture.yaml"
)

// maxChain is the maximum depth of fixtures that use fixtures.
const maxChain = 8

// Load reads a scenario with its fixtures, path being relative to fsys with
// slashes. The Story is nil if and only if a finding is more than a warning.
// Findings are sorted by their places; some may lie in fixtures.
func Load(fsys fs.FS, path string) (*story.Story, []syntax.Finding) {
	l := newLoader(filesOf(fsys))
	story := l.load(path)
	return story, l.result(&story)
}

// LoadText reads a scenario that is one file, and uses no fixtures.
func LoadText(name string, text []byte) (*story.Story, []syntax.Finding) {
	l := newLoader(func(path string) ([]byte, error) {
		if path != name {
			return nil, fs.ErrNotExist
		}
		return text, nil
	})
	story := l.load(name)
	return story, l.result(&story)
}

// Fixture checks a fixture by itself, without a story. It does not report missing
// cases, vars and actors, which the story would define.
func Fixture(fsys fs.FS, path string) []syntax.Finding {
	l := newLoader(filesOf(fsys))
	l.Alone = true
	if root := l.read(path, syntax.Pos{}, true); root != nil && l.format(root, "fixture") {
		l.Root, l.Story.Path = root, path
		l.seen[path] = true
		l.use(root, path, []string{path}, false)
		if !l.incomplete() {
			l.Files = append(l.Files, &resolve.File{Path: path, Root: root})
			l.build()
		}
	}
	var story *story.Story
	return l.result(&story)
}

// loader reads the files of one story.
type loader struct {
	builder
	text func(name string) ([]byte, error)
	seen map[string]bool
}

func newLoader(text func(name string) ([]byte, error)) *loader {
	l := &loader{text: text, seen: map[string]bool{}}
	l.Sizes = map[*syntax.Node]int{}
	l.Story = &story.Story{Sources: map[string]string{}, Fragments: map[string]*story.Fragment{}}
	return l
}

// incomplete reports whether a file could not be read. Then only that finding is
// shown, since the names that the file defines would be missing everywhere.
func (l *loader) incomplete() bool {
	return slices.ContainsFunc(l.Findings, func(f syntax.Finding) bool {
		return slices.Contains([]string{"OA001", "OA002", "OA003", "OA004", "OA105", "OA307"}, f.Code)
	})
}

// result returns the findings sorted and without duplicates, and sets the story to
// nil if one of them is an error.
func (l *loader) result(story **story.Story) []syntax.Finding {
	syntax.Sort(l.Findings)
	l.Findings = slices.CompactFunc(l.Findings, func(a, b syntax.Finding) bool {
		return a.Pos == b.Pos && a.Code == b.Code && a.Message == b.Message
	})
	if syntax.Wrong(l.Findings) {
		*story = nil
	}
	return l.Findings
}

// load reads the scenario.
func (l *loader) load(name string) *story.Story {
	root := l.read(name, syntax.Pos{}, true)
	if root == nil {
		return nil
	}
	l.Root, l.Story.Path = root, name
	l.seen[name] = true
	if !l.format(root, "scenario") {
		return nil
	}
	l.use(root, name, []string{name}, true)
	if l.incomplete() {
		return nil
	}
	l.Files = append(l.Files, &resolve.File{Path: name, Root: root, Main: true})
	l.build()
	return l.Story
}

// read reads and parses one file, or returns nil. from is the position of the use
// that names it.
func (l *loader) read(name string, from syntax.Pos, main bool) *syntax.Node {
	text, err := l.text(name)
	if err != nil {
		help := ""
		if !main {
			help = "a fixture is named relative to the file that uses it"
		}
		if from.Line == 0 {
			from = syntax.Pos{File: name, Line: 1, Col: 1, Len: 1}
		}
		l.Foundf(from, "OA105", help, "%s cannot be read: %v", name, plainError(err))
		return nil
	}
	l.Story.Sources[name] = string(text)
	root, findings := syntax.Parse(name, text)
	l.Findings = append(l.Findings, findings...)
	if root == nil {
		return nil
	}
	if root.Kind != syntax.Map {
		what := "a list or a word"
		if root.Kind == syntax.Null {
			what = "nothing"
		}
		l.Foundf(root.Pos, "OA201", "begin with offauth: scenario/v1", "a mapping is expected, the file holds %s", what)
		return nil
	}
	return root
}

// filesOf returns a function that reads a file, up to the size that Parse accepts.
func filesOf(fsys fs.FS) func(name string) ([]byte, error) {
	return func(name string) ([]byte, error) {
		f, err := fsys.Open(name)
		if err != nil {
			return nil, err
		}
		defer f.Close() // it was only read
		return syntax.ReadAll(f)
	}
}

// plainError returns the message for an error of a file system, without the path
// and the same on every system.
func plainError(err error) error {
	for _, known := range []error{fs.ErrNotExist, fs.ErrPermission, fs.ErrInvalid} {
		if errors.Is(err, known) {
			return known
		}
	}
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

// format checks the key offauth.
func (l *loader) format(root *syntax.Node, want string) bool {
	v := root.Get("offauth")
	if v == nil {
		l.Foundf(root.Pos, "OA207", "write offauth: "+want+"/v1 on top", `the key "offauth" is missing`)
		return true
	}
	if v.Kind != syntax.Text {
		l.Foundf(v.Pos, "OA202", "write offauth: "+want+"/v1", "offauth must be a text, got %s", resolve.Say(v))
		return true
	}
	what, version, _ := strings.Cut(v.Text, "/")
	switch {
	case what == want && version == "v1":
	case what == want && strings.HasPrefix(version, "v"):
		l.Foundf(v.Pos, "OA003", "", "this is %s; this program reads v1", version)
		return false
	case what == "fixture" || what == "scenario":
		l.Foundf(v.Pos, "OA307", "", "this is a %s, where a %s is expected", what, want)
		return what == "fixture" && want == "fixture"
	default:
		l.Foundf(v.Pos, "OA307", spelling.Suggest(v.Text, []string{"scenario/v1", "fixture/v1"}), "offauth cannot be %q",
			v.Text)
	}
	return true
}

// use reads the fixtures of a file, each once and before the files that use it.
func (l *loader) use(root *syntax.Node, from string, chain []string, main bool) {
	list := root.Get("use")
	if list == nil || list.Kind != syntax.List {
		return
	}
	for _, item := range list.Items {
		if item.Kind == syntax.Text {
			l.fixture(item, from, chain)
		}
	}
}

// fixture reads one fixture.
func (l *loader) fixture(item *syntax.Node, from string, chain []string) {
	name := path.Join(path.Dir(from), item.Text)
	switch {
	case strings.Contains(item.Text, "://"):
		l.Foundf(item.Pos, "OA105", "copy it beside the story", "a fixture cannot come from the net")
	case !fs.ValidPath(name) || path.IsAbs(item.Text) || strings.Contains(item.Text, `\`):
		l.Foundf(item.Pos, "OA105", "write a relative path with slashes, without .. above the folder of the suite",
			"the fixture %q is not below the suite", item.Text)
	case slices.Contains(chain, name):
		l.Foundf(item.Pos, "OA105", "", "the fixtures use each other in a circle: %s",
			strings.Join(append(slices.Clone(chain), name), " → "))
	case l.seen[name]:
	case len(chain) > maxChain:
		l.Foundf(item.Pos, "OA105", "", "fixtures use each other deeper than %d", maxChain)
	default:
		l.seen[name] = true
		root := l.read(name, item.Pos, false)
		if root == nil || !l.format(root, "fixture") {
			return
		}
		l.use(root, name, append(slices.Clone(chain), name), false)
		l.Files = append(l.Files, &resolve.File{Path: name, Root: root})
	}
}
