package lint_test

import (
	"io/fs"
	"os"
	"strings"
	"testing"

	"github.com/offauth/offauth/scenarios/lint"
)

// valid returns the scenarios of the folder testdata/valid.
func valid(t *testing.T) (fs.FS, []string) {
	t.Helper()
	fsys := os.DirFS("testdata/valid")
	names, err := fs.Glob(fsys, "*.scenario.yaml")
	if err != nil || len(names) < 6 {
		t.Fatalf("%d files, %v", len(names), err)
	}
	return fsys, names
}

func TestValidStoriesHaveNoFindings(t *testing.T) {
	t.Parallel()
	fsys, names := valid(t)
	for _, name := range names {
		story, findings := lint.Load(fsys, name)
		for _, f := range findings {
			t.Errorf("%v\n  %s", f, f.Help)
		}
		if story == nil {
			t.Errorf("%s: no story", name)
			continue
		}
		if len(story.Steps) == 0 || story.Start.IsZero() || story.Name != strings.TrimSuffix(name, lint.ScenarioSuffix) {
			t.Errorf("%s: %+v", name, story)
		}
	}
}
