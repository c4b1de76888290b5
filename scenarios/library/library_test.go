package library_test

import (
	"io/fs"
	"slices"
	"strings"
	"testing"

	"github.com/offauth/offauth/scenarios/library"
	"github.com/offauth/offauth/scenarios/lint"
)

func TestEveryStoryOfTheLibraryIsRight(t *testing.T) {
	t.Parallel()
	if len(library.Names()) == 0 || !slices.IsSorted(library.Names()) {
		t.Fatalf("the stories are %q", library.Names())
	}
	for _, name := range library.Names() {
		story, findings := lint.Load(library.FS(), library.Path(name))
		for _, f := range findings {
			t.Error(f.Error())
		}
		if story != nil && (story.Name != name || story.Description == "" || len(story.Tags) == 0) {
			t.Errorf("%s: a story of the library has its file's name, a description and tags", name)
		}
	}
}

func TestEveryFixtureOfTheLibraryIsUsed(t *testing.T) {
	t.Parallel()
	var texts strings.Builder
	err := fs.WalkDir(library.FS(), ".", func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		text, err := fs.ReadFile(library.FS(), path)
		texts.Write(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range library.Fixtures() {
		if !strings.Contains(texts.String(), name+".fixture.yaml") {
			t.Errorf("no story uses the fixture %s", name)
		}
	}
}
