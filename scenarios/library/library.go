package library

import (
	"embed"
	"io/fs"
	"path"
	"slices"
	"strings"
)

//go:embed *.scenario.yaml fixtures/*.fixture.yaml
var files embed.FS

// The ends of the files' names.
const (
	scenario = ".scenario.yaml"
	fixture  = ".fixture.yaml"
)

// FS returns the files: NAME.scenario.yaml, and fixtures/NAME.fixture.yaml.
func FS() fs.FS { return files }

// Names returns the names of the stories, sorted.
func Names() []string { return named(".", scenario) }

// Fixtures returns the names of the fixtures, sorted.
func Fixtures() []string { return named("fixtures", fixture) }

// Path is where the story of a name lies in FS.
func Path(name string) string { return name + scenario }

// FixturePath is where the fixture of a name lies in FS.
func FixturePath(name string) string { return "fixtures/" + name + fixture }

// named returns the names of the files of a folder that end so. What is built
// into the program can always be read.
func named(folder, end string) []string {
	all, err := fs.Glob(files, path.Join(folder, "*"+end))
	if err != nil {
		panic(err)
	}
	names := make([]string, len(all))
	for i, file := range all {
		names[i] = strings.TrimSuffix(path.Base(file), end)
	}
	slices.Sort(names) // without their end they sort otherwise than with it
	return names
}
