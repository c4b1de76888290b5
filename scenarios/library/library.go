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

// The file extensions.
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

// Path returns the path of a story in FS.
func Path(name string) string { return name + scenario }

// FixturePath returns the path of a fixture in FS.
func FixturePath(name string) string { return "fixtures/" + name + fixture }

// named returns the names of the files with an extension in a folder.
func named(folder, end string) []string {
	all, err := fs.Glob(files, path.Join(folder, "*"+end))
	if err != nil {
		panic(err)
	}
	names := make([]string, len(all))
	for i, file := range all {
		names[i] = strings.TrimSuffix(path.Base(file), end)
	}
	slices.Sort(names) // removing the extension changes the order
	return names
}
